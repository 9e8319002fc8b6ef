"""Where a reader of the list is, as text for an address: a place in each of its sources. Pure."""

import base64
import binascii
import json
from datetime import datetime
from typing import Any

LONGEST = 600
SOURCES = ("stored", "duplicate", "rejected")

Places = dict[str, list[Any]]  # by source: a transaction or a time in ISO 8601, and a row's id


class BadCursor(ValueError):
    """The text is no cursor of ours."""


def write(places: Places) -> str:
    text = json.dumps(places, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(text: str) -> Places:
    """The places. Raises BadCursor, whatever the text is."""
    if not text:
        return {}
    try:
        padded = text[:LONGEST] + "=" * (-len(text[:LONGEST]) % 4)
        places = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if isinstance(places, dict) and all(_is_place(name, place) for name, place in places.items()):
            return places
    except (binascii.Error, ValueError, RecursionError):
        pass
    raise BadCursor("This is no cursor; take it as an earlier answer gave it.")


def _is_place(source: str, place: Any) -> bool:
    if source not in SOURCES or not isinstance(place, list) or len(place) != 2:
        return False
    first, row = place
    if type(row) is not int or not 0 <= row < 2**63:
        return False
    if type(first) is int:
        return source == "stored" and 0 <= first < 2**63
    return type(first) is str and datetime.fromisoformat(first).tzinfo is not None
