"""People counted on their way to one goal: the one shape that every metric is arithmetic on. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from analytics.cubes.measures import Measure
from analytics.metrics.as_of import DAY_S, AsOf
from analytics.metrics.subject import Goal
from analytics.stats import Curve, Moment, NotComputable, Share, kaplan_meier, share


class Days(NamedTuple):
    """Cohort days from `first` to `last`, both counted."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


class Count(NamedTuple):
    """A cell as it is fetched: `segment` holds the values of the workspace's segment traits."""

    version_id: int
    measure: str
    rung_key: str
    segment: Mapping[str, object]
    cohort_on: date
    elapsed_s: int
    n: int


class Counts:
    """A bag of counts, grouped once by what they measure; narrowing it makes a smaller one."""

    def __init__(self, counts: Iterable[Count]) -> None:
        self._by_measure: dict[tuple[str, str], list[Count]] = defaultdict(list)
        for count in counts:
            self._by_measure[count.measure, count.rung_key].append(count)

    def __iter__(self) -> Iterator[Count]:
        return (count for counts in self._by_measure.values() for count in counts)

    def where(self, keep: Callable[[Count], bool]) -> "Counts":
        return Counts(count for count in self if keep(count))

    def begun(self, days: Days) -> "Counts":
        """Only people who began on these days."""
        first, last = days
        return self.where(lambda count: first <= count.cohort_on <= last)

    def on_version(self, version_id: int) -> "Counts":
        return self.where(lambda count: count.version_id == version_id)

    def measured(self, measure: Measure, rung_key: str = "") -> list[Count]:
        return self._by_measure.get((measure, rung_key), [])

    def towards(self, goal: Goal) -> "Tally":
        """Who began on a version that has the goal, and who has reached it."""
        began: dict[date, int] = defaultdict(int)
        for count in self.measured(Measure.BEGAN):
            if count.version_id in goal.keys:
                began[count.cohort_on] += count.n
        reached: dict[tuple[date, int], int] = defaultdict(int)
        for key in set(goal.keys.values()):
            for count in self.measured(goal.measure, key):
                if goal.keys.get(count.version_id) == key:
                    reached[count.cohort_on, count.elapsed_s] += count.n
        return Tally(
            {day: n for day, n in began.items() if n},
            tuple((day, elapsed, n) for (day, elapsed), n in reached.items() if n),
        )


@dataclass(frozen=True)
class Within:
    """Of those watched for the whole window, how many reached the goal in it; and how many are not watched so long."""

    days: int
    mature: Share | NotComputable
    immature: int
    of_all: Share | NotComputable
    """Of everybody who began, watched long enough or not: a lower bound."""


@dataclass(frozen=True)
class Tally:
    """`began` people by cohort day; `reached` as (cohort day, elapsed seconds, people)."""

    began: Mapping[date, int]
    reached: tuple[tuple[date, int, int], ...]

    @property
    def people(self) -> int:
        return sum(self.began.values())

    @property
    def people_reached(self) -> int:
        return sum(n for _, _, n in self.reached)

    def within(self, days: int, as_of: AsOf) -> Within:
        """Who reached the goal within so many days of beginning, both ends counted."""
        last = as_of.last_mature_day(days)
        limit = days * DAY_S
        in_time = [(day, n) for day, elapsed, n in self.reached if elapsed <= limit]
        mature = sum(n for day, n in self.began.items() if day <= last)
        return Within(
            days,
            _share(sum(n for day, n in in_time if day <= last), mature),
            self.people - mature,
            _share(sum(n for _, n in in_time), self.people),
        )

    def moments(self, as_of: AsOf) -> list[Moment]:
        """For Kaplan–Meier: whoever has not reached the goal by the end of their follow-up is censored there.

        People of a day that has not been watched at all are left out; `unwatched` counts them.
        """
        moments: list[Moment] = []
        waiting = {day: n for day, n in self.began.items() if as_of.followed_s(day) > 0}
        for day, elapsed, n in self.reached:
            if day in waiting and elapsed <= as_of.followed_s(day):
                moments.append(Moment(elapsed, n, 0))
                waiting[day] -= n
        moments += (Moment(as_of.followed_s(day), 0, n) for day, n in waiting.items() if n > 0)
        return moments

    def unwatched(self, as_of: AsOf) -> int:
        """People who began so lately that nobody of their day has been watched for any whole time."""
        return sum(n for day, n in self.began.items() if as_of.followed_s(day) <= 0)

    def curve(self, as_of: AsOf) -> Curve | NotComputable:
        return kaplan_meier(self.moments(as_of))


def _share(count: int, of: int) -> Share | NotComputable:
    # Between two folds that run at once a completion may be seen before its beginning.
    return share(min(max(count, 0), max(of, 0)), max(of, 0))


def count_of(of: Share | NotComputable) -> int:
    """The numerator; 0 where there is no share."""
    return of.count if isinstance(of, Share) else 0
