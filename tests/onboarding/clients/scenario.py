"""What every client is told to send, and what must then be in the log: each once, as it was meant."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

TRACKS = 240
FIRST = datetime(2026, 3, 2, 11, 0, 0, 123000, tzinfo=UTC)  # milliseconds: JavaScript has no finer ones
TEXT = "Zoë 😀 \u2028 \\ \" ' <b>"


def calls() -> list[dict[str, Any]]:
    """Calls in Segment's words. Every other one states its time, the others happen when they are made.

    Identify, group and alias are among these, because posthog-node's take no time.
    """
    dora = {"userId": "dora-ü"}
    found: list[dict[str, Any]] = [
        {"type": "identify", **dora, "anonymousId": "visitor-1", "traits": {"plan": "team", "seats": 7}},
        {"type": "page", **dora, "name": "Prices", "properties": {"url": "https://a.example/prices"}},
        {"type": "group", **dora, "groupId": "acme", "traits": {"name": "Acme", "size": 40}},
        {"type": "screen", **dora, "name": "Home", "properties": {"tab": 2}},
        {"type": "alias", "userId": "dora-ü", "previousId": "dora-before"},
    ]
    for number in range(TRACKS):
        who = {"anonymousId": f"visitor-{number % 3}"} if number % 10 == 0 else {"userId": f"user-{number % 7}"}
        properties = {
            "number": number,
            "text": TEXT,
            "nested": {"list": [1, None, True, 0.5]},
            "share": (2 * number + 1) / 14,
        }
        found.append({"type": "track", **who, "event": f"Event {number % 5}", "properties": properties})
    for number, call in enumerate(found):
        if number % 2:
            call["timestamp"] = (FIRST + timedelta(seconds=number)).isoformat()
    return found


def expected(call: dict[str, Any]) -> dict[str, Any]:
    """The log's row for a call that came by one of Segment's or RudderStack's SDKs."""
    names = {"page": "Page Viewed", "screen": "Screen Viewed"}
    named = {"name": call["name"]} if "name" in call else {}
    return {
        "type": call["type"],
        "event": call.get("event", names.get(call["type"], "")),
        "sender": f"u:{call['userId']}" if "userId" in call else f"a:{call['anonymousId']}",
        "anonymous_id": call.get("anonymousId", ""),
        "previous_id": call.get("previousId", ""),
        "group_id": call.get("groupId", ""),
        "properties": named | call.get("properties", {}),
        "traits": call.get("traits", {}),
    }


def expected_by_posthog(call: dict[str, Any], *, swapped: bool) -> dict[str, Any]:
    """The same for PostHog's SDKs. In Python, alias() calls the id before what in Node is the alias: swapped."""
    row = expected(call)
    if call["type"] == "group":
        row |= {"sender": "a:$company_acme", "anonymous_id": "$company_acme"}
    if call["type"] == "alias":
        first, other = ("previousId", "userId") if swapped else ("userId", "previousId")
        row |= {"sender": f"u:{call[first]}", "anonymous_id": call[first], "previous_id": call[other]}
    if call["type"] == "page":
        row["properties"] = call["properties"] | {"title": call["name"]}
    return row


def row(logged: Any) -> dict[str, Any]:
    """A logged event, in the form of `expected`."""
    return {name: getattr(logged, name) for name in expected({"type": "", "userId": ""})}


def assert_all_there_once(
    rows: list[Any], wanted: list[dict[str, Any]], *, began_at: datetime, seconds_off: float = 0.0
) -> None:
    """The log holds what was wanted and nothing else, at the stated times (or while it was sent)."""
    found, meant = Counter(_text(row(logged)) for logged in rows), Counter(map(_text, wanted))
    assert not meant - found, (
        f"Missing, of {len(wanted)}: {list(meant - found)[:3]}; instead: {list(found - meant)[:3]}"
    )
    assert not found - meant, f"Too much, besides {len(wanted)}: {list(found - meant)[:3]}"
    stated = {_text(row): call.get("timestamp") for row, call in zip(wanted, calls(), strict=True)}
    for logged in rows:
        time = stated[_text(row(logged))]
        if time is None:
            assert began_at - timedelta(seconds=1) < logged.occurred_at <= logged.received_at + timedelta(seconds=1)
            assert not logged.clamped
        else:
            assert logged.client_at == datetime.fromisoformat(time)
            assert abs((logged.occurred_at - logged.client_at).total_seconds()) <= seconds_off


def _text(found: dict[str, Any]) -> str:
    return json.dumps(found, sort_keys=True, ensure_ascii=False)
