"""What the reader asks for: whose messages, which, with which outcome, from when to when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext

from milestones.library.literals import read_name
from onboarding.debugger.entries import OUTCOMES, Entry
from onboarding.intake.reasons import Reason
from onboarding.intake.steps import TYPES
from onboarding.people.models import Person, Sender

MOST_SENDERS = 100
LONGEST = 320


class BadFilter(ValueError):
    """A filter that cannot be understood: which, and what is wrong."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name
        self.sentence = sentence


@dataclass(frozen=True)
class Filters:
    """All empty: everything. `what` is an event's name or a type; times are of receipt, both ends included."""

    person: str = ""
    what: str = ""
    outcome: str = ""
    reason: str = ""
    message_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Filters":
        """From a query's parameters: person, event, outcome, reason, message, from, until. Raises BadFilter."""
        words = {name: given.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in NAMES}
        if words["outcome"] not in ("", *OUTCOMES):
            raise BadFilter("outcome", f"There is no such outcome; there are {', '.join(OUTCOMES)}.")
        if words["reason"] not in ("", *Reason):
            raise BadFilter("reason", "There is no such reason; the reasons are the codes of rejected messages.")
        return cls(
            words["person"],
            read_name(words["event"]),
            words["outcome"],
            words["reason"],
            words["message"],
            _moment("from", words["from"]),
            _moment("until", words["until"]),
        )

    @property
    def outcomes(self) -> tuple[str, ...]:
        if self.reason:
            return ("rejected",) if self.outcome in ("", "rejected") else ()
        return (self.outcome,) if self.outcome else OUTCOMES

    @property
    def type(self) -> str:
        return self.what if self.what in TYPES else ""

    @property
    def event(self) -> str:
        return "" if self.type else self.what

    @cached_property
    def senders(self) -> tuple[str, ...]:
        """Every name that the person's messages come under; those as typed too, as nobody may know of them yet."""
        if not self.person:
            return ()
        typed = [self.person] if self.person[:2] in ("u:", "a:") else [f"u:{self.person}", f"a:{self.person}"]
        of = Q(key__in=typed) | Q(senders__key__in=typed) | Q(email=self.person.lower())
        people = list(Person.objects.filter(of).order_by().values_list("pk", flat=True).distinct()[:MOST_SENDERS])
        known = Sender.objects.filter(person__in=people).order_by("-last_seen_at").values_list("key", flat=True)
        return tuple(dict.fromkeys([*typed, *known[:MOST_SENDERS]]))

    def lets_through(self, entry: Entry) -> bool:
        """Whether a rejection is asked for, as far as its text can tell."""
        sent = entry.sent
        ids = {f"u:{sent.user_id}"} if sent.user_id else set()
        ids |= {f"a:{sent.anonymous_id}"} if sent.anonymous_id else set()
        return (
            (not self.person or bool(ids & set(self.senders)) or sent.email.lower() == self.person.lower() != "")
            and (not self.what or self.what in (sent.event, sent.type))
            and (not self.message_id or self.message_id == sent.message_id)
        )

    @property
    def reads_texts(self) -> bool:
        """Whether rejections are chosen by what their texts say, which no index knows."""
        return bool(self.person or self.what or self.message_id)


NAMES = ("person", "event", "outcome", "reason", "message", "from", "until")


def _moment(name: str, text: str) -> datetime | None:
    """A time in ISO 8601; without an offset it is one of the workspace's zone, which is the current one."""
    if not text:
        return None
    try:
        moment = parse_datetime(text)
        if moment is not None and timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        if moment is not None and 1970 <= moment.year < 9000:
            return moment
    except (ValueError, OverflowError):
        pass
    raise BadFilter(name, gettext("“%(text)s” is no time; write one such as 2026-03-02T12:00.") % {"text": text[:40]})
