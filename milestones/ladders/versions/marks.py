"""The words that two texts have in common, and those that only one of them has. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORD = re.compile(r"\S+\s*|\s+")
MOST_WORDS = 3_000  # the search grows with the square; beyond it the texts are shown whole, one after the other


@dataclass(frozen=True)
class Part:
    kind: Literal["kept", "removed", "added"]
    text: str


def marked(before: str, after: str) -> list[Part]:
    """The way from `before` to `after`, in the order of reading.

    What was kept and removed, put together, is `before`; what was kept and added is `after`.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    if max(len(old), len(new)) > MOST_WORDS:
        return list(_parts(before, after))
    parts: list[Part] = []
    for kind, i, j, k, n in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(Part("kept", "".join(old[i:j])))
        else:
            parts += _parts("".join(old[i:j]), "".join(new[k:n]))
    return parts


def _parts(removed: str, added: str) -> Iterator[Part]:
    if removed:
        yield Part("removed", removed)
    if added:
        yield Part("added", added)
