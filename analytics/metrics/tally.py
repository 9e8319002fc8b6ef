"""People counted on their way to one goal: the one shape that every metric is arithmetic on. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from analytics.cubes.steps import ENDS, step_of
from analytics.metrics.as_of import DAY_S, AsOf
from analytics.metrics.days import Days
from analytics.metrics.sizes import of_enough
from analytics.stats import Curve, Moments, NotComputable, Share, kaplan_meier, share

Numbers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


@dataclass(frozen=True)
class Within:
    """Of those watched for the whole window, how many reached the goal in it; and how many are not watched so long."""

    days: int
    mature: Share | NotComputable
    immature: int
    of_all: Share | NotComputable
    """Of everybody who began, watched long enough or not: a lower bound."""

    @property
    def told(self) -> Share | NotComputable:
        """The share of the mature, where they are enough people to tell of."""
        return _of_enough(self.mature)

    @property
    def told_of_all(self) -> Share | NotComputable:
        return _of_enough(self.of_all)


class Rows(NamedTuple):
    """Counts of people in no order of their own but by day: arrays of the same length, `day` ascending."""

    day: Numbers  # since the first day of the table
    step: Numbers  # of elapsed time, see cubes.steps
    n: Numbers

    @classmethod
    def of(cls, day: Numbers, step: Numbers, n: Numbers) -> "Rows":
        """From arrays in any order."""
        if np.all(day[1:] >= day[:-1]):
            return cls(day, step, n)
        order = np.argsort(day, kind="stable")
        return cls(day[order], step[order], n[order])

    @classmethod
    def none(cls) -> "Rows":
        return cls(*np.zeros((3, 0), np.int64))

    @classmethod
    def together(cls, some: "Sequence[Rows]") -> "Rows":
        """All of them, by day again."""
        some = [rows for rows in some if rows.day.size]
        if len(some) < 2:
            return some[0] if some else cls.none()
        return cls.of(*(np.concatenate(column) for column in zip(*some, strict=True)))

    def between(self, start: int, end: int) -> "Rows":
        """Those of the days from `start` up to before `end`, which `start` is day 0 of."""
        first, last = np.searchsorted(self.day, (start, end))
        day = self.day[first:last]
        return Rows(day - start if start else day, self.step[first:last], self.n[first:last])

    def since(self, start: int) -> "Rows":
        """Those of the day `start` and later, counted from the same day 0."""
        first = int(np.searchsorted(self.day, start))
        return Rows(self.day[first:], self.step[first:], self.n[first:])


@dataclass(frozen=True, eq=False)
class Tally:
    """Who began and who reached the goal, by cohort day: day i is `first` + i days, and `began[i]` people began on it.

    `reached` counts those who reached the goal, by their cohort day and the step of the time from the beginning to it.
    """

    first: date
    began: Numbers
    reached: Rows

    @classmethod
    def nobody(cls) -> "Tally":
        return cls(date(1970, 1, 1), np.zeros(0, np.int64), Rows.none())

    @classmethod
    def sum(cls, some: "Sequence[Tally]") -> "Tally":
        """All groups together; they are of the same days, as parts of one table are."""
        if not some:
            return cls.nobody()
        return cls(
            some[0].first, np.sum([one.began for one in some], axis=0), Rows.together([one.reached for one in some])
        )

    @property
    def people(self) -> int:
        return int(self.began.sum())

    @property
    def people_reached(self) -> int:
        return int(self.reached.n.sum())

    @property
    def first_begun(self) -> date | None:
        """The first day on which anybody began."""
        days = np.flatnonzero(self.began)
        return self.first + timedelta(days=int(days[0])) if days.size else None

    @property
    def last_begun(self) -> date | None:
        days = np.flatnonzero(self.began)
        return self.first + timedelta(days=int(days[-1])) if days.size else None

    def place(self, day: date) -> int:
        """The index of a day, cut to the days there are and the one after them."""
        return min(max((day - self.first).days, 0), len(self.began))

    def begun(self, days: Days) -> "Tally":
        """Of those who began on these days."""
        start = self.place(days.first)
        end = max(self.place(days.last + timedelta(days=1)), start)
        return Tally(self.first + timedelta(days=start), self.began[start:end], self.reached.between(start, end))

    def reached_within(self, days: int) -> Numbers:
        """How many of each cohort day reached the goal within so many days of beginning, both ends counted."""
        return self._by_day(self.reached.step <= step_of(days * DAY_S))

    def within(self, days: int, as_of: AsOf) -> Within:
        """Who reached the goal within so many days of beginning, both ends counted."""
        watched = self.place(as_of.last_mature_day(days) + timedelta(days=1))
        in_time = self.reached_within(days)
        mature = int(self.began[:watched].sum())
        return Within(
            days,
            share_of(int(in_time[:watched].sum()), mature),
            self.people - mature,
            share_of(int(in_time.sum()), self.people),
        )

    def moments(self, as_of: AsOf) -> Moments:
        """For Kaplan–Meier: whoever has not reached the goal by the end of their follow-up is censored there.

        People of a day that has not been watched at all are left out; `unwatched` counts them.
        """
        followed, seen, waiting = self.watched(as_of)
        _, step, n = self.reached
        last = int(max(followed.max(initial=0), step.max(initial=0))) + 1
        # Between two folds that run at once a cell may be below zero for a moment.
        events = np.maximum(_summed(step[seen], n[seen], last), 0)
        censored = _summed(followed, np.maximum(waiting, 0), last)
        some = (events > 0) | (censored > 0)
        return Moments(ENDS[:last][some].astype(np.float64), events[some], censored[some])

    def watched(self, as_of: AsOf) -> tuple[Numbers, Flags, Numbers]:
        """For each cohort day the step up to which all of it was followed; which rows of `reached` are within that; and
        how many of each day were still on the way then.
        """
        followed = as_of.followed_steps(self.first, len(self.began))
        day, step, _ = self.reached
        seen = (step <= followed[day]) & (followed[day] > 0)
        return followed, seen, np.where(followed > 0, self.began - self._by_day(seen), 0)

    def _by_day(self, chosen: Flags) -> Numbers:
        """How many people of each cohort day the chosen rows of `reached` are."""
        ends = np.searchsorted(self.reached.day, np.arange(len(self.began) + 1))
        some = np.flatnonzero(ends[1:] > ends[:-1])
        found = np.zeros(len(self.began), np.int64)
        if some.size:  # the rows are in the order of days, so each day is one stretch of them
            found[some] = np.add.reduceat(self.reached.n * chosen, ends[some])
        return found

    def unwatched(self, as_of: AsOf) -> int:
        """People who began so lately that nobody of their day has been watched for any whole time."""
        return int(self.began[as_of.followed_steps(self.first, len(self.began)) == 0].sum())

    def curve(self, as_of: AsOf) -> Curve | NotComputable:
        return kaplan_meier(self.moments(as_of))

    def times_reached(self) -> Iterator[tuple[int, int]]:
        """(elapsed seconds, people) of those who reached the goal, whenever they began."""
        people = _summed(self.reached.step, self.reached.n, 0)
        some = people > 0
        return zip(ENDS[: len(people)][some].tolist(), people[some].tolist(), strict=True)


def _of_enough(found: Share | NotComputable) -> Share | NotComputable:
    return of_enough(found.of if isinstance(found, Share) else 0, found)


def _summed(index: Numbers, n: Numbers, length: int) -> Numbers:
    return np.bincount(index, weights=n, minlength=length).astype(np.int64)


def share_of(count: int, of: int) -> Share | NotComputable:
    # Between two folds that run at once a completion may be seen before its beginning.
    return share(min(max(count, 0), max(of, 0)), max(of, 0))


def count_of(of: Share | NotComputable) -> int:
    """The numerator; 0 where there is no share."""
    return of.count if isinstance(of, Share) else 0
