"""What is known of a person, as far as ladders ask for it. Pure values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from milestones.library.operators import MISSING


class Moment(NamedTuple):
    """One event that counts for a signal. Sorts by time, then by messageId, so that equal times have one order."""

    at: datetime
    message_id: str


class Saying(NamedTuple):
    """One value that a trait was said to have, from `at` until the next saying."""

    at: datetime
    message_id: str
    value: Any


@dataclass(frozen=True)
class Facts:
    """A person's evidence: per signal its moments, per trait its sayings, each in ascending order."""

    seen_at: datetime
    moments: Mapping[str, Sequence[Moment]] = field(default_factory=dict)
    sayings: Mapping[str, Sequence[Saying]] = field(default_factory=dict)

    def in_order(self) -> "Facts":
        """The same with everything in ascending order, and each message once."""
        return Facts(
            self.seen_at,
            {signal: sorted(set(found)) for signal, found in self.moments.items()},
            {
                name: [saying for _, saying in sorted({said[:2]: said for said in told}.items())]
                for name, told in self.sayings.items()
            },
        )

    def joined(self, other: "Facts") -> "Facts":
        """What both say of one person, taken together."""
        return Facts(
            min(self.seen_at, other.seen_at),
            {
                signal: [*self.moments.get(signal, ()), *other.moments.get(signal, ())]
                for signal in self.moments.keys() | other.moments.keys()
            },
            {
                name: [*self.sayings.get(name, ()), *other.sayings.get(name, ())]
                for name in self.sayings.keys() | other.sayings.keys()
            },
        ).in_order()

    def trait_at(self, name: str, at: datetime) -> Any:
        """The trait's value at a moment: the last said by then, or MISSING."""
        value: Any = MISSING
        for saying in self.sayings.get(name, ()):
            if saying.at > at:
                break
            value = saying.value
        return value

    def trait_at_start(self, name: str, start: datetime) -> Any:
        """The value at the start of a journey; where none was said by then, the first one said after it.

        Products commonly send the sign-up event just before the identify call that describes who signed up.
        """
        value = self.trait_at(name, start)
        if value is MISSING:
            return next((saying.value for saying in self.sayings.get(name, ())), MISSING)
        return value
