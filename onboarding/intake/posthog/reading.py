"""From the body of a capture call to an envelope of Segment's shape.

Bodies come as {api_key, batch: […]}, as a list of events, as a single event, and each of them also as the form
`data=…`, in which the JSON is plain or base64 or gzip in base64. Gzip is told by its first bytes.
"""

import base64
import binascii
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from onboarding.intake.limits import MAX_DEPTH, MAX_EVENT_BYTES, MAX_EVENTS, MAX_POSTHOG_BODY_BYTES, MOST_BRACKETS
from onboarding.intake.posthog.translation import translate
from onboarding.intake.reading import BYTE_ORDER_MARK, parse, unpack
from onboarding.intake.reasons import Drop, Reason
from onboarding.intake.steps import Envelope

_KEY_NAMES = ("api_key", "token")


@dataclass(slots=True)
class Capture(Envelope):
    """An envelope whose messages came of events: several of one, where it also sets traits."""

    sent: int = 0
    # Whether one event was sent by itself, so that its fault is the request's.
    alone: bool = False
    uuids: list[Any] = field(default_factory=list)


def decode(body: bytes, *, query: str = "", sent_at: str = "") -> Capture:
    """Read a capture call. `sent_at` is what its headers say, where they do."""
    asked = _fields(query)
    body, form = _unform(unpack(body, limit=MAX_POSTHOG_BODY_BYTES))
    brackets = body.count(b"{") + body.count(b"[")
    if brackets > MOST_BRACKETS:
        raise Drop(
            Reason.TOO_MANY_EVENTS, f"More than {MOST_BRACKETS} objects and lists in one body; send less at once."
        )
    value, suspect = parse(body)
    said: dict[str, Any] = value if isinstance(value, dict) else {}
    events = value if isinstance(value, list) else said.get("batch", [value])
    if not isinstance(events, list) or (not said and not isinstance(value, list)):
        raise Drop(
            Reason.NOT_A_BATCH, "The body must be an event, a list of events, or an object with a list named batch."
        )
    if len(events) > MAX_EVENTS:
        raise Drop(Reason.TOO_MANY_EVENTS, f"{len(events)} events in one batch; send at most {MAX_EVENTS} at once.")
    capture = Capture("batch", [], suspect=suspect, sent=len(events), alone="batch" not in said and bool(said))
    capture.large = len(body) > MAX_EVENT_BYTES or brackets > MAX_DEPTH
    capture.write_key = _key(said, form, asked, events)
    told = said.get("sent_at") or form.get("sent_at") or sent_at or _moment(form.get("_") or asked.get("_"))
    historical = said.get("historical_migration") is True
    for place, event in enumerate(events):
        messages = translate(event, sent_at=told, as_stated=historical)
        capture.events += messages
        capture.places += [place] * len(messages)
        capture.uuids.append(event.get("uuid") if isinstance(event, dict) else None)
    return capture


def _unform(body: bytes) -> tuple[bytes, dict[str, str]]:
    """The JSON of a body that may be a form with the field `data`, and the form's further fields."""
    start = body.removeprefix(BYTE_ORDER_MARK).lstrip()[:1]
    if start in (b"{", b"[") or b"data=" not in body:
        return body, {}
    form = _fields(body.decode("utf-8", "replace"))
    data = form.pop("data", "")
    if data.lstrip()[:1] in ("{", "["):
        return data.encode(), form
    try:
        # A "+" that was not escaped has become a space.
        packed = base64.b64decode(data.replace(" ", "+").replace("-", "+").replace("_", "/") + "==")
    except (binascii.Error, ValueError):
        raise Drop(Reason.BAD_JSON, "The field data is neither JSON nor base64.") from None
    return unpack(packed, limit=MAX_POSTHOG_BODY_BYTES), form


def _fields(text: str) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(text, max_num_fields=50).items()}
    except ValueError:
        return {}


def _key(said: dict[str, Any], form: dict[str, str], asked: dict[str, str], events: list[Any]) -> str:
    first = events[0] if events and isinstance(events[0], dict) else {}
    properties = first.get("properties")
    for holder in (said, form, first, properties if isinstance(properties, dict) else {}, asked):
        for name in _KEY_NAMES:
            if isinstance(key := holder.get(name), str) and key:
                return key
    return ""


def _moment(milliseconds: str | None) -> str:
    """posthog-js says in the query when it sent, in milliseconds since 1970."""
    try:
        return datetime.fromtimestamp(int(milliseconds or "") / 1000, UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
