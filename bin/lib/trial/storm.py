"""One storm: what strikes when, by the seed alone, and how soon the house was back each time."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from trial.failures import KINDS, Kind
from trial.house import House

AT_ONCE_SHARE = 0.25


@dataclass(frozen=True)
class Pace:
    """How long failures last (as a share of what they ask for), and what is between them.

    The next failure comes when the house is back from the one before, or after `back_seconds`, which is a fault if it
    `must_be_back`; and then up to `calm_seconds` later.
    """

    lasting: float
    back_seconds: float
    must_be_back: bool
    calm_seconds: float


LONG = Pace(lasting=1.0, back_seconds=90, must_be_back=True, calm_seconds=3)
SHORT = Pace(lasting=0.5, back_seconds=3, must_be_back=False, calm_seconds=0.5)


@dataclass(frozen=True)
class Struck:
    """A failure that happened, by the monotonic clock."""

    kind: Kind
    at: float
    mended_at: float


def each_once(rng: random.Random) -> Iterator[list[Kind]]:
    """Every kind once, one after the other."""
    yield from ([kind] for kind in KINDS)


def until(moment: float, rng: random.Random) -> Iterator[list[Kind]]:
    """Every kind in turn, in ever new orders, sometimes two at once, until the monotonic clock says `moment`."""
    waiting: list[Kind] = []
    while time.monotonic() < moment:
        if len(waiting) < 2:
            waiting += rng.sample(KINDS, len(KINDS))
        first = waiting.pop(0)
        others = [kind for kind in waiting if kind.touches != first.touches]
        if others and rng.random() < AT_ONCE_SHARE:
            waiting.remove(others[0])
            yield [first, others[0]]
        else:
            yield [first]


def rage(
    house: House,
    strikes: Iterator[list[Kind]],
    rng: random.Random,
    *,
    is_back: Callable[[float], bool],
    tell: Callable[[str], None],
    pace: Pace,
) -> list[Struck]:
    """Strike, mend and wait until the house is back, over and over. Returns what happened."""
    happened = []
    for kinds in strikes:
        begun = time.monotonic()
        tell(" and ".join(kind.name for kind in kinds))
        struck = [(kind, kind.failure(house, rng)) for kind in kinds]
        lasting = sorted(((next(failure), kind, failure) for kind, failure in struck), key=lambda one: one[0])
        since = time.monotonic()
        with ExitStack() as whatever_happens:
            for _, _, failure in lasting:
                whatever_happens.callback(failure.close)
            for seconds, kind, failure in lasting:
                time.sleep(max(0.0, since + seconds * pace.lasting - time.monotonic()))
                next(failure, None)
                happened.append(Struck(kind, begun, time.monotonic()))
        mended_at = time.monotonic()
        while not is_back(mended_at):
            if time.monotonic() > mended_at + pace.back_seconds:
                if pace.must_be_back:
                    names = " and ".join(kind.name for kind in kinds)
                    house.faults.append(f"{pace.back_seconds:g} s after {names} the house was not back.")
                break
            house.tend()
            time.sleep(0.1)
        time.sleep(rng.uniform(0, pace.calm_seconds))
        house.tend()
    return happened
