"""The debugger for programs: by a secret key, in JSON, with the workspace's own messages alone."""

import base64
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from milestones.ladders.models import Ladder
from onboarding.debugger.fates import Fate, WhyNot
from onboarding.intake.models import LoggedEvent, Rejection
from onboarding.people.models import Person
from onboarding.progress import rule
from tests.onboarding.debugger.conftest import LADDER
from tests.onboarding.progress.scenes import publish
from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey
from workspaces.scope import scope


@pytest.fixture
def secret_key(workspace) -> str:
    return ApiKey.issue(workspace, kind="secret", name="Warehouse")[1]


@pytest.fixture
def other_secret_key(other_workspace) -> str:
    return ApiKey.issue(other_workspace, kind="secret", name="Theirs")[1]


@pytest.fixture
def get(client, secret_key):
    def fetch(path: str, *, key: str = secret_key, **query):
        return client.get(f"/api/v1/{path}", query, headers={"Authorization": f"Bearer {key}"})

    return fetch


@pytest.fixture
def post(client, secret_key):
    def send(path: str, body=None, *, key: str = secret_key):
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {key}"}
        return client.post(f"/api/v1/{path}", data, content_type="application/json", headers=headers)

    return send


def test_the_list_says_in_short_what_each_message_did(ladder, track, send, get):
    track("Signed Up")
    track("Connected", 1)
    track("Connected", 1)
    send("track", userId="dora")
    answer = get("events")
    assert answer.status_code == 200
    rejected, duplicate, connected, began = answer.json()["data"]
    assert (rejected["outcome"], rejected["reason"], rejected["effect"]) == ("rejected", "missing_event_name", None)
    assert (duplicate["outcome"], duplicate["times"]) == ("duplicate", 1)
    assert connected["effect"]["completed"] == [{"ladder": "start", "step": "connect"}]
    assert connected["person"]["user_id"] == "dora"
    assert began["effect"]["began"] == ["start"]
    assert answer.json()["next"] is None


def test_the_filters_and_the_cursor_are_those_of_the_page(ladder, track, get):
    for number in range(5):
        track("Looked", number)
    track("Connected", 9)
    assert [e["event"] for e in get("events", event="Connected").json()["data"]] == ["Connected"]
    assert get("events", person="emil").json()["data"] == []
    seen, cursor = [], ""
    while cursor is not None:
        answer = get("events", limit=2, cursor=cursor).json()
        seen += [event["message_id"] for event in answer["data"]]
        cursor = answer["next"]
    assert len(seen) == len(set(seen)) == 6


def test_one_message_says_what_it_did_as_data(ladder, track, get):
    track("Signed Up")
    track("Report Shared", 1, properties={"audience": "team"}, context={"library": {"name": "x"}})
    ref = get("events").json()["data"][0]["id"]
    answer = get(f"events/{ref}").json()
    assert answer["properties"] == {"audience": "team"}
    assert answer["context"] == {"library": {"name": "x"}}
    assert answer["identity"]["sender"] == "u:dora"
    [told] = answer["explanation"]["ladders"]
    assert (told["ladder"], told["why_not"], told["version"]) == ("start", None, 1)
    [step] = told["steps"]
    assert (step["step"], step["fate"]) == ("share", Fate.COUNTED)
    [condition] = step["conditions"]
    assert (condition["nth"], condition["needed"]) == (1, 3)
    assert condition["checks"] == [
        {"name": "audience", "operator": "equals", "operand": "team", "said": True, "value": "team", "holds": True}
    ]


def test_why_nothing_happened_is_data_too(ladder, track, get):
    track("Connected")
    ref = get("events").json()["data"][0]["id"]
    [told] = get(f"events/{ref}").json()["explanation"]["ladders"]
    assert (told["why_not"], told["steps"][0]["fate"]) == (WhyNot.NOT_BEGUN, Fate.NO_JOURNEY)


def test_accounts_and_rulings_are_data_too(ladder, track, send, get, workspace, ben, clock, monkeypatch):
    everyones = LADDER.replace("{event: Connected}", "{event: Connected, by: account}").replace("start\n", "crew\n", 1)
    publish(workspace, everyones, at=ladder.published_at)
    for user in ("dora", "emil"):
        track("Signed Up", user=user)
        send("group", userId=user, groupId="acme")
    track("Connected", 5, user="emil")
    event = get("events", event="Connected").json()["data"][0]
    assert event["effect"]["others"] == 1
    told = get(f"events/{event['id']}").json()["explanation"]
    [helped] = told["for_others"]["first"]
    assert (told["for_others"]["people"], told["for_others"]["more"]) == (1, False)
    assert (helped["person"]["user_id"], helped["ladder"], helped["step"]) == ("dora", "crew", "connect")
    conditions = {ladder["ladder"]: ladder["steps"][0]["conditions"][0] for ladder in told["ladders"]}
    assert (conditions["crew"]["by"], conditions["crew"]["account"]) == ("account", "acme")
    assert (conditions["start"]["by"], conditions["start"]["account"]) == ("person", None)
    monkeypatch.setattr(timezone, "now", lambda: clock + timedelta(minutes=7))
    with scope(workspace):
        emil = Person.objects.get(external_id="emil")
        rule.revoke(emil.pk, Ladder.objects.get(key="start"), "connect", by=ben, reason="A test.")
        rule.complete(emil.pk, Ladder.objects.get(key="start"), "connect", by=ben, reason="Seen.")
    told = get(f"events/{event['id']}").json()["explanation"]["ladders"]
    [step] = next(ladder["steps"] for ladder in told if ladder["ladder"] == "start")
    at = (clock + timedelta(minutes=7)).isoformat()
    assert step["fate"] == "revoked"
    assert step["revoked"] == {"until": step["revoked"]["until"], "by": str(ben.user), "at": at, "reason": "A test."}
    assert step["completed_by_hand"] == {"by": str(ben.user), "at": at, "reason": "Seen."}


def test_a_rejected_message_is_sent_again_mended(send, get, post, workspace):
    send("track", userId="dora", messageId="m1")
    event = get("events").json()["data"][0]
    text = json.loads(get(f"events/{event['id']}").json()["sent"])
    still = post(f"rejections/{event['id']}/replay")
    assert (still.status_code, still.json()["code"]) == (422, "missing_event_name")
    done = post(f"rejections/{event['id']}/replay", {**text, "event": "Looked"})
    assert (done.status_code, done.json()) == (200, {"outcome": "stored", "message_id": "m1"})
    again = post(f"rejections/{event['id']}/replay", {**text, "event": "Looked"})
    assert (again.status_code, again.json()) == (200, {"outcome": "duplicate", "message_id": "m1"})
    with scope(workspace):
        assert LoggedEvent.objects.get().event == "Looked"
        assert Rejection.objects.get().replayed_by == "key Warehouse"
        assert Entry.objects.get().actor == "key Warehouse"


def test_basic_authentication_works_as_in_intake(client, secret_key):
    basic = base64.b64encode(f"{secret_key}:".encode()).decode()
    assert client.get("/api/v1/events", headers={"Authorization": f"Basic {basic}"}).status_code == 200


def test_without_a_secret_key_nothing_is_told(client, get, write_key, secret_key):
    for header in ("", "Bearer", "Bearer nonsense", "Basic %%%", f"Bearer {write_key}", f"Digest {secret_key}"):
        answer = client.get("/api/v1/events", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401, header
        assert answer.json()["code"] == "bad_key"
        assert answer["WWW-Authenticate"].startswith("Bearer")
    ApiKey.objects.update(revoked_at="2026-03-02T12:00:00Z")
    assert get("events").status_code == 401


def test_a_strangers_key_sees_nothing_of_ours(ladder, track, send, get, post, other_secret_key):
    track("Looked")
    track("Looked")
    send("track", userId="dora")
    ours = get("events").json()["data"]
    assert {event["outcome"] for event in ours} == {"stored", "duplicate", "rejected"}
    assert get("events", key=other_secret_key).json() == {"data": [], "next": None, "stopped_at": None}
    for event in ours:
        answer = get(f"events/{event['id']}", key=other_secret_key)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert post(f"rejections/{event['id']}/replay", {"a": 1}, key=other_secret_key).status_code == 404


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"outcome": "lost"}, "bad_query"),
        ({"from": "soon"}, "bad_query"),
        ({"cursor": "nonsense"}, "bad_cursor"),
        ({"limit": "0"}, "bad_query"),
        ({"limit": "many"}, "bad_query"),
        ({"limit": "9" * 5000}, "bad_query"),
    ],
)
def test_what_cannot_be_understood_is_answered_with_a_code_and_a_sentence(get, query, code):
    answer = get("events", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert answer.json()["detail"]


def test_every_failure_is_json(get, post, client, secret_key):
    assert post("rejections/r1/replay", {"a": 1}).json()["code"] == "not_found"
    assert post("rejections/r1/replay", b"{ not json").json()["code"] == "parse_error"
    assert get("events/nonsense").json()["code"] == "not_found"
    answer = client.delete("/api/v1/events", headers={"Authorization": f"Bearer {secret_key}"})
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_hostile_values_in_every_parameter_are_answered(get, track):
    track("Looked")
    for value in ("\x00", "'\"><script>", "9" * 5_000, "\ud800", "[]", "%"):
        for name in ("person", "event", "outcome", "reason", "message", "from", "until", "cursor", "limit"):
            assert get("events", **{name: value.encode("utf-8", "surrogatepass")}).status_code in (200, 400), (
                name,
                value,
            )


def test_the_api_is_described(client):
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    described = answer.json()
    assert set(described["paths"]) >= {"/api/v1/events", "/api/v1/events/{ref}", "/api/v1/rejections/{ref}/replay"}
    assert "secretKey" in described["components"]["securitySchemes"]
    event = described["components"]["schemas"]["Event"]["properties"]
    assert set(event) >= {"id", "outcome", "effect"}


def test_what_is_answered_is_what_is_described(client, ladder, track, send, get):
    """Every field of the answers stands in the description, and every field that is needed is there."""
    track("Signed Up")
    track("Signed Up")
    send("track", userId="dora")
    send("identify", userId="dora", traits={"plan": "pro"})
    schemas = client.get("/api/openapi.json").json()["components"]["schemas"]
    for event in get("events").json()["data"]:
        assert set(event) == set(schemas["Event"]["properties"])
        whole = schemas["EventInFull"]
        found = set(get(f"events/{event['id']}").json())
        assert set(whole["required"]) <= found <= set(whole["properties"])
