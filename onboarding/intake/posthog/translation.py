"""One event of PostHog's shape as messages of Segment's shape, before the steps. Pure; see docs/decisions/0047.

It judges nothing: what is missing or of a wrong kind is handed on, for the steps to reject with a reason.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from onboarding.intake.limits import MAX_IDENTIFIER
from onboarding.intake.posthog.names import (
    ACCOUNT_KINDS,
    AMBIENT,
    AMBIENT_PREFIXES,
    COOKIELESS,
    IN_CONTEXT,
    NOBODY,
)

Json = dict[str, Any]

_SAYING_WHO = ("$identify", "$set", "$set_once")
_ALIASES = ("$create_alias", "$merge_dangerously")


def translate(raw: Any, *, sent_at: Any = None, as_stated: bool = False) -> list[Any]:
    """The messages that one event says: one, or two where an event sets traits besides.

    `sent_at` tells how wrong the client's clock is; `as_stated` leaves its times as they are (history).
    """
    if type(raw) is not dict:
        return [raw]
    given = raw.get("properties")
    properties: Json = (given if type(given) is dict else {}) | _options(raw)
    name = raw.get("event")
    common: Json = {
        "messageId": raw.get("uuid") or properties.get("$insert_id"),
        **_time(raw, properties, sent_at=sent_at, as_stated=as_stated),
        "context": _context(properties),
    }
    if name in _ALIASES:
        return [common | _alias(raw, properties)]
    if name == "$groupidentify" and (group := _group(properties)):
        return [common | group]
    who = _who(raw, properties)
    traits = _traits(raw, properties)
    if name in _SAYING_WHO:
        return [common | (_known(raw, properties) if name == "$identify" else who) | _identify(traits)]
    message = common | who | _event(name, properties)
    if given is not None and type(given) is not dict:
        message["properties"] = given
    if not traits:
        return [message]
    return [message, common | who | _identify(traits) | {"messageId": _second(common["messageId"])}]


def _options(raw: Json) -> Json:
    """What the newer protocol says beside the properties and the older one among them."""
    options = raw.get("options")
    if type(options) is not dict:
        return {}
    names = {"process_person_profile": "$process_person_profile", "disable_skew_correction": "$ignore_sent_at"}
    return {older: options[newer] for newer, older in names.items() if newer in options}


def _event(name: Any, properties: Json) -> Json:
    own = {
        key: value for key, value in properties.items() if key not in AMBIENT and not key.startswith(AMBIENT_PREFIXES)
    }
    if name == "$pageview":
        place = {"url": "$current_url", "path": "$pathname", "referrer": "$referrer"}
        seen = {ours: properties[theirs] for ours, theirs in place.items() if theirs in properties}
        return {"type": "page", "properties": {**seen, **own}}
    if name == "$screen":
        own.pop("$screen_name", None)
        return {"type": "screen", "name": properties.get("$screen_name"), "properties": own}
    return {"type": "track", "event": name, "properties": own}


def _identify(traits: Json) -> Json:
    return {"type": "identify", "traits": traits}


def _alias(raw: Json, properties: Json) -> Json:
    """Two ids of one person. PostHog doesn't say whether distinct_id was anonymous, so it stands for both."""
    distinct_id, other = _distinct_id(raw, properties), properties.get("alias")
    if _is_nobody(distinct_id) or _is_nobody(other):
        return {"type": "alias", "userId": distinct_id}  # without a former id: rejected, as PostHog does
    return {"type": "alias", "userId": distinct_id, "anonymousId": distinct_id, "previousId": other}


def _group(properties: Json) -> Json:
    """What is said of an account. Nobody joins it by that, so it is said by a visitor of the account's own, who
    climbs no ladder: the distinct_id is often made up by the SDK, anew each time."""
    kind, key = properties.get("$group_type"), properties.get("$group_key")
    if type(kind) is not str or kind.casefold() not in ACCOUNT_KINDS:
        return {}
    traits = properties.get("$group_set")
    return {"type": "group", "anonymousId": f"${kind}_{key}"[:MAX_IDENTIFIER], "groupId": key, "traits": traits}


def _who(raw: Json, properties: Json) -> Json:
    distinct_id = _distinct_id(raw, properties)
    identified = properties.get("$is_identified")
    if type(identified) is not bool:
        own_device = distinct_id is not None and properties.get("$device_id") == distinct_id
        identified = properties.get("$process_person_profile") is not False and not own_device
    return {"userId": distinct_id} if identified else {"anonymousId": distinct_id}


def _known(raw: Json, properties: Json) -> Json:
    """Of $identify: the id is a user's, and who they were before is the same person."""
    who, before = {"userId": _distinct_id(raw, properties)}, properties.get("$anon_distinct_id")
    if _is_nobody(who["userId"]) or _is_nobody(before):
        return who
    return who | {"anonymousId": before}


def _distinct_id(raw: Json, properties: Json) -> Any:
    distinct_id = raw.get("distinct_id")
    if distinct_id is None:
        distinct_id = properties.get("distinct_id")
    return None if distinct_id == COOKIELESS else distinct_id


def _is_nobody(distinct_id: Any) -> bool:
    return distinct_id is None or (type(distinct_id) is str and distinct_id.strip().casefold() in NOBODY)


def _traits(raw: Json, properties: Json) -> Json:
    """What is said of the person, without what the SDK says by itself. $set counts before $set_once."""
    traits: Json = {}
    for name in ("$set_once", "$set"):
        for holder in (raw, properties):
            if type(said := holder.get(name)) is dict:
                traits |= {key: value for key, value in said.items() if not key.startswith("$")}
    return traits


def _context(properties: Json) -> Json:
    context: Json = {}
    for key, (first, *second) in IN_CONTEXT.items():
        if properties.get(key) is None:
            continue
        if second:
            context.setdefault(first, {})[second[0]] = properties[key]
        else:
            context[first] = properties[key]
    groups = properties.get("$groups")
    if type(groups) is dict:
        kinds = {kind.casefold(): key for kind, key in groups.items()}
        context["groupId"] = next((kinds[kind] for kind in ACCOUNT_KINDS if kinds.get(kind) is not None), None)
    return context


def _time(raw: Json, properties: Json, *, sent_at: Any, as_stated: bool) -> Json:
    """When it happened. What the client repeats when it retries is the timestamp, or the time inside a uuid."""
    timestamp = raw.get("timestamp")
    if timestamp is not None and timestamp != "":
        if as_stated or not sent_at or properties.get("$ignore_sent_at") is True:
            return {"timestamp": timestamp}
        return {"originalTimestamp": timestamp, "sentAt": sent_at}
    made_at, offset = _made_at(raw.get("uuid")), raw.get("offset")
    if made_at is None or isinstance(offset, bool) or not isinstance(offset, (int, float)):
        return {}
    try:
        sent = made_at + timedelta(milliseconds=offset)
    except (OverflowError, ValueError):
        return {}
    return {"originalTimestamp": made_at.isoformat(), "sentAt": sent.isoformat()}


def _made_at(text: Any) -> datetime | None:
    """The client's time in a uuid of version 7 (RFC 9562, section 5.7: 48 bits of milliseconds come first)."""
    try:
        made = uuid.UUID(text)
        return datetime.fromtimestamp((made.int >> 80) / 1000, UTC) if made.version == 7 else None
    except (AttributeError, TypeError, ValueError, OverflowError, OSError):
        return None


def _second(message_id: Any) -> Any:
    return f"{message_id}-set" if type(message_id) is str and message_id else None
