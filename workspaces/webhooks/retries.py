"""When a message that was not delivered is tried again, and how long an endpoint that fails is left alone. Pure."""

from datetime import timedelta

# After each attempt that failed; together a little more than three days.
PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.2  # a pause is longer by up to this share, so that what failed together does not come back together

FIRST_REST = timedelta(seconds=5)
LONGEST_REST = timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(days=3)  # of failures alone; every last attempt lies beyond it


def pause_after(attempts: int, chance: float) -> timedelta | None:
    """The pause after so many attempts; None when there were enough. `chance` is from 0 to 1."""
    if attempts > len(PAUSES):
        return None
    return PAUSES[attempts - 1] * (1 + JITTER * chance)


def rest_after(failures: int) -> timedelta:
    """How long an endpoint gets nothing at all after so many failures in a row: it doubles, up to five minutes."""
    return min(FIRST_REST * 2 ** min(failures - 1, 10), LONGEST_REST)
