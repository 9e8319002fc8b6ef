"""A workspace's progress and cubes once more from the raw log."""

import time
from collections import Counter
from dataclasses import dataclass, field

from analytics.cubes import sheets
from analytics.cubes.strays import correct, strays
from onboarding.progress.rebuild.rebuilding import LaddersChanged, Rebuilding, Tell, alone
from onboarding.usage import rebuild as usage

ATTEMPTS = 5


@dataclass(frozen=True)
class Rebuilt:
    """What came of it. `differences` is how many rows of each kind were not what the log says; they are now."""

    messages: int
    seconds: float
    seconds_locked: float
    differences: Counter[str] = field(default_factory=Counter)


def rebuild(workspace_id: int, *, tell: Tell | None = None, processes: int | None = None) -> Rebuilt:
    """Correct whatever is not what the log says, in one transaction; where nothing is wrong, write nothing.

    Raises AlreadyRebuilding, or LaddersChanged when that happened each time that it was tried.
    """
    started = time.monotonic()
    with alone(workspace_id):
        for attempt in range(1, ATTEMPTS + 1):
            with Rebuilding(workspace_id, tell=tell, processes=processes) as rebuilding:
                differences = rebuilding.look()
                if tell:
                    tell("adding up cells", 0, 0)
                found = strays(workspace_id)
                try:
                    if differences.total() or found:
                        if tell:
                            tell("writing", 0, 0)
                        with rebuilding.swapped():
                            differences["cells"] = correct(found)
                except LaddersChanged:
                    if attempt == ATTEMPTS:
                        raise
                    continue
                sheets.bind(workspace_id, everything=True)
                if tell:
                    tell("counting use", 0, 0)
                differences += usage.rebuild(workspace_id)
                return Rebuilt(rebuilding.messages, time.monotonic() - started, rebuilding.seconds_locked, +differences)
    raise AssertionError("unreachable")
