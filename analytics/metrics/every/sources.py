"""What all metrics of one question are told from: each query is asked once, whichever metrics use it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from analytics.metrics import fetch
from analytics.metrics import subject as goals
from analytics.metrics.counts import Counts
from analytics.metrics.forecast import needed
from analytics.metrics.question import FIRST_DAY, Question
from analytics.metrics.segments import MOST_VALUES, NOT_SET
from analytics.metrics.tally import Tally
from analytics.metrics.use.answer import Use, use
from analytics.metrics.use.apart import told_apart
from analytics.metrics.use.counts import UseCounts, UseParts
from workspaces.tenants.models import Workspace

# A forecast learns from everybody who ever began, but not from a former decade.
LONGEST_LEARNED_DAYS = 3_653


@dataclass(frozen=True)
class Part:
    """Some of the people: those with one value of the trait that was asked for, or everybody (None)."""

    value: str | None
    counts: Counts

    @property
    def label(self) -> str | None:
        return NOT_SET if self.value == "" else self.value


class Sources:
    """Of a question. Inside the workspace's scope."""

    def __init__(self, question: Question, workspace: Workspace) -> None:
        self.question, self.workspace = question, workspace

    @cached_property
    def counts(self) -> Counts:
        return self.question.counts()

    @cached_property
    def with_before(self) -> Counts:
        """Also whoever began on as many days before; of these everybody's paces alone."""
        asked = self.question
        if asked.begun.first == FIRST_DAY:
            return self.counts  # nobody began before
        return fetch.counts(asked.subject, asked.begun, before=asked.begun.before, as_of=asked.as_of)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Everybody, and then the people with each of the trait's values, as far as they are told."""
        return Part(None, self.counts), *self._by_size[:MOST_VALUES]

    @property
    def people_of_other_values(self) -> int:
        """Beyond the eight most common values nothing is told."""
        return sum(self.value_of(part.counts).people for part in self._by_size[MOST_VALUES:])

    def value_of(self, counts: Counts) -> Tally:
        return counts.towards(goals.first_value(self.question.subject))

    @cached_property
    def new(self) -> dict[str | None, Tally]:
        """Towards first value, the days that a forecast needs, by the parts' values."""
        days = needed(self.question.as_of, window_days=self.question.window_days, learned_days=self.learned_days)
        asked, trait = self.question, self.question.segment
        goal = goals.first_value(asked.subject)
        everybody = fetch.counts(asked.subject, days, as_of=asked.as_of, towards=[goal])
        found: dict[str | None, Tally] = {None: self.value_of(everybody)}
        if trait:
            split = fetch.counts(asked.subject, days, as_of=asked.as_of, crossed=True).split(trait)
            found |= {value or "": self.value_of(counts) for value, counts in split.items()}
        return {part.value: found.get(part.value, Tally.nobody()) for part in self.parts}

    @property
    def learned_days(self) -> int:
        return min(self.question.begun.length, LONGEST_LEARNED_DAYS)

    def uses(self) -> Iterator[tuple[str | None, Use]]:
        """The numbers of use of every part."""
        for part in self.parts:
            yield part.label, self._use[part.value]

    @cached_property
    def _use(self) -> dict[str | None, Use]:
        counts = UseCounts(self.question.subject, self.question.begun)
        everybody = use(self.question, counts)
        if not self.question.segment:
            return {None: everybody}
        by_value = UseParts(counts, self.question.segment)
        values = [part.value for part in self.parts if part.value is not None]
        parts = {value: use(self.question, by_value.part(value)) for value in values}
        found: dict[str | None, Use] = {None: everybody}
        found.update(told_apart(everybody, parts, by_value.people()).items())
        return found

    @cached_property
    def _by_size(self) -> tuple[Part, ...]:
        if not self.question.segment:
            return ()
        # Sheets know of single traits nothing but first value; the cells know everything.
        asked = self.question
        counts = fetch.counts(asked.subject, asked.begun, as_of=asked.as_of, crossed=True)
        parts = [Part(value or "", some) for value, some in counts.split(asked.segment).items()]
        return tuple(sorted(parts, key=lambda part: (-self.value_of(part.counts).people, part.value or "")))
