"""What share of the newest people will have reached a goal by day N, and how well that could be told before. Pure.

Everything is reckoned from what is known of each cohort day at the end of its follow-up: who had reached the goal by
then, and who was still waiting. What was known of a day at an earlier moment is part of what is known of it now, so the
forecasts of past weeks come from the same counts, without another query.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.utils.translation import gettext

from analytics.cubes.steps import ENDS, step_of
from analytics.metrics.as_of import DAY_S, AsOf
from analytics.metrics.cohorts import Grain, spans
from analytics.metrics.days import Days
from analytics.metrics.sizes import FEW, WITHHELD_BELOW
from analytics.metrics.tally import Tally
from analytics.stats import BackTest, Curve, Forecast, NotComputable, Outcome, Withheld, back_test, withhold
from analytics.stats import forecast as foretell

# Beyond two months a table of weeks would be a wall.
MONTHS_FROM_DAYS = 61
EARLIER_FORECASTS = 8
# The curve must reach to day N, and well: as many days again from which everybody has been watched for N.
LEARNED_WINDOWS = 3


@dataclass(frozen=True)
class Expected:
    """Of `people` who began on `days`, `reached` have got there within the window by now; a forecast of the rest."""

    days: Days
    people: int
    reached: int
    forecast: Forecast | NotComputable

    @property
    def share(self) -> float | None:
        """Never less than has come true already: the forecast leaves out what was seen after whole follow-up."""
        return None if isinstance(self.forecast, NotComputable) else max(self.forecast.share, self._so_far)

    @property
    def low(self) -> float | None:
        """The interval's end, which is in whole people; so of very few it may leave out the share itself."""
        if isinstance(self.forecast, NotComputable) or self.share is None:
            return None
        assert isinstance(self.forecast.interval.low, float)
        return min(max(self.forecast.interval.low, self._so_far), self.share)

    @property
    def high(self) -> float | None:
        if isinstance(self.forecast, NotComputable) or self.share is None:
            return None
        assert isinstance(self.forecast.interval.high, float)
        return max(self.forecast.interval.high, self.share)

    @property
    def _so_far(self) -> float:
        return self.reached / self.people


@dataclass(frozen=True)
class Earlier:
    """What was forecast at the end of a past day for everybody who was new then, and what came."""

    on: date
    days: Days
    outcome: Outcome


@dataclass(frozen=True)
class Outlook:
    """`everybody` are the people of the `cohorts`: weeks or months of which not all have been watched for the window.

    The curve is of whoever began on the days `learned`. `earlier` is told newest first, of everybody at once; `test` is
    over the single cohorts of the same days.
    """

    window_days: int
    grain: Grain
    everybody: Expected | NotComputable
    cohorts: tuple[Expected, ...]
    earlier: tuple[Earlier, ...]
    test: BackTest | NotComputable
    learned: Days

    @property
    def withheld(self) -> tuple[bool, ...]:
        """Which cohorts may not be told: those of few people, and as many others as it takes to keep them unknown."""
        return self._hidden.groups

    @property
    def told(self) -> Expected | NotComputable:
        """Of everybody who is new, unless they are few, or one of their cohorts could be reckoned from it."""
        if isinstance(self.everybody, Expected) and (self._hidden.total or self.everybody.people < WITHHELD_BELOW):
            return NotComputable(gettext("fewer than five people are new, or too few in one of their cohorts"))
        return self.everybody

    @property
    def told_earlier(self) -> tuple[Earlier, ...]:
        return tuple(one for one in self.earlier if one.outcome.forecast.people >= WITHHELD_BELOW)

    @property
    def told_test(self) -> BackTest | NotComputable:
        """How earlier forecasts did, where any of them was of enough people."""
        return self.test if self.told_earlier or isinstance(self.test, NotComputable) else FEW

    @property
    def _hidden(self) -> Withheld:
        return withhold([one.people for one in self.cohorts], WITHHELD_BELOW)


def grain_of(window_days: int) -> Grain:
    return Grain.MONTH if window_days >= MONTHS_FROM_DAYS else Grain.WEEK


def needed(as_of: AsOf, *, window_days: int, learned_days: int) -> Days:
    """The cohort days that an outlook is reckoned from."""
    days = [as_of.day, *_earlier_days(as_of, window_days)]
    return Days(min(_learned(day, window_days, learned_days).first for day in days), as_of.day)


def outlook(tally: Tally, as_of: AsOf, *, window_days: int, learned_days: int) -> Outlook:
    """Forecasts for all cohorts that are new, from the curve of whoever began in `learned_days` (or more) up to now.

    `tally` covers the days `needed`.
    """
    everybody, cohorts = _told_at(tally, as_of, window_days, learned_days)
    earlier, outcomes = [], []
    for day in _earlier_days(as_of, window_days):
        then = AsOf.of(day, now=as_of.until, zone=as_of.zone)
        at_once, known = _told_at(tally, then, window_days, learned_days)
        if isinstance(at_once, Expected) and isinstance(at_once.forecast, Forecast):
            earlier.append(Earlier(day, at_once.days, _outcome(tally, at_once, then, window_days)))
        outcomes += [_outcome(tally, one, then, window_days) for one in known if isinstance(one.forecast, Forecast)]
    learned = _learned(as_of.day, window_days, learned_days)
    test = back_test(outcomes)
    return Outlook(window_days, grain_of(window_days), everybody, cohorts, tuple(earlier), test, learned)


def _earlier_days(as_of: AsOf, window_days: int) -> Iterator[date]:
    """The last ends of weeks or months of which everybody has been watched for the window by now, newest first."""
    after = as_of.last_mature_day(window_days) + timedelta(days=1)
    for _ in range(EARLIER_FORECASTS):
        span = next(spans(Days(after, after), grain_of(window_days)))
        after = span.first - timedelta(days=1)
        yield after


def _learned(day: date, window_days: int, learned_days: int) -> Days:
    return Days(day - timedelta(days=max(learned_days, LEARNED_WINDOWS * window_days) - 1), day)


def _told_at(
    tally: Tally, as_of: AsOf, window_days: int, learned_days: int
) -> tuple[Expected | NotComputable, tuple[Expected, ...]]:
    """What can be told at that moment of every cohort that is not watched for the whole window, and of all of them."""
    curve = tally.begun(_learned(as_of.day, window_days, learned_days)).curve(as_of)
    newest = Days(as_of.last_mature_day(window_days) + timedelta(days=1), as_of.day)
    cohorts = tuple(
        _expected(tally, Days(span.first, min(span.last, as_of.day)), as_of, curve, window_days)
        for span in spans(newest, grain_of(window_days))
        if tally.begun(Days(max(span.first, newest.first), min(span.last, newest.last))).people > 0
    )
    if not cohorts:
        return NotComputable(gettext("nobody is new: everybody has been watched for the whole window")), ()
    whole = Days(cohorts[0].days.first, cohorts[-1].days.last)
    return _expected(tally, whole, as_of, curve, window_days), cohorts


def _expected(tally: Tally, days: Days, as_of: AsOf, curve: Curve | NotComputable, window_days: int) -> Expected:
    part = tally.begun(days)
    reached = int(part.reached_within(window_days).sum())
    if isinstance(curve, NotComputable):
        return Expected(
            days, part.people, reached, NotComputable(gettext("nobody before them has been watched for any time"))
        )
    there, waiting = _known(part, as_of, window_days)
    told = foretell(curve, by=window_days * DAY_S, reached=there, waiting=waiting.items())
    return Expected(days, part.people, reached, told)


def _known(part: Tally, as_of: AsOf, window_days: int) -> tuple[int, dict[float, int]]:
    """How many had reached the goal in the window by the end of their day's follow-up, and who waited, by age."""
    there, ages = _by_day(part, as_of, window_days)
    waiting: dict[float, int] = {}
    for age, people in zip(ages, np.maximum(part.began - there, 0).tolist(), strict=True):
        if people:
            waiting[age] = waiting.get(age, 0) + people
    return int(there.sum()), waiting


def _by_day(part: Tally, as_of: AsOf, window_days: int) -> tuple[np.ndarray, list[float]]:
    followed = as_of.followed_steps(part.first, len(part.began))
    day, step, n = part.reached
    seen = (step <= step_of(window_days * DAY_S)) & (step <= followed[day]) & (followed[day] > 0)
    there = np.bincount(day[seen], weights=n[seen], minlength=len(part.began)).astype(np.int64)
    # Between two folds that run at once more may be seen to arrive than began.
    return np.clip(there, 0, np.maximum(part.began, 0)), ENDS[followed].astype(np.float64).tolist()


def _outcome(tally: Tally, told: Expected, then: AsOf, window_days: int) -> Outcome:
    """How many of those who waited at an earlier moment have arrived in the window since."""
    assert isinstance(told.forecast, Forecast)
    part = tally.begun(told.days)
    there, ages = _by_day(part, then, window_days)
    came: dict[float, int] = {}
    for age, people in zip(ages, (part.reached_within(window_days) - there).tolist(), strict=True):
        came[age] = came.get(age, 0) + people
    arrived = (min(max(came.get(group.age, 0), 0), group.people) for group in told.forecast.waiting)
    return Outcome(told.forecast, tuple(arrived))
