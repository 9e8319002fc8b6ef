"""Where texts mention somebody: by an id or an address of theirs. Pure.

A term is *telling* when it can hardly be anything else: an e-mail address, or an id of eight characters or more with a
figure or a sign in it. Those are found inside of longer texts, too. Others (a user id such as 7) count only where a
whole value of JSON is just that, and its name says that it is somebody's id.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

GONE = "erased"
GONE_ADDRESS = "erased@erased.invalid"

_TELLING = re.compile(r"(?=.*[^A-Za-z]).{8,}", re.DOTALL)
_NAMES_OF_IDS = {
    "id", "userid", "anonymousid", "previousid", "distinctid", "externalid", "email", "user", "person", "sender",
    "targetingkey", "sub",
}  # fmt: skip


class Mentions:
    """Looks for these terms. Upper and lower case make no difference.

    `names` are what the person is called. Others are called so, too; so they count only where it is asked for.
    """

    def __init__(self, terms: Iterable[str], names: Iterable[str] = ()) -> None:
        self.terms = frozenset(term.casefold() for term in terms if term.strip())
        self.names = frozenset(name.casefold() for name in names if name.strip())
        self.telling = frozenset(term for term in self.terms if "@" in term[1:-1] or _TELLING.fullmatch(term))
        inside = sorted(self.telling, key=len, reverse=True)
        self._inside = re.compile("|".join(map(re.escape, inside)), re.IGNORECASE) if inside else None

    @property
    def patterns(self) -> list[str]:
        """For SQL's `lower(text) LIKE ANY`: every text that may hold a telling term, perhaps others as well."""
        return [f"%{_escaped(term)}%" for term in sorted(self.telling)]

    @property
    def wide_patterns(self) -> list[str]:
        """Likewise for every term; of short ones there will be many more texts."""
        return [f"%{_escaped(term)}%" for term in sorted(self.terms)]

    @property
    def patterns_with_names(self) -> list[str]:
        return [f"%{_escaped(term)}%" for term in sorted(self.terms | self.names)]

    def in_text(self, text: str) -> bool:
        """Whether the text holds a telling term, or, being JSON, names somebody by any."""
        if self._inside and self._inside.search(text):
            return True
        try:
            return self.scrubbed(json.loads(text))[1]
        except ValueError:
            return False

    def scrubbed_text(self, text: str) -> str:
        """The text without telling terms."""
        if self._inside is None:
            return text
        return self._inside.sub(lambda found: GONE_ADDRESS if "@" in found[0] else GONE, text)

    def scrubbed(self, value: Any, name: str = "", *, called: bool = False) -> tuple[Any, bool]:
        """A value of JSON without the terms, its keys included, and whether there were any.

        With `called`, a text that is just the person's name is one.
        """
        if isinstance(value, dict):
            found = {self.scrubbed_text(key): self.scrubbed(inner, key, called=called) for key, inner in value.items()}
            changed = found.keys() != value.keys() or any(touched for _, touched in found.values())
            return {key: inner for key, (inner, _) in found.items()}, changed
        if isinstance(value, list):
            items = [self.scrubbed(inner, name, called=called) for inner in value]
            return [inner for inner, _ in items], any(touched for _, touched in items)
        if isinstance(value, str):
            clean = self.scrubbed_text(value)
            if clean != value:
                return clean, True
            if called and value.casefold() in self.names:
                return GONE, True
        is_id = re.sub(r"[^a-z]", "", name.casefold()) in _NAMES_OF_IDS and isinstance(value, str | int)
        if is_id and str(value).casefold() in self.terms:
            return GONE, True
        return value, False


def _escaped(term: str) -> str:
    """As it stands in PostgreSQL's text of JSON, and in LIKE."""
    written = json.dumps(term, ensure_ascii=False)[1:-1]
    return re.sub(r"([\\%_])", r"\\\1", written)
