"""Problems found in what somebody wrote, each with its place, so that all can be shown at once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any


@dataclass(frozen=True)
class Problem:
    """`place` is a path such as "rungs[2].criterion.within"; `message` says what is wrong and what to do."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class Problems(list[Problem]):
    """Collects problems while a document is read; nothing is raised until everything has been looked at."""

    def add(self, place: str, message: str) -> None:
        self.append(Problem(place, message))

    def mapping(self, data: Any, place: str, *, known: Iterable[str]) -> Mapping[str, Any] | None:
        """`data` if it is a mapping (its unknown keys are reported), else None and a problem."""
        if not isinstance(data, Mapping):
            self.add(place, f"{shown(data)} is not a mapping of keys to values")
            return None
        known = list(known)
        for key in data:
            if key not in known:
                self.add(inside(place, key), unknown(key, known))
        return data

    def items(self, data: Any, place: str) -> list[Any] | None:
        """`data` if it is a list, else None and a problem."""
        if not isinstance(data, list | tuple):
            self.add(place, f"{shown(data)} is not a list")
            return None
        return list(data)

    def text(self, data: Any, place: str, *, longest: int, empty: bool = False) -> str:
        """One text that PostgreSQL can keep, without spaces at its ends; '' and a problem when it is none."""
        if not isinstance(data, str):
            self.add(place, f"{shown(data)} is not a text" + ("; put it in quotes" if _scalar(data) else ""))
            return ""
        text = data.replace("\r\n", "\n").strip()
        if not text and not empty:
            self.add(place, "is empty; write something or leave the key out")
        elif len(text) > longest:
            self.add(place, f"is {len(text)} characters long; at most {longest} fit")
        elif self.storable(text, place):
            return text
        return ""

    def storable(self, text: str, place: str) -> bool:
        """Whether PostgreSQL can keep it; a problem when not."""
        if not storable(text):
            self.add(place, "contains a character that cannot be kept (NUL or half a surrogate pair)")
            return False
        return True


def unknown(key: object, known: Iterable[str]) -> str:
    """What to say of something that means nothing here, with the nearest that does."""
    known = list(known)
    near = get_close_matches(str(key), known, n=1, cutoff=0.6)
    return "is not known here; " + (f"did you mean '{near[0]}'?" if near else f"write {', '.join(known)}")


def inside(place: str, key: object) -> str:
    """The place of `key` in the mapping at `place`."""
    name = key if isinstance(key, str) and re.fullmatch(r"[\w-]{1,60}", key) else shown(key)
    return f"{place}.{name}" if place else str(name)


def shown(data: object) -> str:
    """A value as it can stand in a message: short, on one line, safe to print, whatever it is."""
    if data is None:
        return "nothing"
    if isinstance(data, Mapping):
        return "a mapping"
    if isinstance(data, list | tuple):
        return "a list"
    if isinstance(data, str):
        short = data if len(data) <= 60 else data[:57] + "…"
        return repr(short) if storable(short) else ascii(short)
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int) and abs(data) > 10**60:  # Python refuses to print very long ones
        return "a very long number"
    return repr(data)


def storable(text: str) -> bool:
    """Whether PostgreSQL's text and jsonb can hold it: no NUL, no lone surrogate."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _scalar(data: object) -> bool:
    return isinstance(data, int | float | bool)
