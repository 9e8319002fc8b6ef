"""What columns probably are, by the names that people and tools give them."""

import pytest

from onboarding.intake.imports.guessing import guess

pytestmark = pytest.mark.pure


def guessed(header: str, *rows: str) -> dict:
    names = header.split(",")
    mapping = guess(names, [row.split(",") for row in rows])
    assert mapping.problems(names) == []
    return {name: use.to for name, use in mapping.columns.items()} | mapping.constants


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            "user_id,event_name,time,plan",
            {
                "user_id": "userId",
                "event_name": "event",
                "time": "timestamp",
                "plan": "properties.plan",
                "type": "track",
            },
        ),
        (
            "User ID,Event,Created At,Account Id",
            {
                "User ID": "userId",
                "Event": "event",
                "Created At": "timestamp",
                "Account Id": "groupId",
                "type": "track",
            },
        ),
        (
            "id,email,plan,created_at",
            {
                "id": "userId",
                "email": "traits.email",
                "plan": "traits.plan",
                "created_at": "timestamp",
                "type": "identify",
            },
        ),
        ("email,plan", {"email": "userId", "plan": "traits.plan", "type": "identify"}),
        # Segment's warehouse
        (
            "id,anonymous_id,user_id,event,event_text,timestamp,sent_at,received_at,uuid_ts,context_ip,properties_n",
            {
                "id": "messageId",
                "anonymous_id": "anonymousId",
                "user_id": "userId",
                "event": "properties.event",
                "event_text": "event",
                "timestamp": "timestamp",
                "sent_at": "",
                "received_at": "",
                "uuid_ts": "",
                "context_ip": "context.ip",
                "properties_n": "properties.n",
                "type": "track",
            },
        ),
        # PostHog's and Mixpanel's exports
        (
            "uuid,event,properties,distinct_id,timestamp",
            {
                "uuid": "",
                "event": "event",
                "properties": "properties",
                "distinct_id": "userId",
                "timestamp": "timestamp",
                "type": "track",
            },
        ),
    ],
)
def test_names_as_people_use_them(header, expected):
    assert guessed(header) == expected


def test_a_column_named_type_is_the_type_only_if_its_values_are_types():
    assert guessed("type,user_id,event", "track,u,A", "Identify,u,")["type"] == "type"
    assert guessed("type,user_id,event", "premium,u,A")["type"] == "track"


def test_names_that_would_clash_are_left_out_rather_than_wrong():
    assert guessed("user_id,event,a,a.b") == {
        "user_id": "userId",
        "event": "event",
        "a": "properties.a",
        "a.b": "",
        "type": "track",
    }
