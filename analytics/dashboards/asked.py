"""What the adoption page's address asks for, checked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.metrics import fetch
from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.metrics.period import read_days, read_period
from analytics.metrics.question import DEFAULT_WINDOW_DAYS, Unanswerable, read_as_of, read_segment, read_window
from analytics.metrics.subject import Subject
from workspaces.tenants.models import Workspace

# Offered; any other number of days can be written.
WINDOWS_DAYS = (7, 14, 30)

# How the curve may be split. Traits are written with a prefix, as one may be called "version".
SPLIT_NOTHING, SPLIT_VERSION, SPLIT_TRAIT = "everybody", "version", "trait:"


@dataclass(frozen=True)
class Asked:
    """A ladder, a period of cohort days, the days before them to compare with, and how to split the people.

    `split` is SPLIT_NOTHING, SPLIT_VERSION, SPLIT_TRAIT and a trait, or '' to leave the choice to the page.
    """

    subject: Subject
    as_of: AsOf
    period_days: int
    window_days: int
    split: str
    as_of_named: bool = False
    """Whether the day was asked for, rather than being today."""
    range: Days | None = None
    """The days that were asked for; without them, the last `period_days` up to `as_of`."""

    @property
    def address(self) -> dict[str, str]:
        """The parameters that ask the same again, whoever asks and on whichever day."""
        asked = {
            "ladder": self.subject.key,
            "period": str(self.period_days) if self.range is None else "",
            "from": self.range.first.isoformat() if self.range else "",
            "to": self.range.last.isoformat() if self.range else "",
            "window": str(self.window_days),
            "as_of": self.as_of.day.isoformat() if self.as_of_named else "",
            "split": self.split,
        }
        return {name: value for name, value in asked.items() if value}

    @property
    def begun(self) -> Days:
        return self.range or Days(self.as_of.day - timedelta(days=self.period_days - 1), self.as_of.day)

    @property
    def before(self) -> Days:
        """As many days just before the period."""
        return self.begun.before

    @property
    def fetched(self) -> Days:
        return Days(self.before.first, self.begun.last)

    @property
    def trait(self) -> str:
        return self.split.removeprefix(SPLIT_TRAIT) if self.split.startswith(SPLIT_TRAIT) else ""


def read(workspace: Workspace, query: QueryDict, *, now: datetime) -> Asked | None:
    """The question in an address; None when no ladder is published. Inside the scope. Raises Unanswerable."""
    subjects = fetch.subjects()
    if not subjects:
        return None
    as_of = read_as_of(workspace, query.get("as_of", ""), now=now)
    period = read_period(query.get("period", ""))
    days = read_days(query.get("from", ""), query.get("to", ""), as_of, period_days=period)
    return Asked(
        subject=_subject(subjects, query.get("ladder", "")),
        as_of=as_of,
        period_days=days.length if days else period,
        window_days=read_window(query.get("window") or DEFAULT_WINDOW_DAYS),
        split=_split(workspace, query.get("split", "")),
        as_of_named=bool(query.get("as_of")),
        range=days,
    )


def _subject(subjects: list[Subject], key: str) -> Subject:
    if not key:
        return subjects[0]
    for subject in subjects:
        if subject.key == key:
            return subject
    raise Unanswerable(_("There is no published ladder “%(key)s”.") % {"key": key})


def _split(workspace: Workspace, text: str) -> str:
    if text in ("", SPLIT_NOTHING, SPLIT_VERSION):
        return text
    if text.startswith(SPLIT_TRAIT) and text != SPLIT_TRAIT:
        read_segment(workspace, text.removeprefix(SPLIT_TRAIT))
        return text
    raise Unanswerable(_("People cannot be split by “%(text)s”.") % {"text": text})
