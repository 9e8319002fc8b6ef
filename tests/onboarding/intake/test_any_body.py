"""Whatever JSON is sent: never a 5xx, and never a lost neighbour."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from onboarding.intake.models import LoggedEvent
from tests.tiers import examples
from workspaces.scope import scope

TEXT = st.text(st.characters(exclude_categories=()), max_size=20)  # surrogates and NUL included
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)
TIMES = st.sampled_from(
    ["2026-03-02T11:00:00Z", "2004-12-31T23:59:59.999999Z", "2099-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
     "9999-12-31T23:59:59-12:00", "2005-01-01T00:00:00+14:00", "", "soon"]
)  # fmt: skip
TYPES = st.sampled_from(["track", "identify", "group", "page", "screen", "alias", "batch", "Track"])
NEARLY_EVENTS = st.fixed_dictionaries(
    {},
    optional={
        "type": TYPES | ANYTHING,
        "event": TEXT | ANYTHING,
        "userId": TEXT | st.integers() | ANYTHING,
        "anonymousId": TEXT | ANYTHING,
        "previousId": TEXT | ANYTHING,
        "groupId": TEXT | ANYTHING,
        "messageId": TEXT | ANYTHING,
        "timestamp": TIMES | ANYTHING,
        "originalTimestamp": TIMES | ANYTHING,
        "sentAt": TIMES | ANYTHING,
        "receivedAt": TIMES | ANYTHING,
        "properties": st.dictionaries(TEXT, ANYTHING, max_size=3) | ANYTHING,
        "traits": ANYTHING,
        "context": st.fixed_dictionaries({}, optional={"groupId": ANYTHING}) | ANYTHING,
        "name": ANYTHING,
    },
)
ENVELOPES = st.fixed_dictionaries({}, optional={"sentAt": TIMES | ANYTHING, "context": ANYTHING, "writeKey": ANYTHING})
HUGE = {"type": "track", "userId": "u", "event": "A", "properties": {"a": 10**400}}
SKEWED = {"type": "track", "userId": "u", "event": "A", "originalTimestamp": "9999-12-31"}
CALLS = st.sampled_from(["batch", "track", "identify", "group", "page", "screen", "alias", "b", "t"])
ANY_LIMITS = settings(
    max_examples=examples(300),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def good(number: int) -> dict:
    return {"messageId": f"good-{number}", "type": "track", "userId": "dora", "event": "A"}


@ANY_LIMITS
@given(events=st.lists(NEARLY_EVENTS | ANYTHING, max_size=4), envelope=ENVELOPES, surrogates=st.booleans())
@example(
    events=[{"type": "track", "userId": "u", "event": "A", "properties": {"a": 10**400}}], envelope={}, surrogates=False
)
@example(events=[HUGE], envelope={}, surrogates=False)
@example(events=[SKEWED], envelope={"sentAt": "0001-01-01"}, surrogates=False)
def test_any_batch_is_200_with_every_neighbour_in_the_log(events, envelope, surrogates, client, write_key, workspace):
    # Good events before, between and after: all of them must arrive.
    batch = [good(0)]
    for number, event in enumerate(events, 1):
        batch += [event, good(number)]
    body = json.dumps(envelope | {"batch": batch}, ensure_ascii=not surrogates).encode("utf-8", "surrogatepass")
    response = client.post("/v1/batch", body, content_type="application/json", HTTP_AUTHORIZATION=f"Bearer {write_key}")
    assert response.status_code == 200, response.content
    answer = response.json()
    accepted = answer.get("accepted", len(batch))
    assert accepted + len(answer.get("rejected", [])) == len(batch)
    assert not any(batch[remark["index"]] in [good(n) for n in range(9)] for remark in answer.get("rejected", []))
    with scope(workspace):
        stored = LoggedEvent.objects.filter(message_id__in=[f"good-{n}" for n in range(len(events) + 1)])
        assert stored.count() == len(events) + 1


@ANY_LIMITS
@given(
    body=ANYTHING, call=st.sampled_from(["batch", "track", "identify", "group", "page", "screen", "alias", "b", "t"])
)
def test_any_value_has_an_answer_in_json(body, call, client, write_key):
    response = client.post(
        f"/v1/{call}",
        json.dumps(body).encode(),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {write_key}",
    )
    assert response.status_code in {200, 400}
    answer = response.json()
    assert answer.get("success") is True or (answer["code"] and answer["message"])


@ANY_LIMITS
@given(body=st.binary(max_size=200))
@example(body=b"\x1f\x8b\x08")
@example(body=b"\xef\xbb\xbf")
@example(body=b'{"batch": ["\\')
def test_any_bytes_have_an_answer_in_json(body, client, write_key):
    response = client.post("/v1/batch", body, content_type="text/plain", HTTP_AUTHORIZATION=f"Bearer {write_key}")
    assert response.status_code == 400
    assert response.json()["code"] in {"bad_json", "bad_gzip", "not_a_batch"}


@pytest.mark.parametrize("number", range(3))
def test_the_same_hostile_batch_again_stores_nothing_more(number, client, write_key, workspace):
    hostile = [
        {"type": "track", "userId": 1, "event": "\ud83d"},
        {"type": "track", "userId": "u", "event": "A", "properties": {"\x00": [{}] * number, "n": 2**64}},
        {"type": "page", "anonymousId": "a", "timestamp": "2099-01-01"},
    ]
    for _ in range(2):
        client.post(
            "/v1/batch",
            json.dumps({"batch": hostile}).encode(),
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {write_key}",
        )
    with scope(workspace):
        assert LoggedEvent.objects.count() == 2
