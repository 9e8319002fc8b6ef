"""How long those who reached a step of the funnel took from the step before it: from their journeys, the latest few
thousand, as cells know only how long after beginning.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from analytics.cubes.measures import Measure
from analytics.metrics import fetch
from analytics.metrics.days import Days
from analytics.metrics.question import Asks
from analytics.metrics.sizes import WITHHELD_BELOW
from analytics.metrics.subject import Goal
from analytics.stats import Bin, NotComputable, histogram, joined, median_of_counts
from workspaces.scope import current_workspace_id

MOST_PEOPLE = 5_000

# The times in seconds since the beginning at which each of the latest who have been watched for the whole window
# reached the steps of the funnel in order, within the window.
TIMES = """
SELECT done.keys, done.after
FROM (
    SELECT id, started_at FROM progress_journey
    WHERE workspace_id = %(workspace)s AND began_version_id = ANY(%(versions)s)
      AND cohort_on BETWEEN %(first)s AND %(last)s
    ORDER BY cohort_on DESC, started_at DESC LIMIT %(most)s
) j
LEFT JOIN LATERAL (
    SELECT array_agg(c.rung_key) AS keys, array_agg(extract(epoch FROM c.in_order_at - j.started_at)::float) AS after
    FROM progress_completion c
    WHERE c.workspace_id = %(workspace)s AND c.journey_id = j.id AND c.in_order_at < %(until)s
      AND c.in_order_at <= j.started_at + make_interval(days => %(window)s)
) done ON true
"""


@dataclass(frozen=True)
class Conversion:
    """From the step `before` ('' is the beginning) to the step `key`: so many `people`, in what time.

    `bins` hold at least five people each, or nobody.
    """

    key: str
    before: str
    people: int
    median_s: float | NotComputable
    bins: tuple[Bin, ...] | NotComputable

    @property
    def withheld(self) -> bool:
        return 0 < self.people < WITHHELD_BELOW

    @property
    def most(self) -> float:
        """The height of the highest bin, in people a second."""
        told = self.bins if isinstance(self.bins, tuple) else ()
        return max((one.count / (one.end - one.start) for one in told), default=0.0)


@dataclass(frozen=True)
class Conversions:
    """Every step of the latest version's funnel; `people` of those who began were looked at, `immature` are too new."""

    steps: tuple[Conversion, ...]
    people: int
    is_cut: bool
    immature: int


def conversions(asked: Asks) -> Conversions:
    """Of those who began in the asked days and have been watched for the window. Inside a scope."""
    values: dict[str, Any] = {
        "workspace": current_workspace_id(),
        "versions": [version.version_id for version in asked.subject.same_funnel],
        "first": asked.begun.first,
        "last": min(asked.begun.last, asked.as_of.last_mature_day(asked.window_days)),
        "until": asked.as_of.until,
        "window": asked.window_days,
        "most": MOST_PEOPLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(TIMES, values)
        people = [dict(zip(keys or (), after or (), strict=True)) for keys, after in cursor]
    funnel = asked.subject.latest.funnel
    steps = tuple(conversion(people, before, key) for before, key in zip(("", *funnel), funnel, strict=False))
    return Conversions(steps, len(people), len(people) >= MOST_PEOPLE, _immature(asked))


def _immature(asked: Asks) -> int:
    """Who began on the same funnel and has not been watched for the window."""
    last_watched = asked.as_of.last_mature_day(asked.window_days)
    days = Days(max(asked.begun.first, last_watched + timedelta(days=1)), asked.begun.last)
    if days.length < 1:
        return 0
    began = Goal(Measure.BEGAN, {version.version_id: "" for version in asked.subject.same_funnel})
    return fetch.counts(asked.subject, days, as_of=asked.as_of, towards=[began]).towards(began).people


def conversion(people: list[dict[str, float]], before: str, key: str) -> Conversion:
    """Of people whose times of reaching each step are given. Pure."""
    times = [
        one[key] - (one[before] if before else 0.0) for one in people if key in one and (not before or before in one)
    ]
    if 0 < len(times) < WITHHELD_BELOW:
        few = NotComputable(_("withheld: fewer than five people"))
        return Conversion(key, before, len(times), few, few)
    found = histogram((time, 1) for time in times)
    bins = found if isinstance(found, NotComputable) else joined(found, WITHHELD_BELOW)
    return Conversion(key, before, len(times), median_of_counts((time, 1) for time in times), bins)
