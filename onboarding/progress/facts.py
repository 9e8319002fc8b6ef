"""What is known of a person, as far as ladders ask for it. Pure values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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


class Ruled(NamedTuple):
    """What members' rulings make of one rung (rulings.py).

    What happened up to `revoked_until` does not count for it; at `completed_at` it was completed by hand, which the
    ruling `ruling_id` says.
    """

    revoked_until: datetime | None = None
    completed_at: datetime | None = None
    ruling_id: int | None = None


UNRULED = Ruled()
RungKey = tuple[int, str]  # the ladder's id, and the rung's key


@dataclass(frozen=True)
class Facts:
    """A person's evidence: per signal its moments, per trait its sayings, each in ascending order; and what members
    ruled. `afresh`: what was said before is left out, so that a trait never said in it is not known to be missing.
    """

    seen_at: datetime
    moments: Mapping[str, Sequence[Moment]] = field(default_factory=dict)
    sayings: Mapping[str, Sequence[Saying]] = field(default_factory=dict)
    rulings: Mapping[RungKey, Ruled] = field(default_factory=dict)
    afresh: bool = False

    def after(self, moment: datetime | None) -> "Facts":
        """What happened after the moment; everything, where there is none."""
        if moment is None:
            return self
        return replace(
            self,
            moments={signal: [m for m in found if m.at > moment] for signal, found in self.moments.items()},
            sayings={name: [s for s in said if s.at > moment] for name, said in self.sayings.items()},
            afresh=True,
        )

    def without_ruling(self, ladder_id: int, rung_key: str) -> "Facts":
        if (ladder_id, rung_key) not in self.rulings:
            return self
        others = {rung: ruled for rung, ruled in self.rulings.items() if rung != (ladder_id, rung_key)}
        return replace(self, rulings=others)

    def saying_at(self, name: str, at: datetime) -> Saying | None:
        """The last that was said of the trait by then."""
        last = None
        for saying in self.sayings.get(name, ()):
            if saying.at > at:
                break
            last = saying
        return last

    def trait_at(self, name: str, at: datetime) -> Any:
        """The trait's value at a moment: the last said by then, or MISSING."""
        saying = self.saying_at(name, at)
        return MISSING if saying is None else saying.value

    def trait_at_start(self, name: str, start: datetime) -> Any:
        """The value at the start of a journey; where none was said by then, the first one said after it.

        Products commonly send the sign-up event just before the identify call that describes who signed up.
        """
        value = self.trait_at(name, start)
        if value is MISSING:
            return next((saying.value for saying in self.sayings.get(name, ())), MISSING)
        return value
