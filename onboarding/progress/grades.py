"""How finely elapsed time is kept in counts. Pure.

An elapsed time is rounded *up* to a grade: one second in the first hour, ten seconds in the first day, a minute in the
first seven days, an hour in the first ninety days, a day beyond. So medians keep about three digits, counts stay few,
and since every whole day is a grade and both rounding and comparison include the boundary, "within D days" is exact
for whole days: elapsed ≤ D days exactly when grade ≤ D days.
"""

from datetime import timedelta

HOUR = 3_600
DAY = 24 * HOUR

# (up to this many seconds, in steps of this many)
SCALE = ((HOUR, 1), (DAY, 10), (7 * DAY, 60), (90 * DAY, HOUR))
COARSEST = DAY

_MICROSECOND = timedelta(microseconds=1)


def grade(elapsed: timedelta) -> int:
    """The grade in whole seconds, at least `elapsed` and less than one step above it. Negative times are grade 0."""
    microseconds = max(elapsed // _MICROSECOND, 0)
    for limit, step in SCALE:
        if microseconds <= limit * 1_000_000:
            return _round_up(microseconds, step)
    return _round_up(microseconds, COARSEST)


def _round_up(microseconds: int, step: int) -> int:
    return -(-microseconds // (step * 1_000_000)) * step
