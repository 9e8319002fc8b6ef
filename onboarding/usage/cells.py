"""Which counts a journey's use adds one to. Pure; the projection, its check and every metric come from here.

Nothing in a cell says when it was reached, as its periods do: what is told as of a past day is told of periods that
were over by then. That keeps the cells few (docs/decisions/0086).
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from onboarding.usage.periods import Grain, returns
from onboarding.usage.standing import ANY, Standing

# Depth and repetition are told of these first whole days, the day of the start (or of the first use) included.
WINDOWS = (7, 14, 30, 60, 90)
MOST_REPEATS = 10  # on so many days or more


class Measure(StrEnum):
    """What a cell counts, and what its `p` and `q` are.

    - *began*: journeys.
    - the grains of `Grain`: use of `subject` in period `p`, with use in `q` before it (-1: none).
    - *active_days*: on `q` days of the first `p`. *key_events*: `q` different key workflows in the first `p` days.
    - *first_use*: of the key workflow `subject`, `p` days after the start (graded).
    - *repeat*: cohort day is the day of first use of `subject`; used on `q` of the first `p` days from it; with `p`
      0, all who used it at all.
    - *unlocked*, *adopted*: cohort day is the day on which feature `subject` came; first used `p` days later (graded).
    """

    BEGAN = "began"
    DAY = Grain.DAY.value
    WEEK = Grain.WEEK.value
    MONTH = Grain.MONTH.value
    CALENDAR_WEEK = Grain.CALENDAR_WEEK.value
    CALENDAR_MONTH = Grain.CALENDAR_MONTH.value
    ACTIVE_DAYS = "active_days"
    KEY_EVENTS = "key_events"
    FIRST_USE = "first_use"
    REPEAT = "repeat"
    UNLOCKED = "unlocked"
    ADOPTED = "adopted"


class Cell(NamedTuple):
    """The key of a count of people. `subject` is a signal (ANY, or a key workflow's) or a feature's key."""

    version_id: int
    measure: str
    subject: str
    segment: str
    cohort_on: date
    p: int
    q: int


def graded_days(days: int) -> int:
    """Whole days up to 90; later ones rounded up to thirties."""
    return days if days <= 90 else -(-days // 30) * 30


def cells_of(standing: Standing) -> Iterator[Cell]:
    """Every cell that this journey adds one person to."""
    version, segment, cohort = standing.version_id, standing.segment, standing.cohort_on
    yield Cell(version, Measure.BEGAN, "", segment, cohort, 0, 0)
    for signal, indexes in standing.days.items():
        for grain in Grain if signal == ANY else (Grain.WEEK,):
            for period, before in returns(grain, cohort, indexes):
                yield Cell(version, grain.value, signal, segment, cohort, period, before)
        if signal == ANY:
            for window, days in _in_windows(indexes, 0):
                yield Cell(version, Measure.ACTIVE_DAYS, signal, segment, cohort, window, days)
        else:
            first = indexes[0]
            yield Cell(version, Measure.FIRST_USE, signal, segment, cohort, graded_days(first), 0)
            used_on = cohort + timedelta(days=first)
            yield Cell(version, Measure.REPEAT, signal, segment, used_on, 0, 0)
            for window, days in _in_windows(indexes, first):
                yield Cell(version, Measure.REPEAT, signal, segment, used_on, window, min(days, MOST_REPEATS))
    firsts = sorted(indexes[0] for signal, indexes in standing.days.items() if signal != ANY)
    for window, different in _in_windows(firsts, 0):
        yield Cell(version, Measure.KEY_EVENTS, "", segment, cohort, window, different)
    for feature, (unlocked_on, used_after) in standing.adopted.items():
        yield Cell(version, Measure.UNLOCKED, feature, segment, unlocked_on, 0, 0)
        if used_after is not None:
            yield Cell(version, Measure.ADOPTED, feature, segment, unlocked_on, graded_days(used_after), 0)


def _in_windows(indexes: Iterable[int], first: int) -> Iterator[tuple[int, int]]:
    """How many of these days, in ascending order, lie in each window from day `first` on; none is left out."""
    indexes = list(indexes)
    for window in WINDOWS:
        if number := sum(index < first + window for index in indexes):
            yield window, number
