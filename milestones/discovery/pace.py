"""How a deadline becomes a number of steps and due times. Pure.

Time goes to quick wins and core steps first; what is left of it goes to the advanced ones. Nothing here looks at which
steps are proposed: so more time never makes a due time shorter or a ladder smaller.
"""

from collections.abc import Mapping
from dataclasses import dataclass

USUAL_DAYS = {"quick wins": 2, "core": 7, "advanced": 21}  # when neither a pack nor a ladder says
# However much time there is, a quick win stays quick.
MOST_STRETCH = {"quick wins": 2, "core": 6, "advanced": 12}
USUAL_STEPS = 8
STEPS = ((3, 3), (7, 4), (14, 5), (21, 6), (42, 8), (90, 10))  # up to so many days: so many steps
MOST_STEPS = 12
MOST_STEPS_OVERLOADED = 6


@dataclass(frozen=True)
class Pace:
    """`days` until the deadline, None without one; `core` and `whole`: the days that all quick wins and core steps, and
    all steps, usually take one after the other."""

    days: int | None
    core: int
    whole: int

    @property
    def has_time_for_advanced(self) -> bool:
        """Whether at least a third of their usual time is left for the advanced steps."""
        return self.days is None or 3 * (self.days - self.core) >= self.whole - self.core

    def due_days(self, usual: int, *, phase: str) -> int:
        """Days after opening within which a step that usually has `usual` of them is due; at least one."""
        if self.days is None:
            return usual
        if self.days >= self.whole > 0:
            return max(1, min(usual * self.days // self.whole, usual * MOST_STRETCH[phase]))
        if phase != "advanced":
            return max(1, min(usual, usual * self.days // self.core)) if self.core else usual
        left = usual * (self.days - self.core) // (self.whole - self.core) if self.whole > self.core else usual
        return max(1, usual // 4, min(usual, left))


def most_steps(days: int | None, *, overloaded: bool) -> int:
    """How many steps can be asked for in `days` (None: no deadline)."""
    found = USUAL_STEPS if days is None else next((steps for until, steps in STEPS if days <= until), MOST_STEPS)
    return min(found, MOST_STEPS_OVERLOADED) if overloaded else found


def longest_chain(due: Mapping[str, int], prerequisites: Mapping[str, tuple[str, ...]]) -> int:
    """Days until the last of the steps of `due` when each takes its due time and waits for its prerequisites."""
    known: dict[str, int] = {}

    def until(key: str, above: frozenset[str]) -> int:
        if key not in known:
            path = above | {key}
            before = [until(p, path) for p in prerequisites.get(key, ()) if p in due and p not in path]
            known[key] = due[key] + max(before, default=0)
        return known[key]

    return max((until(key, frozenset()) for key in sorted(due)), default=0)
