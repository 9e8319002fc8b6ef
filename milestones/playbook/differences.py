"""What changed from one text to another, line by line. Pure."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

AROUND = 1  # unchanged lines that are shown beside changed ones


class Difference(NamedTuple):
    """A line that was taken out ("-"), put in ("+"), stayed (" "), or stands for several that stayed ("…")."""

    kind: Literal["-", "+", " ", "…"]
    text: str


def difference(before: str, after: str) -> Iterator[Difference]:
    """The lines of both texts in one order; nothing when they are the same."""
    old, new = before.splitlines(), after.splitlines()
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    if all(tag == "equal" for tag, *_ in codes):
        return
    for place, (tag, first, last, new_first, new_last) in enumerate(codes):
        if tag == "equal":
            lead = 0 if place == 0 else AROUND
            tail = 0 if place == len(codes) - 1 else AROUND
            yield from _stayed(old[first:last], lead, tail)
            continue
        yield from (Difference("-", line) for line in old[first:last])
        yield from (Difference("+", line) for line in new[new_first:new_last])


def _stayed(lines: list[str], lead: int, tail: int) -> Iterator[Difference]:
    if len(lines) <= lead + tail + 1:
        yield from (Difference(" ", line) for line in lines)
        return
    yield from (Difference(" ", line) for line in lines[:lead])
    yield Difference("…", "")
    yield from (Difference(" ", line) for line in lines[len(lines) - tail :] if tail)
