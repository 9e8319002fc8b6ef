"""People counted on their way to one goal: the one shape that every metric is arithmetic on. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
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


Groups = Mapping[tuple[str, str], list[Count]]


class Counts:
    """A bag of counts, grouped once by measure and rung; narrowing it makes a smaller one."""

    def __init__(self, counts: Iterable[Count] = (), *, groups: Groups | None = None) -> None:
        if groups is None:
            groups = defaultdict(list)
            for count in counts:
                groups[count.measure, count.rung_key].append(count)
        self._groups: Groups = groups

    def __iter__(self) -> Iterator[Count]:
        return (count for counts in self._groups.values() for count in counts)

    def told_by(self, goal: Goal) -> "Counts":
        """Only what the goal's tally is made of; the rest need not be carried through further narrowing."""
        wanted = [(Measure.BEGAN, ""), *((goal.measure, key) for key in set(goal.keys.values()))]
        return Counts(groups={key: self.measured(*key) for key in wanted})

    def begun(self, days: Days) -> "Counts":
        """Only people who began on these days."""
        first, last = days
        return Counts(groups={key: [c for c in some if first <= c.cohort_on <= last] for key, some in self._items()})

    def on_version(self, version_id: int) -> "Counts":
        return Counts(groups={key: [c for c in some if c.version_id == version_id] for key, some in self._items()})

    def measured(self, measure: str, rung_key: str = "") -> list[Count]:
        return self._groups.get((measure, rung_key), [])

    def towards(self, goal: Goal) -> "Tally":
        """Who began on a version that has the goal, and who has reached it."""
        keys = dict(goal.keys)
        began: dict[date, int] = defaultdict(int)
        for count in self.measured(Measure.BEGAN):
            if count.version_id in keys:
                began[count.cohort_on] += count.n
        reached: dict[tuple[date, int], int] = defaultdict(int)
        for key in set(keys.values()):
            for version_id, _, _, _, cohort_on, elapsed_s, n in self.measured(goal.measure, key):
                if keys.get(version_id) == key:
                    reached[cohort_on, elapsed_s] += n
        return Tally(
            {day: n for day, n in began.items() if n},
            tuple((day, elapsed, n) for (day, elapsed), n in reached.items() if n),
        )

    def _items(self) -> Iterable[tuple[tuple[str, str], list[Count]]]:
        return self._groups.items()


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
        followed = {day: as_of.followed_s(day) for day in self.began}
        waiting = {day: n for day, n in self.began.items() if followed[day] > 0}
        moments: list[Moment] = []
        for day, elapsed, n in self.reached:
            if day in waiting and elapsed <= followed[day]:
                moments.append(Moment(elapsed, n, 0))
                waiting[day] -= n
        moments += (Moment(followed[day], 0, n) for day, n in waiting.items() if n > 0)
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
