"""Funnels over events by name: how far one person came, in three readings of "step after step".

A ladder's own ordered funnel is the progress engine's, which knows criteria and versions; this counts any list of event
names that somebody asks about, and where both can be asked they agree. The rules are those of the peers (PostHog's
funnel engine), so that the numbers can be compared; docs/metrics.md says where two corners differ.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class Order(StrEnum):
    """`ordered`: other events may come between two steps. `strict`: none may. `any order`: only the window counts."""

    ORDERED = "ordered"
    STRICT = "strict"
    ANY_ORDER = "any order"


class Happened(NamedTuple):
    """One event of one person."""

    at: datetime
    name: str


def furthest(
    events: Iterable[Happened | tuple[datetime, str]], steps: Sequence[str], *, window: timedelta, order: Order
) -> tuple[datetime, ...]:
    """When each step was reached in the attempt that came furthest; of several the earliest. Empty: never began.

    - An attempt begins with the first step (in any order: with any step), and all of it lies within `window` of that
      moment, both ends counted.
    - One event serves one step, also when two steps have one name.
    - Of events at the same moment nobody knows the order: it is taken as the steps would have it.
    - Strict: between two steps nothing else may happen, listed or not; give all events of the person. The step just
      reached may be repeated, and what happens at the very moment of a step doesn't come between.
    - In any order the times are sorted: as many steps were done by the second time as it has come to, whichever.
    """
    if not steps:
        raise ValueError("a funnel needs a step")
    if window < timedelta(0):
        raise ValueError(f"a window is no negative time: {window}")
    ordered = sorted(Happened(*event) for event in events)
    best: tuple[datetime, ...] = ()
    for attempt in _ATTEMPTS[order](ordered, steps, window):
        if len(attempt) > len(best):
            best = attempt
        if len(best) == len(steps):
            break
    return best


def people_at_steps(reached: Iterable[int], steps: int) -> tuple[int, ...]:
    """How many people came at least as far as each step, from how many steps each of them reached."""
    counts = Counter(reached)
    return tuple(sum(n for far, n in counts.items() if far > step) for step in range(steps))


def _ordered(events: list[Happened], steps: Sequence[str], window: timedelta) -> Iterator[tuple[datetime, ...]]:
    """For each beginning the earliest possible moment of each step: with the anchor fixed, none can do better."""
    times = _times(events, steps)
    for anchor, start in enumerate(times[steps[0]]):
        taken = {steps[0]: anchor + 1}  # events of each name up to here are used or too early
        reached = [start]
        for step in steps[1:]:
            index = max(taken.get(step, 0), bisect_left(times[step], reached[-1]))
            if index == len(times[step]) or times[step][index] - start > window:
                break
            taken[step] = index + 1
            reached.append(times[step][index])
        yield tuple(reached)


def _strict(events: list[Happened], steps: Sequence[str], window: timedelta) -> Iterator[tuple[datetime, ...]]:
    """From each beginning one moment after the other, until something else happens.

    A moment may hold several steps, and taking all of them is not always best (A, then B and C at once, then B, C, D):
    so every number of steps that can have been reached is followed, each by its earliest times.
    """
    moments = _moments(events)
    for place, (start, names) in enumerate(moments):
        if not names[steps[0]]:
            continue
        best: tuple[datetime, ...] = ()
        ways: dict[int, tuple[datetime, ...]] = {0: ()}
        for at, here in moments[place:]:
            if at - start > window or not ways:
                break
            further: dict[int, tuple[datetime, ...]] = {}
            for far, times in ways.items():
                if far and set(here) == {steps[far - 1]}:
                    further[far] = min(further.get(far, times), times)
                left = Counter(here)
                while far < len(steps) and left[steps[far]]:
                    left[steps[far]] -= 1
                    far, times = far + 1, (*times, at)
                    further[far] = min(further.get(far, times), times)
            ways = further
            best = max([best, *ways.values()], key=len)
        yield best


def _any_order(events: list[Happened], steps: Sequence[str], window: timedelta) -> Iterator[tuple[datetime, ...]]:
    times, needed = _times(events, steps), Counter(steps)
    for start in sorted({at for name in needed for at in times[name]}):
        reached: list[datetime] = []
        for name, n in needed.items():
            first = bisect_left(times[name], start)
            last = bisect_right(times[name], start + window)
            reached += times[name][first : min(first + n, last)]
        yield tuple(sorted(reached))


_ATTEMPTS = {Order.ORDERED: _ordered, Order.STRICT: _strict, Order.ANY_ORDER: _any_order}


def _times(events: list[Happened], steps: Sequence[str]) -> dict[str, list[datetime]]:
    times: dict[str, list[datetime]] = {step: [] for step in steps}
    for at, name in events:
        if name in times:
            times[name].append(at)
    return times


def _moments(events: list[Happened]) -> list[tuple[datetime, Counter[str]]]:
    moments: dict[datetime, Counter[str]] = defaultdict(Counter)
    for at, name in events:
        moments[at][name] += 1
    return sorted(moments.items())
