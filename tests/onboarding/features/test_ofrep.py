"""OFREP: what is asked of flags, and what is answered."""

from datetime import timedelta

import pytest

from onboarding.features import ofrep
from onboarding.intake import rate
from tests.onboarding.features.conftest import LADDER
from tests.onboarding.progress.scenes import event, publish, take
from workspaces.keys.models import ApiKey


def test_what_a_person_has_unlocked_is_on_and_says_by_which_step(climb, ask, clock):
    climb("gil", "Connected")
    response = ask("gil", "dashboards")
    assert response.status_code == 200
    assert response.json() == {
        "key": "dashboards",
        "value": True,
        "reason": "TARGETING_MATCH",
        "variant": "on",
        "metadata": {
            "source": "completion",
            "ladder": "start",
            "step": "connect",
            "since": (clock + timedelta(minutes=1)).isoformat(),
        },
    }


def test_what_they_have_not_is_off_by_default(climb, ask):
    climb("gil", "Connected")
    off = {"value": False, "reason": "DEFAULT", "variant": "off", "metadata": {}}
    assert ask("gil", "bulk-edit").json() == {"key": "bulk-edit", **off}
    assert ask("nobody-knows-me", "dashboards").json() == {"key": "dashboards", **off}


def test_all_flags_come_at_once_in_the_order_of_their_keys(climb, ask):
    climb("gil", "Connected")
    found = ask("gil").json()["flags"]
    assert [(flag["key"], flag["value"]) for flag in found] == [("bulk-edit", False), ("dashboards", True)]
    assert found == [ask("gil", flag["key"]).json() for flag in found]


def test_a_workspace_without_features_has_no_flags(ask):
    assert ask("gil").json() == {"flags": []}


def test_a_flag_that_no_ladder_has_ever_named_is_not_found(climb, ask):
    climb("gil", "Connected")
    for key in ("teleport", "Dashboards", "a/b", "%00", "x" * 61, "ünlock"):
        response = ask("gil", key)
        assert response.status_code == 404, key
        assert response.json()["errorCode"] == "FLAG_NOT_FOUND"
    assert ask("gil", "teleport").json()["key"] == "teleport"


def test_a_feature_that_was_named_a_moment_ago_is_found_before_anybody_noted_it(workspace, ask, clock):
    publish(workspace, LADDER, at=clock)
    assert ask("gil", "dashboards").json()["reason"] == "DEFAULT"


def test_merged_persons_have_what_any_of_their_ids_unlocked(workspace, climb, flags, clock):
    climb("gil", "Connected")
    climb("gil-2", "Invited")
    assert [flag["value"] for flag in flags("gil").values()] == [False, True]
    take(workspace, event("", clock + timedelta(hours=1), "gil", type="alias", message_id="a", previous_id="gil-2"))
    for user in ("gil", "gil-2"):
        assert [flag["value"] for flag in flags(user).values()] == [True, True], user


class TestETags:
    def test_the_same_again_is_304_without_a_body(self, climb, ask):
        climb("gil", "Connected")
        tag = ask("gil")["ETag"]
        for asked in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = ask("gil", HTTP_IF_NONE_MATCH=asked)
            assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)

    def test_a_change_is_told(self, climb, ask):
        climb("gil", "Connected")
        tag = ask("gil")["ETag"]
        climb("gil", "Connected", "Invited")
        response = ask("gil", HTTP_IF_NONE_MATCH=tag)
        assert response.status_code == 200
        assert response["ETag"] != tag

    def test_another_users_tag_is_another(self, climb, ask):
        climb("gil", "Connected")
        assert ask("hal", HTTP_IF_NONE_MATCH=ask("gil")["ETag"]).status_code == 200


class TestKeys:
    def test_a_flags_key_and_a_secret_key_may_ask_a_write_key_never(self, workspace, ladder, ask, write_key):
        secret = ApiKey.issue(workspace, kind="secret", name="server")[1]
        assert ask("gil", key=secret).status_code == 200
        refused = ask("gil", key=write_key)
        assert refused.status_code == 401
        assert refused.json()["errorCode"] == "GENERAL"

    def test_it_may_come_as_x_api_key(self, ladder, ask, flags_key):
        assert ask("gil", HTTP_AUTHORIZATION="", HTTP_X_API_KEY=flags_key).status_code == 200

    @pytest.mark.parametrize("header", ["", "Bearer", "Bearer fm_flags_x", "Basic ###", f"Bearer {'x' * 5000}"])
    def test_without_one_nothing_is_said(self, header, ladder, ask):
        for flag in ("", "dashboards"):
            response = ask("gil", flag, HTTP_AUTHORIZATION=header)
            assert response.status_code == 401
            assert response.json()["errorDetails"].startswith("Send a flags key")

    def test_a_revoked_key_ends_at_once(self, workspace, climb, ask, flags_key):
        climb("gil", "Connected")
        assert ask("gil").status_code == 200
        workspace.keys.get(kind="flags").revoke()
        for flag in ("", "dashboards"):
            assert ask("gil", flag).status_code == 401

    def test_a_flags_key_sends_no_events_and_reads_nothing_else(self, workspace, client, flags_key):
        headers = {"Authorization": f"Bearer {flags_key}"}
        sent = client.post("/v1/track", {"userId": "d", "event": "A"}, content_type="application/json", headers=headers)
        assert sent.status_code == 401
        assert client.get("/api/v1/events", headers=headers).status_code in (401, 403)

    def test_a_key_of_another_workspace_knows_nothing_of_this_one(self, other_workspace, climb, ask):
        climb("gil", "Connected")
        theirs = ApiKey.issue(other_workspace, kind="flags", name="theirs")[1]
        assert ask("gil", key=theirs).json() == {"flags": []}
        assert ask("gil", "dashboards", key=theirs).status_code == 404

    def test_its_use_is_noted(self, workspace, ladder, ask):
        ask("gil")
        assert workspace.keys.get(kind="flags").last_used_at is not None


CONTEXTS = {
    "not JSON": (b"{", "PARSE_ERROR"),
    "empty": (b"", "PARSE_ERROR"),
    "no UTF-8": (b'{"context": {"targetingKey": "\xff"}}', "PARSE_ERROR"),
    "half a surrogate pair": (b'{"context": {"targetingKey": "\\ud83d"}}', "PARSE_ERROR"),
    "nested too deeply": (b'{"context":' + b"[" * 5_000, "PARSE_ERROR"),
    "null": (None, "TARGETING_KEY_MISSING"),
    "a list": ([], "PARSE_ERROR"),
    "no context": ({}, "TARGETING_KEY_MISSING"),
    "null for a context": ({"context": None}, "TARGETING_KEY_MISSING"),
    "text for a context": ({"context": "gil"}, "INVALID_CONTEXT"),
    "no targeting key": ({"context": {}}, "TARGETING_KEY_MISSING"),
    "null for one": ({"context": {"targetingKey": None}}, "TARGETING_KEY_MISSING"),
    "an empty one": ({"context": {"targetingKey": ""}}, "TARGETING_KEY_MISSING"),
    "a number": ({"context": {"targetingKey": 42}}, "INVALID_CONTEXT"),
    "a NUL": ({"context": {"targetingKey": "gil\0"}}, "INVALID_CONTEXT"),
    "too long": ({"context": {"targetingKey": "g" * 10_000}}, "INVALID_CONTEXT"),
    "an odd account": ({"context": {"targetingKey": "gil", "groupId": {}}}, "INVALID_CONTEXT"),
}


@pytest.mark.parametrize("what", CONTEXTS)
def test_what_cannot_be_evaluated_is_400_and_says_why(what, ladder, ask):
    body, code = CONTEXTS[what]
    for flag in ("", "dashboards"):
        response = ask(flag=flag, body=body if body is not None else {"context": {"targetingKey": None}})
        assert response.status_code == 400
        told = response.json()
        assert (told["errorCode"], told.get("key", "")) == (code, flag)
        assert len(told["errorDetails"]) > 15


def test_a_large_context_is_passed_over_and_one_too_large_refused(climb, ask):
    climb("gil", "Connected")
    assert ask("gil", "dashboards", context={"notes": "x" * 60_000}).json()["value"] is True
    refused = ask("gil", "dashboards", context={"notes": "x" * 70_000})
    assert (refused.status_code, refused.json()["errorCode"]) == (413, "INVALID_CONTEXT")
    garbage = ask(body=b"\x00" * 10_000_000)
    assert (garbage.status_code, garbage.json()["errorCode"]) == (413, "INVALID_CONTEXT")


@pytest.mark.parametrize("user", ["g'; DROP TABLE x; --", "100%", "%s", "\\", "ｇｉｌ", " gil", "{workspace}", "u:gil"])
def test_odd_ids_are_ids_of_nobody(user, climb, ask):
    climb("gil", "Connected")
    assert ask(user, "dashboards").json()["value"] is False


class TestLimits:
    @pytest.fixture(autouse=True)
    def _nothing_taken_ahead(self):
        rate.forget()
        yield
        rate.forget()

    def test_too_many_questions_are_429_and_say_when_to_come_back(self, settings, ladder, ask):
        settings.FLAGS_PER_SECOND = 1
        answers = [ask("gil", flag) for flag in [""] * 9 + ["dashboards"] * 5]
        refused = [answer for answer in answers if answer.status_code != 200]
        assert {answer.status_code for answer in refused} == {429}
        assert 0 < len(refused) <= 4
        assert all(int(answer["Retry-After"]) >= 1 for answer in refused)
        assert refused[0].json()["errorCode"] == "GENERAL"

    def test_events_have_a_bucket_of_their_own(self, settings, workspace, ladder, ask, client, write_key):
        settings.FLAGS_PER_SECOND = 1
        while ask("gil").status_code == 200:
            pass
        body = {"userId": "dora", "event": "Looked"}
        headers = {"Authorization": f"Bearer {write_key}"}
        assert client.post("/v1/track", body, content_type="application/json", headers=headers).status_code == 200


class TestFromOtherSites:
    def test_any_site_may_ask_with_these_headers(self, client):
        response = client.options("/ofrep/v1/evaluate/flags", HTTP_ORIGIN="https://app.example")
        assert response.status_code == 204
        assert response["Access-Control-Allow-Origin"] == "*"
        allowed = set(response["Access-Control-Allow-Headers"].split(", "))
        assert {"authorization", "x-api-key", "content-type", "if-none-match"} <= allowed
        assert "POST" in response["Access-Control-Allow-Methods"]

    def test_they_may_read_the_etag(self, ladder, ask):
        assert "ETag" in ask("gil")["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("method, path, status", [
    ("get", "evaluate/flags", 405), ("get", "evaluate/flags/dashboards", 405), ("put", "evaluate/flags", 405),
    ("post", "evaluate", 404), ("post", "evaluate/flagsx", 404), ("get", "configuration", 404), ("get", "", 404),
])  # fmt: skip
def test_other_methods_and_addresses_are_refused_in_its_words(method, path, status, client):
    response = getattr(client, method)(f"/ofrep/v1/{path}")
    assert response.status_code == status
    assert response.json()["errorCode"] == "GENERAL"


def test_a_database_that_is_away_is_503(ladder, ask, monkeypatch):
    from django.db import OperationalError

    def fail(*_arguments, **_keywords):
        raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(ofrep, "standing_for", fail)
    response = ask("gil", "dashboards")
    assert (response.status_code, response.json()["errorCode"]) == (503, "GENERAL")
    assert "ask again" in response.json()["errorDetails"]
    assert int(response["Retry-After"]) >= 1


def test_nothing_of_the_binding_outlasts_the_question(ladder, ask, workspace):
    from django.db import connection

    def bound():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(current_setting('app.workspace_id', true), ''), current_setting('statement_timeout'), "
                "current_setting('plan_cache_mode'), current_setting('jit')"
            )
            return cursor.fetchone()

    before = bound()
    assert ask("gil").status_code == 200
    assert bound() == before
    assert before[0] == ""


def test_events_and_flags_share_a_connection_without_losing_each_others_statements(ladder, ask, client, write_key):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    headers = {"Authorization": f"Bearer {write_key}"}
    body = {"userId": "dora", "event": "Looked"}
    with CaptureQueriesContext(connection) as queries:
        for _ in range(4):
            assert ask("gil").status_code == 200
            sent = client.post("/v1/track", body, content_type="application/json", headers=headers)
            assert sent.status_code == 200
    prepared = [query for query in queries if "PREPARE " in query["sql"]]
    assert len(prepared) <= 2


def test_whoever_is_unlocked_in_the_workspace_is_not_in_another(workspace, other_workspace, climb, clock, ask):
    """The same userId and the same feature in both; each key sees its own."""
    climb("gil", "Connected")
    publish(other_workspace, LADDER, at=clock - timedelta(days=30))
    take(other_workspace, event("Signed Up", clock), event("Invited", clock + timedelta(minutes=1)))
    theirs = ApiKey.issue(other_workspace, kind="flags", name="theirs")[1]
    assert {flag["key"] for flag in ask("gil", key=theirs).json()["flags"] if flag["value"]} == {"bulk-edit"}
    assert {flag["key"] for flag in ask("gil").json()["flags"] if flag["value"]} == {"dashboards"}
