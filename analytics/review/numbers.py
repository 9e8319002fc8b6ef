"""A playbook's live numbers: of the people who began lately, who reached each milestone in time, and how soon half did.

The arithmetic is analytics.metrics'; nothing is reckoned here. A milestone is told of those versions only on which it
means what it means now: whose success criterion for it is the newest version's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor

from django.utils.translation import gettext as _

from analytics.cubes.measures import Measure
from analytics.metrics import fetch
from analytics.metrics import subject as goals
from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.metrics.pace import CLEAR_P, Pace, pace
from analytics.metrics.sizes import Caution, caution
from analytics.metrics.subject import Goal, Subject
from analytics.stats import NotComputable, NotReached, Share, share
from milestones.playbook.book import Book, Step
from milestones.playbook.models import WINDOW_DAYS, Span
from workspaces.tenants.models import Workspace

PERIOD_DAYS = 90
WIDTH = 200
STEP = 5  # percent, to which a proposed range is rounded outward


@dataclass(frozen=True)
class Gauge:
    """Places on a scale of WIDTH: the interval's ends, the share, and the expected range's beginning and width."""

    left: int
    right: int
    value: int
    low: int
    width: int


@dataclass(frozen=True)
class Line:
    """One milestone's numbers. `drift` says where they clearly lie outside of the expected range: below or above it."""

    key: str
    pace: Pace
    window_days: int
    span: Span | None
    drift: str

    @property
    def of(self) -> int:
        """How many people have been watched for the whole window."""
        mature = self.pace.within.mature
        return mature.of if isinstance(mature, Share) else 0

    @property
    def caution(self) -> Caution:
        return caution(self.of)

    @property
    def proposed(self) -> Span | None:
        """A range that what is known now fits into; None from too few people to propose anything."""
        mature = self.pace.within.mature
        if isinstance(mature, NotComputable) or self.caution is not Caution.NONE:
            return None
        low, high = _ends(mature)
        return Span(floor(100 * low / STEP) * STEP, min(100, ceil(100 * high / STEP) * STEP), self.window_days)

    @property
    def gauge(self) -> Gauge | None:
        """Where a picture of it puts what; None where there is no share."""
        mature = self.pace.within.mature
        if isinstance(mature, NotComputable):
            return None
        left, right = (round(end * WIDTH) for end in _ends(mature))
        span = self.span or Span(0, 0, 1)
        return Gauge(
            left, right, round(mature.value * WIDTH), span.low * WIDTH // 100, (span.high - span.low) * WIDTH // 100
        )


@dataclass(frozen=True)
class Numbers:
    """The ladder's numbers: `first_value` and `finished` of everybody, `lines` by milestone key."""

    subject: Subject
    as_of: AsOf
    begun: Days
    window_days: int
    first_value: Pace
    finished: Pace
    lines: Mapping[str, Line]

    @property
    def people(self) -> int:
        return self.first_value.people


def numbers_of(workspace: Workspace, book: Book, *, now: datetime) -> Numbers | None:
    """The numbers as of now; None for a ladder that nobody can have begun: unpublished or archived. Inside a scope."""
    subject = next((subject for subject in fetch.subjects() if subject.key == book.ladder.key), None)
    if subject is None or book.ladder.archived_at is not None:
        return None
    as_of = AsOf.now(now, zone=workspace.zone)
    begun = Days(as_of.day - timedelta(days=PERIOD_DAYS - 1), as_of.day)
    first_value, finished = goals.first_value(subject), goals.finished(subject)
    towards = [first_value, finished, *(_same_meaning(subject, step) for step in book.steps)]
    counts = fetch.counts(subject, begun, as_of=as_of, towards=towards)
    window = book.playbook.window_days or WINDOW_DAYS
    lines = {}
    for step in book.steps:
        span = step.section.span
        days = span.within_days if span else window
        on_step = pace(step.name, counts.towards(_same_meaning(subject, step)), as_of, window_days=days)
        lines[step.key] = Line(step.key, on_step, days, span, drift(span, on_step.within.mature))
    return Numbers(
        subject=subject,
        as_of=as_of,
        begun=begun,
        window_days=window,
        first_value=pace(_("First value"), counts.towards(first_value), as_of, window_days=window),
        finished=pace(_("Whole ladder"), counts.towards(finished), as_of, window_days=window),
        lines=lines,
    )


def drift(span: Span | None, found: Share | NotComputable) -> str:
    """On which side the share has left the expected range: "below", "above", or "" while that may be chance.

    Clear is what is clear everywhere here (CLEAR_P): the whole 99% interval lies outside of the range.
    """
    if span is None or isinstance(found, NotComputable) or caution(found.of) is Caution.WITHHELD:
        return ""
    strict = share(found.count, found.of, level=1 - CLEAR_P)
    assert isinstance(strict, Share)
    low, high = _ends(strict)
    return "below" if 100 * high < span.low else "above" if 100 * low > span.high else ""


def _same_meaning(subject: Subject, step: Step) -> Goal:
    """Reaching the milestone on the versions where its criterion is the newest version's."""
    newest = next((rung for rung in subject.latest.rungs if rung.key == step.key), None)
    having = {
        version.version_id: step.key
        for version in subject.versions
        for rung in version.rungs
        if rung.key == step.key and (newest is None or rung.criterion == newest.criterion)
    }
    return Goal(Measure.COMPLETED, having)


def _ends(found: Share) -> tuple[float, float]:
    low, high = found.interval.low, found.interval.high
    return 0.0 if isinstance(low, NotReached) else low, 1.0 if isinstance(high, NotReached) else high
