"""What is asked, checked: every mistake becomes a sentence that says what to ask instead."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from django.utils.translation import gettext as _

from analytics.metrics import fetch
from analytics.metrics.as_of import AsOf, FutureAsOf
from analytics.metrics.counts import Counts
from analytics.metrics.days import Days
from analytics.metrics.subject import Subject
from workspaces.tenants.models import Workspace

DEFAULT_WINDOW_DAYS = 14
LONGEST_WINDOW_DAYS = 3_650
# Older than any event log; so "everybody" is a range like any other.
FIRST_DAY = date(1970, 1, 1)


class Asks(Protocol):
    """What every question says, a page's and the command's: whose numbers, as of when, within which window."""

    @property
    def subject(self) -> Subject: ...

    @property
    def as_of(self) -> AsOf: ...

    @property
    def window_days(self) -> int: ...

    @property
    def begun(self) -> Days: ...


class Unanswerable(ValueError):
    """The question makes no sense here; the message says why, and what would."""


@dataclass(frozen=True)
class Question:
    """A ladder's numbers: as of when, within which window, of whom (`begun`), split by which trait ('' for none)."""

    subject: Subject
    as_of: AsOf
    window_days: int
    begun: Days
    segment: str

    def counts(self) -> Counts:
        """The cells that answer it. Inside a scope."""
        return fetch.counts(self.subject, self.begun, as_of=self.as_of)


def ask(
    workspace: Workspace,
    *,
    ladder: str,
    now: datetime,
    as_of: str = "",
    window: str | int = DEFAULT_WINDOW_DAYS,
    segment: str = "",
    period_days: int | None = None,
) -> Question:
    """Check the parts of a question. Inside the workspace's scope. Raises Unanswerable.

    `as_of` is a date, or a moment (without a zone: in the workspace's), and means the end of that day, or now while
    it still runs. `period_days` limits the question to people who began in so many days up to then.
    """
    moment = read_as_of(workspace, as_of, now=now)
    first = FIRST_DAY if period_days is None else moment.day - timedelta(days=period_days - 1)
    return Question(
        subject=subject_named(ladder),
        as_of=moment,
        window_days=read_window(window),
        begun=Days(first, moment.day),
        segment=read_segment(workspace, segment),
    )


def subject_named(key: str) -> Subject:
    """The published ladder with this key. Raises Unanswerable."""
    subjects = fetch.subjects()
    for subject in subjects:
        if subject.key == key:
            return subject
    if not subjects:
        raise Unanswerable(_("No ladder has been published here yet; publish one, then people's journeys are counted."))
    known = ", ".join(subject.key for subject in subjects)
    raise Unanswerable(
        _("There is no published ladder “%(key)s”. Published are: %(known)s.") % {"key": key, "known": known}
    )


def read_as_of(workspace: Workspace, text: str, *, now: datetime) -> AsOf:
    """A date or a moment in ISO 8601; nothing means now. Raises Unanswerable for the future or no date at all."""
    if not text:
        return AsOf.now(now, zone=workspace.zone)
    try:
        moment = datetime.fromisoformat(text.strip())
        day = (moment.astimezone(workspace.zone) if moment.tzinfo else moment).date()
    except (ValueError, OverflowError):
        raise Unanswerable(_("“%(text)s” is no date; write for example 2026-03-31.") % {"text": text}) from None
    if day < FIRST_DAY:
        raise Unanswerable(
            _("Nothing is known as of %(day)s; ask for a day from %(first)s on.") % {"day": day, "first": FIRST_DAY}
        )
    try:
        return AsOf.of(day, now=now, zone=workspace.zone)
    except FutureAsOf:
        today = now.astimezone(workspace.zone).date()
        raise Unanswerable(
            _("%(day)s is still to come; the latest day with numbers is today, %(today)s.")
            % {"day": day, "today": today}
        ) from None


def read_window(text: str | int) -> int:
    """A whole number of days. Raises Unanswerable."""
    try:
        days = int(str(text).strip())
    except ValueError:
        raise Unanswerable(
            _("A window is a whole number of days, such as 14; “%(text)s” is none.") % {"text": text}
        ) from None
    if not 1 <= days <= LONGEST_WINDOW_DAYS:
        raise Unanswerable(
            _("A window is between 1 and %(most)s days, not %(days)s.") % {"most": LONGEST_WINDOW_DAYS, "days": days}
        )
    return days


def read_segment(workspace: Workspace, trait: str) -> str:
    """A trait that the workspace splits its numbers by, or ''. Raises Unanswerable."""
    if not trait or trait in workspace.segments:
        return trait
    if not workspace.segments:
        raise Unanswerable(
            _("“%(trait)s” is no segment here; name the traits to split by in the workspace's settings.")
            % {"trait": trait}
        )
    raise Unanswerable(
        _("“%(trait)s” is no segment here. Segments are: %(known)s.")
        % {"trait": trait, "known": ", ".join(workspace.segments)}
    )
