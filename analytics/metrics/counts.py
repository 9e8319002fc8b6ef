"""The cells that a question is answered from, as tables of numbers. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from analytics.cubes.measures import PACES, Measure
from analytics.cubes.steps import step_of
from analytics.metrics.days import Days
from analytics.metrics.subject import Goal
from analytics.metrics.tally import Numbers, Rows, Tally

Part = tuple[int, str, str]  # version, measure, rung
Value = str | None


class Count(NamedTuple):
    """A cell: `segment` holds the values of the workspace's segment traits."""

    version_id: int
    measure: str
    rung_key: str
    segment: Mapping[str, object]
    cohort_on: date
    elapsed_s: int
    n: int


class Block(NamedTuple):
    """What is counted of one part, of people of one segment."""

    part: Part
    segment: Mapping[str, object]
    rows: Rows


@dataclass(frozen=True)
class Table:
    """Blocks that add up, over `length` days from `first` on. What has been put together of them is kept.

    Of whoever began before `whole_from` it holds everybody's PACES alone.
    """

    first: date
    length: int
    blocks: Mapping[Part, tuple[Block, ...]]
    whole_from: date = date.min
    parts: dict[Part, Rows] = field(default_factory=dict, compare=False, repr=False)
    splits: dict[str, Mapping[Value, "Table"]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, days: Days, blocks: Iterable[Block], *, whole_from: date = date.min) -> "Table":
        """Blocks whose day 0 is the first of `days`; the table spans those of the days that have anything."""
        blocks = [block for block in blocks if block.rows.day.size]
        start = int(min((block.rows.day[0] for block in blocks), default=0))
        end = int(max((block.rows.day[-1] for block in blocks), default=-1)) + 1
        cut = (block._replace(rows=block.rows.between(start, end)) for block in blocks)
        return cls(days.first + timedelta(days=start), max(end - start, 0), _by_part(cut), whole_from)

    def rows(self, part: Part) -> Rows:
        if part not in self.parts:
            self.parts[part] = Rows.together([block.rows for block in self.blocks.get(part, ())])
        return self.parts[part]

    def began(self, version_id: int) -> Numbers:
        """How many people began on each day."""
        day, _, n = self.rows((version_id, Measure.BEGAN, ""))
        return np.bincount(day, weights=n, minlength=self.length).astype(np.int64)

    def know_of(self, trait: str, values: Mapping[str, Iterable[Block]], days: Days) -> None:
        """Tell the table what is counted of the people with each value of a trait; the others have none.

        Of a part that is given for no value nothing is known by this trait. `days` are those of the blocks.
        """
        start = (self.first - days.first).days
        cut = {
            value: [block._replace(rows=block.rows.between(start, start + self.length)) for block in blocks]
            for value, blocks in values.items()
        }
        known: dict[Part, list[Block]] = {}
        for blocks in cut.values():
            for block in blocks:
                known.setdefault(block.part, []).append(block)
        rest = [block for part, blocks in known.items() for block in self._without(part, blocks)]
        self.splits[trait] = {
            value: Table(self.first, self.length, _by_part(blocks), self.whole_from)
            for value, blocks in [*cut.items(), (None, rest)]
        }

    def _without(self, part: Part, known: Iterable[Block]) -> Iterator[Block]:
        """Blocks of what is counted of the part beyond `known`, which are some of its people; none for nobody."""
        whole = max((self.whole_from - self.first).days, 0)
        rows = self.rows(part).since(whole)
        known = [block._replace(rows=block.rows.since(whole)) for block in known]
        if rows.n.sum() != sum(block.rows.n.sum() for block in known):
            yield Block(part, {}, rows)
            yield from (block._replace(rows=block.rows._replace(n=-block.rows.n)) for block in known)

    def split(self, trait: str) -> Mapping[Value, "Table"]:
        """A table for each value of the trait; together they are this one."""
        if trait not in self.splits:
            values: dict[Value, list[Block]] = {}
            for blocks in self.blocks.values():
                for block in blocks:
                    values.setdefault(_value(block.segment, trait), []).append(block)
            self.splits[trait] = {
                value: Table(self.first, self.length, _by_part(blocks)) for value, blocks in values.items()
            }
        return self.splits[trait]


class Counts:
    """A table, or those of its people who began on some of its days, and on one version."""

    def __init__(self, table: Table, *, days: Days | None = None, version_id: int | None = None) -> None:
        self._table, self._days, self._version_id = table, days, version_id

    @classmethod
    def of(cls, counts: Iterable[Count]) -> "Counts":
        """From single cells."""
        counts = sorted(counts, key=lambda count: count.cohort_on)
        if not counts:
            return cls(Table(date(1970, 1, 1), 0, {}))
        days = Days(counts[0].cohort_on, counts[-1].cohort_on)
        blocks: dict[tuple[Part, str], tuple[Mapping[str, object], list[tuple[int, int, int]]]] = {}
        for version_id, measure, rung, segment, cohort_on, elapsed_s, n in counts:
            key = (version_id, measure, rung), repr(sorted(segment.items()))
            blocks.setdefault(key, (segment, []))[1].append(((cohort_on - days.first).days, elapsed_s, n))
        return cls(
            Table.of(
                days,
                (Block(part, segment, _rounded(rows)) for (part, _), (segment, rows) in blocks.items()),
            )
        )

    def begun(self, days: Days) -> "Counts":
        """Only people who began on these days."""
        if self._days is not None:
            days = Days(max(days.first, self._days.first), min(days.last, self._days.last))
        return Counts(self._table, days=days, version_id=self._version_id)

    def on_version(self, version_id: int) -> "Counts":
        return Counts(self._table, days=self._days, version_id=version_id)

    def split(self, trait: str) -> dict[Value, "Counts"]:
        """These people by the trait's value at the start of their journey (None: not set); everybody once."""
        self._must_be_whole()
        return {
            value: Counts(table, days=self._days, version_id=self._version_id)
            for value, table in self._table.split(trait).items()
        }

    def towards(self, goal: Goal) -> Tally:
        """Who began on a version that has the goal, and who has reached it."""
        if goal.measure not in PACES:
            self._must_be_whole()
        table = self._table
        began, reached = np.zeros(table.length, np.int64), []
        for version_id, key in goal.keys.items():
            if self._version_id in (None, version_id):
                began = began + table.began(version_id)
                reached.append(table.rows((version_id, goal.measure, key)))
        tally = Tally(table.first, began, Rows.together(reached))
        return tally if self._days is None else tally.begun(self._days)

    def _must_be_whole(self) -> None:
        first = self._table.first if self._days is None else self._days.first
        if first < self._table.whole_from:
            raise ValueError(f"of whoever began before {self._table.whole_from} only everybody's paces are known")


def _rounded(rows: list[tuple[int, int, int]]) -> Rows:
    day, elapsed_s, n = np.array(rows, np.int64).T
    return Rows(day, step_of(elapsed_s), n)


def _by_part(blocks: Iterable[Block]) -> dict[Part, tuple[Block, ...]]:
    parts: dict[Part, list[Block]] = {}
    for block in blocks:
        parts.setdefault(block.part, []).append(block)
    return {part: tuple(some) for part, some in parts.items()}


def _value(segment: Mapping[str, object], trait: str) -> Value:
    """The value as PostgreSQL's ->> writes it."""
    value = segment.get(trait)
    return value if value is None or isinstance(value, str) else json.dumps(value)
