"""What the adoption page's address asks for, checked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import QueryDict

from analytics.metrics import fetch
from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.metrics.question import (
    DEFAULT_WINDOW_DAYS,
    Unanswerable,
    read_as_of,
    read_segment,
    read_window,
)
from analytics.metrics.subject import Subject
from workspaces.tenants.models import Workspace

PERIODS_DAYS = (30, 90, 365)
DEFAULT_PERIOD_DAYS = 90

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

    @property
    def address(self) -> dict[str, str]:
        """The parameters that ask the same again, whoever asks and on whichever day."""
        asked = {
            "ladder": self.subject.key,
            "period": str(self.period_days),
            "window": str(self.window_days),
            "as_of": self.as_of.day.isoformat() if self.as_of_named else "",
            "split": self.split,
        }
        return {name: value for name, value in asked.items() if value}

    @property
    def begun(self) -> Days:
        return Days(self.as_of.day - timedelta(days=self.period_days - 1), self.as_of.day)

    @property
    def before(self) -> Days:
        """As many days just before the period."""
        first = self.begun.first
        return Days(first - timedelta(days=self.period_days), first - timedelta(days=1))

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
    return Asked(
        subject=_subject(subjects, query.get("ladder", "")),
        as_of=read_as_of(workspace, query.get("as_of", ""), now=now),
        period_days=_period(query.get("period", "")),
        window_days=read_window(query.get("window") or DEFAULT_WINDOW_DAYS),
        split=_split(workspace, query.get("split", "")),
        as_of_named=bool(query.get("as_of")),
    )


def _subject(subjects: list[Subject], key: str) -> Subject:
    if not key:
        return subjects[0]
    for subject in subjects:
        if subject.key == key:
            return subject
    raise Unanswerable(f"There is no published ladder “{key}”.")


def _period(text: str) -> int:
    if not text:
        return DEFAULT_PERIOD_DAYS
    for days in PERIODS_DAYS:
        if text == str(days):
            return days
    raise Unanswerable(f"The period is one of {', '.join(map(str, PERIODS_DAYS))} days, not “{text}”.")


def _split(workspace: Workspace, text: str) -> str:
    if text in ("", SPLIT_NOTHING, SPLIT_VERSION):
        return text
    if text.startswith(SPLIT_TRAIT):
        read_segment(workspace, text.removeprefix(SPLIT_TRAIT))
        return text
    raise Unanswerable(f"People cannot be split by “{text}”.")
