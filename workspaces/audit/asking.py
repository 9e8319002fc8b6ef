"""Which entries a page or a file is asked for: by whom, of which kind, about which thing, on which days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from workspaces.audit.models import Entry

LONGEST = 200
TEXTS = ("actor", "group", "thing")


@dataclass(frozen=True)
class Asked:
    """What cannot be read (a day that is none) is named in `problems` and left out."""

    actor: str = ""
    group: str = ""
    thing: str = ""
    since: date | None = None
    until: date | None = None
    problems: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        return bool(self.actor or self.group or self.thing or self.since or self.until)


def asked(query: QueryDict) -> Asked:
    actor, group, thing = (query.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in TEXTS)
    problems: list[str] = []
    since, until = (_day(query.get(name, ""), problems) for name in ("since", "until"))
    if since and until and since > until:
        problems.append(_("The first day is after the last one, so there is nothing in between."))
    return Asked(actor, group, thing, since, until, tuple(problems))


def entries(asked: Asked) -> QuerySet[Entry]:
    """The newest first. Days are the workspace's. Inside its scope."""
    found = Entry.objects.order_by("-at", "-id")
    if asked.actor:
        found = found.filter(actor=asked.actor)
    if asked.group:
        found = found.filter(action__startswith=f"{asked.group}.")
    if asked.thing:
        found = about(found, asked.thing)
    if asked.since:
        found = found.filter(at__gte=_midnight(asked.since))
    if asked.until:
        found = found.filter(at__lt=_midnight(asked.until + timedelta(days=1)))
    return found


def about(found: QuerySet[Entry], thing: str) -> QuerySet[Entry]:
    """Those about something of this id, or with this in its name."""
    return found.filter(Q(target__icontains=thing) | Q(target_id=thing))


def choices() -> tuple[list[str], list[str]]:
    """Everybody who acted and every kind of action there is. Inside the scope."""
    actors = Entry.objects.order_by("actor").values_list("actor", flat=True).distinct()
    actions = Entry.objects.order_by("action").values_list("action", flat=True).distinct()
    return list(actors), sorted({action.partition(".")[0] for action in actions})


def _day(text: str, problems: list[str]) -> date | None:
    if not text:
        return None
    try:
        day = parse_date(text[:LONGEST])
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year <= 2200:
        problems.append(_("“%(text)s” is no day; write for example 2026-03-02.") % {"text": text[:40]})
        return None
    return day


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
