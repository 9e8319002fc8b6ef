"""Problems found in what somebody wrote, each with its place, so that all can be shown at once."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True)
class Problem:
    """`place` is a path such as "rungs[2].criterion.within"; `message` says what is wrong and what to do."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


# The verbs with which a message begins that has no subject: it is about the place itself, "is empty".
PREDICATES = gettext_lazy("is|has|contains|lists|names|looks|refers")


def is_predicate(message: str) -> bool:
    return re.match(f"(?:{PREDICATES}) ", message) is not None


class Problems(list[Problem]):
    """Collects problems while a document is read; nothing is raised until everything has been looked at."""

    def add(self, place: str, message: str, **values: object) -> None:
        """`values` stand where the message names them, as in "%(value)s is not a number"."""
        self.append(Problem(place, message % values if values else message))

    def mapping(self, data: Any, place: str, *, known: Iterable[str]) -> Mapping[str, Any] | None:
        """`data` if it is a mapping (its unknown keys are reported), else None and a problem."""
        if not isinstance(data, Mapping):
            self.add(place, _("%(value)s is not a mapping of keys to values"), value=shown(data))
            return None
        known = list(known)
        for key in data:
            if key not in known:
                self.add(inside(place, key), unknown(key, known))
        return data

    def items(self, data: Any, place: str) -> list[Any] | None:
        """`data` if it is a list, else None and a problem."""
        if not isinstance(data, list | tuple):
            self.add(place, _("%(value)s is not a list"), value=shown(data))
            return None
        return list(data)

    def text(self, data: Any, place: str, *, longest: int, empty: bool = False) -> str:
        """One text that PostgreSQL can keep, without spaces at its ends; '' and a problem when it is none."""
        if not isinstance(data, str):
            self.add(
                place,
                (_("%(value)s is not a text; put it in quotes") if _scalar(data) else _("%(value)s is not a text"))
                % {"value": shown(data)},
            )
            return ""
        text = data.replace("\r\n", "\n").strip()
        if not text and not empty:
            self.add(place, _("is empty; write something or leave the key out"))
        elif len(text) > longest:
            self.add(place, _("is %(n)d characters long; at most %(most)d fit"), n=len(text), most=longest)
        elif self.storable(text, place):
            return text
        return ""

    def storable(self, text: str, place: str) -> bool:
        """Whether PostgreSQL can keep it; a problem when not."""
        if not storable(text):
            self.add(place, _("contains a character that cannot be kept (NUL or half a surrogate pair)"))
            return False
        return True


def unknown(key: object, known: Iterable[str]) -> str:
    """What to say of something that means nothing here, with the nearest that does."""
    known = list(known)
    if near := nearest(key, known):
        return _("is not known here; did you mean '%(near)s'?") % {"near": near}
    return _("is not known here; write %(known)s") % {"known": ", ".join(known)}


def nearest(key: object, known: Iterable[str]) -> str | None:
    """What was meant, as far as that can be told."""
    return next(iter(get_close_matches(str(key), list(known), n=1, cutoff=0.6)), None)


def inside(place: str, key: object) -> str:
    """The place of `key` in the mapping at `place`."""
    name = key if isinstance(key, str) and re.fullmatch(r"[\w-]{1,60}", key) else shown(key)
    return f"{place}.{name}" if place else str(name)


def shown(data: object) -> str:
    """A value as it can stand in a message: short, on one line, safe to print, whatever it is."""
    if data is None:
        return _("nothing")
    if isinstance(data, Mapping):
        return _("a mapping")
    if isinstance(data, list | tuple):
        return _("a list")
    if isinstance(data, str):
        short = data if len(data) <= 60 else data[:57] + "…"
        return repr(short) if storable(short) else ascii(short)
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int) and abs(data) > 10**60:  # Python refuses to print very long ones
        return _("a very long number")
    return repr(data)


def storable(text: str) -> bool:
    """Whether PostgreSQL's text and jsonb can hold it: no NUL, no lone surrogate."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _scalar(data: object) -> bool:
    return isinstance(data, int | float | bool)
