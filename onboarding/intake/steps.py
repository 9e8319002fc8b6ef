"""From a request to messages, step by step: decode, authenticate, validate, normalise time, identify.

Each step puts what it found out, or drops with a reason (reasons.Drop). The first two concern the whole request; the
others one event each, so a bad event never spoils its batch. Nothing here reads a clock or a database: the moment of
receipt and the look-up of keys are handed in.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import orjson

from onboarding.intake import storable
from onboarding.intake.limits import KB, MAX_DEPTH, MAX_EVENT_BYTES, MAX_EVENTS, MAX_IDENTIFIER, MAX_MESSAGE_ID
from onboarding.intake.message import Message
from onboarding.intake.reading import parse, unpack
from onboarding.intake.reasons import Drop, Reason
from workspaces.keys.header import UnreadableHeader, key_in

CALLS = {
    "identify": "identify",
    "track": "track",
    "group": "group",
    "page": "page",
    "screen": "screen",
    "alias": "alias",
    "batch": "batch",
    "i": "identify",
    "t": "track",
    "g": "group",
    "p": "page",
    "s": "screen",
    "a": "alias",
    "b": "batch",
}
TYPES = frozenset(CALLS.values()) - {"batch"}
EVENT_OF = {"page": "Page Viewed", "screen": "Screen Viewed"}

# A client's clock may be ahead by this much before its time is taken for a mistake.
AHEAD = timedelta(hours=1)

# Before this, no computer kept the time: a clock that was never set, or a field of another kind. (And every day since
# is one in every time zone.)
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)

# What may differ between two sendings of one message, or isn't the message's own.
_NOT_CONTENT = frozenset(("messageId", "sentAt", "receivedAt", "writeKey"))


T = TypeVar("T")


@dataclass(slots=True)
class Envelope:
    """A readable request: its events, still raw, and what it says about all of them."""

    call: str
    events: list[Any]
    write_key: str = ""
    sent_at: Any = None
    # What to look at more closely, known from the body as a whole.
    suspect: bool = False
    large: bool = False
    # Live events are received as they are sent; history was received when its own receivedAt says.
    live: bool = True
    # Where each event stood in what was sent, if not simply one after another.
    places: list[int] = field(default_factory=list)


def decode(body: bytes, *, call: str) -> Envelope:
    """Read the raw body, gzip or not, as JSON whatever its Content-Type says."""
    body = unpack(body)
    value, suspect = parse(body)
    if not isinstance(value, dict):
        raise Drop(Reason.NOT_A_BATCH, "The body must be a JSON object.")
    envelope = Envelope(call, [value], suspect=suspect)
    envelope.large = len(body) > MAX_EVENT_BYTES or body.count(b"{") + body.count(b"[") > MAX_DEPTH
    envelope.sent_at = value.get("sentAt")
    if isinstance(key := value.get("writeKey"), str):
        envelope.write_key = key
    if call == "batch":
        events = value.get("batch")
        if not isinstance(events, list):
            raise Drop(Reason.NOT_A_BATCH, "The body must be an object with a list named batch.")
        if len(events) > MAX_EVENTS:
            raise Drop(Reason.TOO_MANY_EVENTS, f"{len(events)} events in one batch; send at most {MAX_EVENTS} at once.")
        envelope.events = events
    return envelope


def authenticate(authorization: str, envelope: Envelope, *, find: Callable[[str], T | None]) -> T:
    """Who sends, by the request's key: `Basic base64(key:)`, `Bearer key`, or writeKey in the body.

    `find` says whose a key is, or None where there is no such key.
    """
    try:
        key = key_in(authorization) or envelope.write_key
    except UnreadableHeader:
        raise Drop(Reason.BAD_KEY, "The Authorization header is not Basic base64(writeKey:).") from None
    if not key:
        raise Drop(Reason.BAD_KEY, "Send the write key: as Basic base64(writeKey:), as Bearer, or as writeKey.")
    sender = find(key)
    if sender is None:
        raise unknown_key()
    return sender


def unknown_key() -> Drop:
    return Drop(Reason.BAD_KEY, "No workspace has this write key, or the key was revoked.")


def read(raw: Any, envelope: Envelope, *, received_at: datetime) -> Message | Drop:
    """Take one event of the envelope through its steps."""
    try:
        event, message = validate(raw, envelope)
        normalise_time(message, event, envelope, received_at=received_at)
        identify(message, event)
    except Drop as drop:
        return drop
    return message


def validate(raw: Any, envelope: Envelope) -> tuple[dict[str, Any], Message]:
    """Check the event's shape. Returns it as the log can hold it, and what it says, apart from who and when.

    What an event doesn't have is not asked for, since most have little: this runs for every event.
    """
    if type(raw) is not dict:
        raise Drop(Reason.NOT_AN_OBJECT, "An event must be a JSON object.")
    event: dict[str, Any] = raw
    changes = 0
    if envelope.large:
        _check_size(event)
    if envelope.suspect:
        event, changes = storable.mend(event)
    kind = event.get("type") if envelope.call == "batch" else envelope.call
    if type(kind) is not str or kind not in TYPES:
        raise Drop(
            Reason.UNKNOWN_TYPE,
            f"The type must be one of {', '.join(sorted(TYPES))}; it is {storable.excerpt(kind, limit=50)}.",
        )
    context = _object(event, "context") if "context" in event else {}
    message = Message(
        type=kind,
        message_id=_message_id(event, kind),
        properties=_object(event, "properties") if "properties" in event else {},
        traits=_object(event, "traits") if "traits" in event else {},
        context=context,
        mended=changes,
    )
    if kind == "track":
        message.event = _name(event)
    elif kind in EVENT_OF:
        message.event = EVENT_OF[kind]
        message.properties = _with_names(event, message.properties)
    elif kind == "identify" and not message.traits:  # RudderStack's SDKs put them there
        message.traits = _object(context, "traits", inside="context.")
    if "groupId" in event:
        message.group_id = _identifier(event, "groupId")
    if not message.group_id and "groupId" in context:
        message.group_id = _identifier(context, "groupId", inside="context.")
    if kind == "group" and not message.group_id:
        raise Drop(Reason.MISSING_GROUP_ID, "A group call needs a groupId.")
    if kind == "alias":
        message.previous_id = _identifier(event, "previousId")
        if not message.previous_id:
            raise Drop(Reason.MISSING_PREVIOUS_ID, "An alias call needs a previousId.")
    return event, message


def normalise_time(message: Message, event: dict[str, Any], envelope: Envelope, *, received_at: datetime) -> None:
    """Say when the event happened, and keep apart the time that the client will repeat when it retries.

    `timestamp` is taken as it is. `originalTimestamp` is corrected by the clock's skew: receivedAt - (sentAt -
    originalTimestamp). Without either it is the moment of receipt. More than an hour ahead of receipt is a mistake:
    clamped to receipt and flagged.
    """
    stated = event.get("timestamp")
    if stated is not None:
        repeated = occurred_at = _time(stated, "timestamp")
    elif (original := event.get("originalTimestamp")) is not None:
        repeated = _time(original, "originalTimestamp")
        occurred_at = _without_skew(repeated, event, envelope, received_at)
    else:
        message.occurred_at = received_at
        return
    if min(repeated, occurred_at) < EARLIEST:
        raise Drop(
            Reason.BAD_TIMESTAMP,
            f"The time {min(repeated, occurred_at).isoformat()} lies before {EARLIEST:%Y-%m-%d}; send the event's own.",
        )
    latest = received_at + AHEAD
    # The log's partitions reach no further than next month, so a time beyond cannot be part of a row's key.
    if repeated > latest:
        message.claimed_at = repeated
    else:
        message.client_at = repeated
    message.clamped = occurred_at > latest
    message.occurred_at = received_at if message.clamped else occurred_at


def identify(message: Message, event: dict[str, Any]) -> None:
    """Say whose event it is: the userId's, or else the anonymousId's. Either may be missing or null, not both."""
    user_id = _identifier(event, "userId")
    if "anonymousId" in event:
        message.anonymous_id = _identifier(event, "anonymousId")
    if user_id:
        message.sender = "u:" + user_id
    elif message.anonymous_id:
        message.sender = "a:" + message.anonymous_id
    else:
        raise Drop(Reason.MISSING_IDENTITY, "An event needs a userId or an anonymousId.")


def _check_size(event: dict[str, Any]) -> None:
    """Neither nested too deeply nor too large. As many brackets as levels are needed, so few mean no closer look."""
    try:
        text = orjson.dumps(event)
    except TypeError:  # what only the lenient reading lets through, or more levels than orjson takes
        text = None
    if (text is None or text.count(b"{") + text.count(b"[") > MAX_DEPTH) and storable.deeper_than(event, MAX_DEPTH):
        raise storable.too_deep()
    if text is None:
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(text) > MAX_EVENT_BYTES:
        raise Drop(Reason.EVENT_TOO_LARGE, f"The event is larger than {MAX_EVENT_BYTES // KB} KB.")


def _message_id(event: dict[str, Any], kind: str) -> str:
    given = event.get("messageId")
    if given is None or given == "":
        return _derived_message_id(event, kind)
    if type(given) is int:
        given = str(given)
    if type(given) is not str:
        raise Drop(Reason.BAD_IDENTIFIER, "messageId must be text.")
    if len(given) > MAX_MESSAGE_ID:
        raise Drop(Reason.BAD_IDENTIFIER, f"messageId is longer than {MAX_MESSAGE_ID} characters.")
    return given


def _derived_message_id(event: dict[str, Any], kind: str) -> str:
    """A messageId made of the message's own content, so that an identical retry is still a duplicate."""
    content = {key: value for key, value in event.items() if key not in _NOT_CONTENT}
    content["type"] = kind
    try:
        text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer beyond 64 bits
        text = json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
    return "content-" + hashlib.blake2b(text, digest_size=20).hexdigest()


def _identifier(holder: dict[str, Any], name: str, *, inside: str = "") -> str:
    value = holder.get(name)
    if value is None:
        return ""
    if type(value) is int:
        value = str(value)
    elif type(value) is not str:
        raise Drop(Reason.BAD_IDENTIFIER, f"{inside}{name} must be text.")
    if len(value) > MAX_IDENTIFIER:
        raise Drop(Reason.BAD_IDENTIFIER, f"{inside}{name} is longer than {MAX_IDENTIFIER} characters.")
    return value


def _name(event: dict[str, Any]) -> str:
    name = event.get("event")
    if type(name) is not str or not name.strip():
        raise Drop(Reason.MISSING_EVENT_NAME, "A track call needs the event's name, as text, in event.")
    if len(name) > MAX_IDENTIFIER:
        raise Drop(Reason.BAD_IDENTIFIER, f"The event's name is longer than {MAX_IDENTIFIER} characters.")
    return name


def _with_names(event: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    """A page's or screen's properties with its name and category among them, where criteria can ask for them."""
    named = {key: event[key] for key in ("name", "category") if isinstance(event.get(key), str)}
    return {**named, **properties}


def _object(holder: dict[str, Any], name: str, *, inside: str = "") -> dict[str, Any]:
    value = holder.get(name)
    if value is None:
        return {}
    if type(value) is not dict:
        raise Drop(Reason.BAD_FIELD, f"{inside}{name} must be a JSON object.")
    return value


def _time(text: Any, name: str) -> datetime:
    if type(text) is str:
        try:
            moment = datetime.fromisoformat(text)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise Drop(
        Reason.BAD_TIMESTAMP,
        f"{name} must be an ISO 8601 time such as 2026-03-02T12:00:00.000Z; it is {storable.excerpt(text, limit=50)}.",
    )


def _without_skew(original: datetime, event: dict[str, Any], envelope: Envelope, received_at: datetime) -> datetime:
    sent_at = event.get("sentAt") or envelope.sent_at
    arrived_at: Any = received_at if envelope.live else event.get("receivedAt")
    try:
        sent = _time(sent_at, "sentAt")
        arrived = arrived_at if isinstance(arrived_at, datetime) else _time(arrived_at, "receivedAt")
    except Drop:
        return original  # nothing to tell the skew by
    try:
        return original + (arrived - sent)
    except OverflowError:  # clocks millennia apart: as good as none
        return received_at
