"""How finely elapsed time is told. Pure.

Cells keep elapsed time in grades (onboarding.progress.grades); numbers are reckoned from steps that are wider, so that
what a page reads does not grow with the people for ever. An elapsed time is rounded *up* to the end of its step, which
is never more than 4% beyond it (a second in the first five minutes). Every whole day is
the end of a step, so windows in whole days are exact.
"""

import numpy as np

MINUTE, HOUR, DAY = 60, 3_600, 86_400

# (up to this many seconds, in steps of this many); beyond, in days.
SCALE = (
    (5 * MINUTE, 1),
    (HOUR, 10),
    (6 * HOUR, 2 * MINUTE),
    (DAY, 10 * MINUTE),
    (4 * DAY, 30 * MINUTE),
    (14 * DAY, 3 * HOUR),
    (30 * DAY, 6 * HOUR),
)
LONGEST_DAYS = 30_000  # as many as two bytes hold

Numbers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def _ends() -> Numbers:
    found, start = [0], 0
    for limit, step in SCALE:
        found += range(start + step, limit + 1, step)
        start = limit
    return np.array([*found, *(day * DAY for day in range(start // DAY + 1, LONGEST_DAYS))], np.int64)


ENDS = _ends()  # ENDS[i] is the end of step i in seconds; step 0 is no time at all


def step_of(elapsed_s: Numbers | int) -> Numbers:
    """The step of each elapsed time in seconds, an index of ENDS."""
    return np.minimum(np.searchsorted(ENDS, elapsed_s, side="left"), len(ENDS) - 1)


def cut(seconds: int) -> int:
    """The end of the last step that is over by then."""
    return int(ENDS[np.searchsorted(ENDS, seconds, side="right") - 1])


def _sql() -> str:
    cases, start, number = [], 0, 0
    for limit, step in SCALE:
        cases.append(f"WHEN elapsed_s <= {limit} THEN {number} + (elapsed_s - {start} + {step - 1}) / {step}")
        number += (limit - start) // step
        start = limit
    last = f"least({number} + (elapsed_s - {start} + {DAY - 1}) / {DAY}, {len(ENDS) - 1})"
    return f"CASE {' '.join(cases)} ELSE {last} END"


# step_of as SQL, of a column elapsed_s
STEP_SQL = _sql()
# The step that ends with the day in which `elapsed_s` falls: for what is only ever asked for in whole days.
DAY_STEP_SQL = STEP_SQL.replace("elapsed_s", f"((elapsed_s + {DAY - 1}) / {DAY} * {DAY})")
