"""Who takes up a feature after it was unlocked, and how soon. Pure.

Days are counted from the day on which it came, which is day 0. A use before that moment is none, nor is the event
itself that brought it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from analytics.metrics.as_of import DAY_S, AsOf
from analytics.metrics.sizes import of_enough
from analytics.metrics.use.counts import UseCount
from analytics.metrics.use.whole_days import days_watched, last_whole_day
from analytics.stats import Curve, Moment, NotComputable, Quantile, Share, kaplan_meier, share

# Up to so many days after the unlock uses are kept by the day, beyond by thirties (onboarding.usage.cells.graded_days).
BY_THE_DAY, THIRTY = 90, 30


def told_days(window_days: int) -> int:
    """The longest window that can be told and is not longer than this one."""
    return window_days if window_days <= BY_THE_DAY else window_days // THIRTY * THIRTY


@dataclass(frozen=True)
class FeatureAdoption:
    """`people` got the feature; `used` of those watched for the whole window used it within `days` days of that day.

    `curve` is over everybody, in seconds: whoever has not used it is censored on the last whole day that is known.
    """

    feature: str
    days: int
    people: int
    used: Share | NotComputable
    immature: int
    curve: Curve | NotComputable

    @property
    def watched(self) -> int:
        """For the whole window."""
        return self.people - self.immature

    @property
    def share(self) -> Share | NotComputable:
        """Told of five people or more, as is the median."""
        return of_enough(self.watched, self.used)

    @property
    def median(self) -> Quantile | NotComputable:
        return self.curve if isinstance(self.curve, NotComputable) else of_enough(self.curve.n, self.curve.median)


def feature_adoption(
    feature: str, unlocked: Iterable[UseCount], adopted: Iterable[UseCount], as_of: AsOf, *, days: int
) -> FeatureAdoption:
    """From the cells of the measures *unlocked* and *adopted* of the feature."""
    last = last_whole_day(as_of)
    came: dict[date, int] = defaultdict(int)
    for count in unlocked:
        if count.cohort_on <= as_of.day:
            came[count.cohort_on] += count.n
    # Days after the day of the unlock that are known to be over; negative while that day itself still runs.
    watched = {day: days_watched(day, last) - 1 for day in came}
    waiting = {day: n for day, n in came.items() if watched[day] >= 0}
    in_time, moments = 0, []
    for cohort_on, after, _, n in adopted:
        if cohort_on not in waiting or after > watched[cohort_on]:
            continue
        moments.append(Moment(after * DAY_S, n, 0))
        waiting[cohort_on] -= n
        if after <= days <= watched[cohort_on]:
            in_time += n
    moments += (Moment(watched[day] * DAY_S, 0, n) for day, n in waiting.items() if n > 0)
    mature = sum(n for day, n in came.items() if watched[day] >= days)
    people = sum(came.values())
    return FeatureAdoption(
        feature, days, people, share(min(in_time, mature), mature), people - mature, kaplan_meier(moments)
    )
