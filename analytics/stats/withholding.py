"""Small groups: which counts of a table may be told, so that nobody can be picked out, not even by subtraction."""

from collections.abc import Sequence
from dataclasses import dataclass

# With 2 a withheld group could only be one person.
LEAST_THRESHOLD = 3


@dataclass(frozen=True, slots=True)
class Withheld:
    """Which groups of the table are withheld, in its order, and whether their total must be, too."""

    groups: tuple[bool, ...]
    total: bool


def withhold(counts: Sequence[int], fewest: int, *, total_is_told: bool = True) -> Withheld:
    """Withhold groups of fewer than `fewest` people, and as many others as it takes to keep them unknown.

    Primary suppression and complementary suppression, as in A. Hundepool et al., Statistical Disclosure Control
    (2012), chapter 4. A group of nobody is told, since nobody can be picked out of it. One table is protected, not
    several of the same people laid side by side.

    Where the total is told, the withheld groups' sum is known to whoever subtracts the others. So the smallest of
    the others are withheld with them, until the sum holds at least `fewest` people and leaves every withheld group
    at least two possible sizes, even for a reader who knows this rule and which of them are small. If all groups are
    not enough, the total is withheld.
    """
    if fewest < LEAST_THRESHOLD:
        raise ValueError(f"groups can be protected from {LEAST_THRESHOLD} people on, not from {fewest}")
    if any(count < 0 for count in counts):
        raise ValueError("no group has a negative number of people")
    small = [index for index, count in enumerate(counts) if 0 < count < fewest]
    others = sorted((index for index, count in enumerate(counts) if count >= fewest), key=lambda i: (counts[i], i))
    chosen = list(small)
    safe = not small or not total_is_told
    while not safe and others:
        safe = _unknown(chosen, counts, fewest)
        if not safe:
            chosen.append(others.pop(0))
    safe = safe or _unknown(chosen, counts, fewest)
    hidden = set(chosen)
    return Withheld(tuple(index in hidden for index in range(len(counts))), total=total_is_told and not safe)


def _unknown(chosen: Sequence[int], counts: Sequence[int], fewest: int) -> bool:
    """Whether the sum of these groups leaves every one of them more than one possible size.

    A small one has 1 to fewest − 1 people, another at least `fewest`. If the sum is the least possible, or with small
    ones alone the most, then all are known; in between, each can give a person to another or take one.
    """
    if len(chosen) < 2:
        return False
    total = sum(counts[index] for index in chosen)
    least = sum(1 if counts[index] < fewest else fewest for index in chosen)
    only_small = all(counts[index] < fewest for index in chosen)
    most = len(chosen) * (fewest - 1) if only_small else None
    return total >= fewest and total > least and (most is None or total < most)
