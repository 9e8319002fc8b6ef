"""When people had an event, or were last seen without it, as counts by time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Ints = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


class Moment(NamedTuple):
    """At `time`, so many people had the event and so many were last seen without it."""

    time: float
    events: int
    censored: int


@dataclass(frozen=True, eq=False)
class Moments:
    """Many, in columns: `times` ascend and are distinct, and at each somebody had the event or was last seen."""

    times: Floats
    events: Ints
    censored: Ints

    @classmethod
    def of(cls, moments: "Iterable[Moment | tuple[float, int, int]] | Moments") -> "Moments":
        """In any order; counts at equal times add up. Raises ValueError for a negative time or count."""
        if isinstance(moments, Moments):
            return moments
        rows: Any = list(moments)
        for time, events, censored in rows:
            if time < 0 or events < 0 or censored < 0:
                raise ValueError(f"a moment has no negative time or count: {(time, events, censored)}")
        times, index = np.unique(np.array([row[0] for row in rows], np.float64), return_inverse=True)
        counted = [np.zeros(len(times), np.int64) for _ in range(2)]
        for column, total in enumerate(counted, 1):
            np.add.at(total, index, np.array([row[column] for row in rows], np.int64))
        events, censored = counted
        some = (events > 0) | (censored > 0)
        return cls(times[some], events[some], censored[some])

    def __iter__(self) -> Iterator[Moment]:
        columns = (self.times.tolist(), self.events.tolist(), self.censored.tolist())
        return (Moment(*row) for row in zip(*columns, strict=True))

    @property
    def people(self) -> int:
        return int(self.events.sum() + self.censored.sum())

    @property
    def at_risk(self) -> Ints:
        """How many were still without the event just before each time."""
        gone = np.cumsum(self.events + self.censored)
        left: Ints = self.people - np.concatenate(([0], gone[:-1])) if gone.size else gone
        return left
