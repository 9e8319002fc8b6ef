"""What the log can hold. An event is worth more than one broken character in it, an identifier is not.

PostgreSQL's text cannot hold U+0000 or half of a surrogate pair, and JSON has no NaN and no infinity. In content
(properties, traits, context) such a character becomes U+FFFD, Unicode's sign for a lost one, and such a number
becomes null, as JavaScript writes it. In an identifier or an event's name that could make one of two, so there the
event is dropped instead.
"""

import json
import math
import re
from typing import Any

from onboarding.intake.limits import MAX_DEPTH
from onboarding.intake.reading import CUT
from onboarding.intake.reasons import Drop, Reason

REPLACEMENT = "\ufffd"
_LOST = re.compile("[\x00\ud800-\udfff]")
_IDENTIFIERS = ("messageId", "type", "userId", "anonymousId", "previousId", "groupId", "event", "timestamp")


def is_storable(text: str) -> bool:
    """Whether the text can be kept as it is."""
    return _LOST.search(text) is None


def mend(event: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """The event as the log can hold it, and how many of its values had to be changed for that.

    Raises Drop: TOO_DEEP, or UNSTORABLE for an identifier.
    """
    for name in _IDENTIFIERS:
        _check_identifier(name, event.get(name))
    context = event.get("context")
    if isinstance(context, dict):
        _check_identifier("context.groupId", context.get("groupId"))
    mending = _Mending()
    return mending.object(event, MAX_DEPTH), mending.changes


def _check_identifier(name: str, value: Any) -> None:
    if isinstance(value, str) and _LOST.search(value):
        raise Drop(
            Reason.UNSTORABLE,
            f"{name} contains a NUL character or half of a surrogate pair, which no database text can hold.",
        )


class _Mending:
    def __init__(self) -> None:
        self.changes = 0

    def object(self, value: dict[str, Any], levels: int) -> dict[str, Any]:
        mended: dict[str, Any] = {}
        for key, child in value.items():
            name = self.text(key)
            if name in mended or (name != key and name in value):
                raise Drop(
                    Reason.UNSTORABLE, "Two property names differ in nothing but characters that cannot be stored."
                )
            mended[name] = self.value(child, levels - 1)
        return mended

    def value(self, value: Any, levels: int) -> Any:
        kind = type(value)
        if kind is str:
            return self.text(value)
        if kind is float and not math.isfinite(value):
            self.changes += 1
            return None
        if kind is dict or kind is list:
            if levels <= 0:
                raise too_deep()
            if kind is dict:
                return self.object(value, levels)
            return [self.value(child, levels - 1) for child in value]
        return value

    def text(self, value: str) -> str:
        if value == CUT:
            raise too_deep()
        mended, changes = _LOST.subn(REPLACEMENT, value)
        self.changes += bool(changes)
        return mended


def too_deep() -> Drop:
    return Drop(Reason.TOO_DEEP, f"The event nests objects and lists more than {MAX_DEPTH} levels deep; flatten it.")


def deeper_than(value: dict[str, Any] | list[Any], levels: int) -> bool:
    """Whether the value nests objects and lists more than `levels` deep, itself included."""
    if levels == 0:
        return True
    for child in value.values() if type(value) is dict else value:  # (a loop: `any` takes twice as long)
        if (type(child) is dict or type(child) is list) and deeper_than(child, levels - 1):
            return True
    return False


def excerpt(raw: Any, *, limit: int) -> str:
    """What was sent, as text that any table can hold (escaped ASCII), at most `limit` characters of it."""
    try:
        return json.dumps(raw, separators=(",", ":"))[:limit]
    except RecursionError:
        return json.dumps(_cut(raw, MAX_DEPTH), separators=(",", ":"))[:limit]


def _cut(value: Any, levels: int) -> Any:
    if type(value) is dict:
        return {key: _cut(child, levels - 1) for key, child in value.items()} if levels else CUT
    if type(value) is list:
        return [_cut(child, levels - 1) for child in value] if levels else CUT
    return value
