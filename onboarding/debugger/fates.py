"""What can have become of a message for one step of a ladder, as values. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from milestones.library.operators import MISSING


class Fate(StrEnum):
    """What a message did for one step, or why nothing. The codes are public: they stand in the API."""

    COMPLETED = "completed"  # it is the evidence
    COUNTED = "counted"  # the nth of those needed
    KEPT = "kept"  # counted too, but the step is not open: it takes effect when it opens
    ALREADY = "already_complete"  # the step was complete before it
    ENOUGH = "enough_before"  # there were enough before it; other conditions of the step are missing
    AT_START = "at_start"  # what a trait is when the journey begins
    BEFORE_START = "before_start"
    BEFORE_OPENING = "before_opening"  # the criterion counts from the step's opening, which came later
    NOT_OPEN = "not_open"  # the criterion counts from the step's opening, and it is not open
    TOO_LATE = "too_late"  # after the period within which it had to come
    AFTER_MOVE = "after_move"  # after the person was moved to a version without the step
    NO_MATCH = "no_match"  # its properties are not what the step asks for
    NO_JOURNEY = "no_journey"  # the person is not on this ladder
    NOT_READ = "not_read"  # the engine hasn't come to it yet


# The most telling comes first: of several conditions of one step it stands for the step.
PRECEDENCE = list(Fate)
EFFECTIVE = frozenset({Fate.COMPLETED, Fate.COUNTED, Fate.KEPT, Fate.AT_START})


class WhyNot(StrEnum):
    """Why somebody is not on a ladder."""

    NOT_READ = "not_read"
    UNKNOWN_PERSON = "unknown_person"  # no userId was ever said
    NOT_BEGUN = "not_begun"  # the start event has not come
    OUT_OF_TIME = "out_of_time"  # it came when it began nothing: before its version was in force, or once archived
    OTHER_ROLE = "other_role"


@dataclass(frozen=True)
class Check:
    """A condition on one property or trait, and what the message says (MISSING: nothing)."""

    name: str
    operator: str
    operand: Any
    words: str
    value: Any
    holds: bool

    @property
    def said(self) -> bool:
        return self.value is not MISSING


@dataclass(frozen=True)
class Part:
    """One condition of a step that looks at such messages. `nth` of `needed` where it counted; `at` is the limit."""

    words: str
    checks: tuple[Check, ...]
    fate: Fate
    nth: int = 0
    needed: int = 1
    at: datetime | None = None
    within: timedelta | None = None

    @property
    def matches(self) -> bool:
        return self.fate is not Fate.NO_MATCH


@dataclass(frozen=True)
class StepFate:
    """What a message did for one step, as version `number` asks for it.

    `done_at` and `done_by` say when and by which message (empty: none) the step is complete, `waits_for` which steps
    must be complete before it opens, `lacking` what else the step asks for before it is.
    """

    key: str
    name: str
    number: int
    fate: Fate
    part: Part
    parts: tuple[Part, ...]
    done_at: datetime | None = None
    done_by: str = ""
    in_order: bool = False
    unlocks: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class LadderFate:
    """What a message did for a ladder: `begins` a journey, or something for steps; or why the person is not on it.

    With `why_not`, `begins` says that it would have begun one if nothing spoke against it. `start`: how the start
    event's conditions fit, where the message is such an event. `number`: the version looked at.
    """

    ladder_id: int
    key: str
    number: int
    started_at: datetime | None
    why_not: WhyNot | None = None
    role: str = ""  # the person's, as a key; '' for none
    role_needed: str = ""
    start_words: str = ""
    begins: bool = False
    start: Part | None = None
    steps: tuple[StepFate, ...] = ()


@dataclass(frozen=True)
class TraitUse:
    """A trait that an identify message said, and what in the workspace reads it."""

    name: str
    value: Any
    roles: tuple[str, ...] = ()  # keys of roles whose rule reads it
    steps: tuple[str, ...] = ()  # names of steps
    segment: bool = False
    overtaken_at: datetime | None = None  # when another value was said after it; None: it holds, or nothing reads it

    @property
    def read(self) -> bool:
        return bool(self.roles or self.steps or self.segment)


@dataclass(frozen=True)
class Explanation:
    """What a stored message did. `similar`: names that ladders read, where none reads this one's."""

    read_yet: bool
    ladders: tuple[LadderFate, ...] = ()
    traits: tuple[TraitUse, ...] = ()
    similar: tuple[str, ...] = field(default=())

    @property
    def completed(self) -> list[tuple[LadderFate, StepFate]]:
        return [(ladder, step) for ladder in self.ladders for step in ladder.steps if step.fate is Fate.COMPLETED]

    @property
    def telling(self) -> tuple[LadderFate, StepFate] | None:
        """The one step that says most about what the message did."""
        found = [(ladder, step) for ladder in self.ladders for step in ladder.steps]
        return min(found, key=lambda pair: PRECEDENCE.index(pair[1].fate), default=None)

    @property
    def began(self) -> list[LadderFate]:
        """The ladders whose journey began with it."""
        return [ladder for ladder in self.ladders if ladder.begins and ladder.why_not is None]

    @property
    def starts(self) -> list[LadderFate]:
        """The ladders whose start event it is, or would be."""
        return [ladder for ladder in self.ladders if ladder.start is not None]
