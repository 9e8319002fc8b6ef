"""Segment's HTTP API: the right answer to everything, and the neighbours of what is bad are stored."""

import base64
import gzip
import json
import logging
import time

import pytest
import redis
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from onboarding.intake import endpoint, log, statements, steps
from workspaces.keys.models import ApiKey
from workspaces.scope import wakes

DEEP = '{"a":' * 10_000 + "1" + "}" * 10_000


def ids(events) -> list[str]:
    return [event.message_id for event in events]


class TestCalls:
    @pytest.mark.parametrize("name, call", steps.CALLS.items())
    def test_each_call_is_answered_with_exactly_200_and_json(self, name, call, send, event, workspace, logged):
        body = event(groupId="acme", previousId="visitor") if call != "batch" else {"batch": [event(messageId="b")]}
        response = send(name, body)
        assert response.status_code == 200
        assert response.json() == {"success": True}
        assert response["Content-Type"] == "application/json"
        [stored] = logged(workspace)
        assert stored.type == (call if call != "batch" else "track")

    def test_a_slash_too_many_does_no_harm(self, send, event):
        assert send("track/", event()).status_code == 200

    @pytest.mark.parametrize(
        "content_type",
        ["application/json", "text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"],
    )
    def test_the_body_is_json_whatever_its_content_type_says(self, content_type, send, event, workspace, logged):
        assert send("batch", {"batch": [event(messageId="1")]}, content_type=content_type).status_code == 200
        assert ids(logged(workspace)) == ["1"]

    @pytest.mark.parametrize("headers", [{"HTTP_CONTENT_ENCODING": "gzip"}, {}], ids=["said", "unsaid"])
    def test_gzip_is_understood(self, headers, send, event, workspace, logged):
        body = gzip.compress(json.dumps({"batch": [event(messageId="1")]}).encode())
        assert send("batch", body, **headers).status_code == 200
        assert ids(logged(workspace)) == ["1"]

    def test_an_empty_batch_is_done_at_once(self, send):
        assert send("batch", {"batch": []}).json() == {"success": True}

    def test_an_event_keeps_its_microseconds(self, send, event, workspace, logged):
        send("track", event(timestamp="2026-03-02T11:00:00.123456Z"))
        [stored] = logged(workspace)
        assert stored.occurred_at.isoformat() == "2026-03-02T11:00:00.123456+00:00"

    def test_a_form_or_a_login_is_not_asked_for(self, event, write_key):
        client = Client(enforce_csrf_checks=True)
        body = json.dumps(event(writeKey=write_key))
        response = client.post("/v1/track", body, content_type="text/plain")
        assert response.status_code == 200
        assert not response.cookies


class TestKeys:
    def test_the_key_may_come_as_basic(self, send, event, write_key):
        basic = base64.b64encode(f"{write_key}:".encode()).decode()
        assert send("track", event(), HTTP_AUTHORIZATION=f"Basic {basic}").status_code == 200

    def test_the_key_may_stand_in_the_body(self, send, event, write_key, workspace, logged):
        assert send("track", event(writeKey=write_key, messageId="1"), HTTP_AUTHORIZATION="").status_code == 200
        body = {"writeKey": write_key, "batch": [event(messageId="2")]}
        assert send("batch", body, HTTP_AUTHORIZATION="").status_code == 200
        assert ids(logged(workspace)) == ["1", "2"]

    def test_a_secret_key_may_send_too(self, send, event, workspace):
        _, secret = ApiKey.issue(workspace, kind="secret", name="server")
        assert send("track", event(), key=secret).status_code == 200

    def test_a_key_sends_into_its_own_workspace(self, send, event, other_write_key, workspace, other_workspace, logged):
        send("track", event(messageId="1"), key=other_write_key)
        assert (ids(logged(workspace)), ids(logged(other_workspace))) == ([], ["1"])

    @pytest.mark.parametrize(
        "authorization",
        ["", "Bearer fm_write_wrong", "Basic !", "Basic d3Jvbmc6", "Bearer \xff\x00", "Bearer " + "x" * 9999],
    )
    def test_no_key_or_a_wrong_one_is_401(self, authorization, send, event, workspace, logged):
        response = send("track", event(), HTTP_AUTHORIZATION=authorization)
        assert response.status_code == 401
        assert response.json()["code"] == "bad_key"
        assert logged(workspace) == []

    def test_a_revoked_key_ends_at_once(self, send, event, workspace):
        key, token = ApiKey.issue(workspace, kind="write", name="old")
        assert send("track", event(), key=token).status_code == 200
        key.revoke()
        for body in (event(), {"writeKey": token}, event(event=None)):
            assert send("track", body, key=token).status_code == 401
        assert send("batch", {"batch": []}, key=token).status_code == 401

    def test_one_revoked_in_every_process_but_this_one_ends_too(self, send, event, workspace, logged):
        key, token = ApiKey.issue(workspace, kind="write", name="old")
        assert send("track", event(messageId="1"), key=token).status_code == 200
        ApiKey.objects.filter(pk=key.pk).update(revoked_at=timezone.now())
        assert send("track", event(messageId="2"), key=token).status_code == 401
        assert send("batch", {"batch": [{"type": "nix"}]}, key=token).status_code == 401
        assert ids(logged(workspace)) == ["1"]


# What is wrong with one event, and the code for it.
BAD_EVENTS = {
    "unknown type": ('{"type": "tracks", "userId": "u", "event": "A"}', "unknown_type"),
    "no type": ('{"userId": "u", "event": "A"}', "unknown_type"),
    "no ids": ('{"type": "track", "event": "A"}', "missing_identity"),
    "null ids": ('{"type": "track", "event": "A", "userId": null, "anonymousId": null}', "missing_identity"),
    "ids of a wrong kind": ('{"type": "track", "event": "A", "userId": {"id": 1}}', "bad_identifier"),
    "no event name": ('{"type": "track", "userId": "u"}', "missing_event_name"),
    "no group": ('{"type": "group", "userId": "u"}', "missing_group_id"),
    "no former id": ('{"type": "alias", "userId": "u"}', "missing_previous_id"),
    "no time at all": ('{"type": "track", "userId": "u", "event": "A", "timestamp": "soon"}', "bad_timestamp"),
    "before all clocks": (
        '{"type": "track", "userId": "u", "event": "A", "timestamp": "0001-01-01T00:00:00Z"}',
        "bad_timestamp",
    ),
    "a number as time": ('{"type": "track", "userId": "u", "event": "A", "timestamp": 1772445600}', "bad_timestamp"),
    "beyond the calendar": (
        '{"type": "track", "userId": "u", "event": "A", "timestamp": "9999-12-31T23:59:59-09:00"}',
        "bad_timestamp",
    ),
    "messageId too long": (
        '{"type": "track", "userId": "u", "event": "A", "messageId": "' + "m" * 100 + '"}',
        "bad_identifier",
    ),
    "10,000 levels": ('{"type": "track", "userId": "u", "event": "A", "properties": ' + DEEP + "}", "too_deep"),
    "1,000 levels": (
        '{"type": "track", "userId": "u", "event": "A", "properties": ' + '{"a":' * 1000 + "1" + "}" * 1001,
        "too_deep",
    ),
    "oversize": ('{"type": "track", "userId": "u", "event": "' + "A" * 40_000 + '"}', "event_too_large"),
    "NUL in an id": ('{"type": "track", "event": "A", "userId": "a\\u0000b"}', "unstorable"),
    "raw NUL in an id": ('{"type": "track", "event": "A", "userId": "a\x00b"}', "unstorable"),
    "half a pair in a name": ('{"type": "track", "userId": "u", "event": "\\ud83d"}', "unstorable"),
    "properties are a list": ('{"type": "track", "userId": "u", "event": "A", "properties": [1]}', "bad_field"),
    "a number": ("5", "not_an_object"),
    "null": ("null", "not_an_object"),
}
# What the log holds only with a value changed; see storable.
MENDED_EVENTS = {
    "NUL": '{"x\\u0000": "a\\u0000b"}',
    "half a pair": '{"title": "x\\ud83d"}',
    "no UTF-8": '{"name": "caf\udce9"}',
    "not a number": '{"n": NaN}',
    "infinite": '{"n": 1e999}',
}


def raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


class TestOneBadEvent:
    @pytest.mark.parametrize("bad, code", BAD_EVENTS.values(), ids=BAD_EVENTS)
    def test_never_spoils_its_batch(self, bad, code, send, event, workspace, logged, rejected):
        before, after = json.dumps(event(messageId="before")), json.dumps(event(messageId="later"))
        response = send("batch", raw(f'{{"batch": [{before}, {bad}, {after}]}}'))
        assert response.status_code == 200
        answer = response.json()
        assert (answer["success"], answer["accepted"]) == (True, 2)
        [remark] = answer["rejected"]
        assert (remark["index"], remark["code"]) == (1, code)
        assert len(remark["message"]) < 300
        assert ids(logged(workspace)) == ["before", "later"]
        [rejection] = rejected(workspace)
        assert (rejection.reason, rejection.sentence) == (code, remark["message"])

    @pytest.mark.parametrize("name", [name for name, (bad, _) in BAD_EVENTS.items() if '"track"' in bad])
    def test_sent_alone_is_400_with_the_reason(self, name, send, workspace, logged, rejected):
        bad, code = BAD_EVENTS[name]
        response = send("track", raw(bad))
        assert response.status_code == 400
        assert response.json()["code"] == code
        assert response.json()["message"]
        assert logged(workspace) == []
        assert [rejection.reason for rejection in rejected(workspace)] == [code]

    @pytest.mark.parametrize("properties", MENDED_EVENTS.values(), ids=MENDED_EVENTS)
    def test_what_can_be_mended_is_stored_and_said(self, properties, send, event, workspace, logged, rejected):
        odd = f'{{"messageId": "bad", "type": "track", "userId": "u", "event": "A", "properties": {properties}}}'
        response = send("batch", raw(f'{{"batch": [{json.dumps(event(messageId="good"))}, {odd}]}}'))
        assert response.status_code == 200
        answer = response.json()
        assert (answer["accepted"], answer["mended"][0]["index"]) == (2, 1)
        assert ids(logged(workspace)) == ["bad", "good"]
        assert rejected(workspace) == []

    def test_its_text_is_kept_to_read(self, send, workspace, rejected):
        send("batch", raw('{"batch": [{"type": "nix", "userId": "Zo\\u00eb\\u0000", "x": "\\ud83d"}]}'))
        [rejection] = rejected(workspace)
        assert json.loads(rejection.message) == {"type": "nix", "userId": "Zoë\x00", "x": "\ud83d"}

    def test_only_its_own_workspace_sees_it(self, send, workspace, other_workspace, rejected):
        send("batch", {"batch": [5]})
        assert (len(rejected(workspace)), len(rejected(other_workspace))) == (1, 0)


class TestABadRequest:
    @pytest.mark.parametrize(
        "body",
        [b"", b"{", b'{"batch": [', b"nonsense", b"\x00", b"\xff\xfe{\x00}\x00", b"[" * 100_000, b'{"batch": []} x'],
    )
    def test_what_is_no_json_is_400(self, body, send):
        response = send("batch", body)
        assert response.status_code == 400
        assert response.json()["code"] == "bad_json"

    @pytest.mark.parametrize("body", [b"[]", b"5", b"{}", b'{"batch": {"a": 1}}', DEEP.encode()])
    def test_what_is_no_batch_is_400(self, body, send):
        response = send("batch", body)
        assert response.status_code == 400
        assert response.json()["code"] == "not_a_batch"

    def test_too_many_events_are_400(self, send, workspace, logged):
        response = send("batch", {"batch": [{}] * 2_501})
        assert (response.status_code, response.json()["code"]) == (400, "too_many_events")

    def test_an_oversize_body_is_413_packed_or_not(self, send, event, workspace, logged):
        body = json.dumps({"batch": [event(properties={"a": "x" * 10_000}) for _ in range(60)]}).encode()
        for sent in (body, gzip.compress(body)):
            response = send("batch", sent)
            assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
        assert logged(workspace) == []

    def test_broken_gzip_is_400(self, send, event):
        whole = gzip.compress(json.dumps({"batch": [event()]}).encode())
        response = send("batch", whole[:-12])
        assert (response.status_code, response.json()["code"]) == (400, "bad_gzip")

    @pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head"])
    def test_another_method_is_405(self, method, client):
        response = getattr(client, method)("/v1/batch")
        assert response.status_code == 405
        assert response["Allow"] == "POST, OPTIONS"
        if method != "head":
            assert response.json()["code"] == "method_not_allowed"

    @pytest.mark.parametrize("path", ["", "tracks", "batch/5", "projects/x", "Track"])
    def test_another_address_is_404(self, path, send):
        response = send(path, {})
        assert (response.status_code, response.json()["code"]) == (404, "unknown_call")


class TestDuplicates:
    def test_a_retry_has_no_second_effect(self, send, event, workspace, logged):
        body = {"batch": [event(messageId="1"), event(messageId="2")]}
        for _ in range(3):
            assert send("batch", body).json() == {"success": True}
        assert ids(logged(workspace)) == ["1", "2"]

    def test_nor_one_without_messageid_or_time(self, send, workspace, logged):
        body = {"batch": [{"type": "track", "userId": "u", "event": "A"}, {"type": "identify", "userId": "u"}]}
        for minute in range(3):
            assert send("batch", body | {"sentAt": f"2026-03-02T12:0{minute}:00Z"}).json() == {"success": True}
        assert len(logged(workspace)) == 2

    def test_nor_one_whose_clock_runs_years_ahead(self, send, event, workspace, logged):
        body = event(messageId="1", timestamp="2099-01-01T00:00:00Z")
        for _ in range(2):
            assert send("track", body).status_code == 200
        [stored] = logged(workspace)
        assert stored.clamped
        assert stored.occurred_at == stored.received_at

    def test_the_same_message_twice_in_a_batch_counts_once(self, send, event, workspace, logged):
        assert send("batch", {"batch": [event(messageId="1")] * 3}).json() == {"success": True}
        assert ids(logged(workspace)) == ["1"]


class TestTime:
    def test_a_clocks_skew_is_taken_out(self, send, event, workspace, logged, monkeypatch, clock):
        monkeypatch.setattr(timezone, "now", lambda: clock)
        # The client's clock is a day slow.
        skewed = event(timestamp=None, originalTimestamp="2026-03-01T11:50:00Z")
        assert send("batch", {"batch": [skewed], "sentAt": "2026-03-01T12:00:00Z"}).status_code == 200
        [stored] = logged(workspace)
        assert stored.occurred_at.isoformat() == "2026-03-02T11:50:00+00:00"
        assert stored.received_at == clock


class TestWhenSomethingIsDown:
    def test_a_database_that_fails_is_503_and_the_client_shall_retry(self, send, event, monkeypatch, workspace, logged):
        def fail(*_args, **_keywords):
            raise OperationalError("the server closed the connection unexpectedly")

        with monkeypatch.context() as patch:
            patch.setattr(log, "_execute", fail)
            response = send("track", event(messageId="1"))
        assert response.status_code == 503
        assert int(response["Retry-After"]) > 0
        assert response["Access-Control-Expose-Headers"] == "ETag, Retry-After"
        assert response.json()["code"] == "unavailable"
        assert logged(workspace) == []
        assert send("track", event(messageId="1")).status_code == 200
        assert ids(logged(workspace)) == ["1"]

    def test_a_database_that_is_away_is_one_line_in_the_log(self, send, event, workspace, logged, caplog, monkeypatch):
        def away(*_arguments):
            connection.close()
            raise OperationalError("the server closed the connection\nThis probably means nothing good")

        with monkeypatch.context() as patch:
            patch.setattr(statements.STATEMENTS, "_run", away)
            assert send("track", event(messageId="1")).status_code == 503
        [line] = [record for record in caplog.records if record.name == "onboarding.intake.endpoint"]
        assert line.getMessage().startswith("The database is away (the server closed the connection);")
        assert line.exc_info is None
        assert send("track", event(messageId="1")).status_code == 200
        assert ids(logged(workspace)) == ["1"]

    def test_without_redis_events_are_taken_all_the_same(
        self, send, event, workspace, logged, settings, monkeypatch, caplog
    ):
        nowhere = redis.Redis.from_url("unix:///nowhere/redis.sock")
        monkeypatch.setattr(wakes, "_redis", lambda: nowhere)
        monkeypatch.setattr(wakes, "_silent_until", 0.0)
        with caplog.at_level(logging.WARNING):
            assert send("track", event(messageId="1")).json() == {"success": True}
            until = time.monotonic() + 20
            while "could not be called" not in caplog.text:
                assert time.monotonic() < until
                time.sleep(0.02)
        assert ids(logged(workspace)) == ["1"]

    def test_a_defect_is_500_in_json_and_in_the_log(self, send, event, monkeypatch, caplog):
        monkeypatch.setattr(endpoint, "take", lambda *_args, **_keywords: 1 / 0)
        response = send("track", event())
        assert (response.status_code, response.json()["code"]) == (500, "internal_error")
        assert "ZeroDivisionError" in caplog.text


class TestBrowsers:
    def test_the_preflight_allows_what_the_sdk_sends(self, client):
        response = client.options(
            "/v1/t",
            HTTP_ORIGIN="https://customer.example",
            HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST",
            HTTP_ACCESS_CONTROL_REQUEST_HEADERS="authorization,content-type,x-retry-count",
        )
        assert response.status_code == 204
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "POST" in response["Access-Control-Allow-Methods"]
        allowed = {name.strip() for name in response["Access-Control-Allow-Headers"].split(",")}
        assert {"authorization", "content-type", "x-retry-count"} <= allowed

    @pytest.mark.parametrize("body", [{"batch": []}, 5])
    def test_any_site_may_read_the_answer_good_or_bad(self, body, send):
        response = send("batch", body)
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Access-Control-Expose-Headers"] == "ETag, Retry-After"

    def test_the_settings_say_where_to_send(self, client, write_key):
        response = client.get(f"/v1/projects/{write_key}/settings", HTTP_HOST="localhost:8123")
        assert response.status_code == 200
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response.json() == {
            "integrations": {
                "Segment.io": {"apiKey": write_key, "apiHost": "localhost:8123/v1", "protocol": "http"},
            }
        }

    def test_behind_a_proxy_the_settings_name_the_proxy(self, client, write_key):
        response = client.get(
            f"/v1/projects/{write_key}/settings",
            HTTP_X_FORWARDED_HOST="events.customer.example",
            HTTP_X_FORWARDED_PROTO="https",
        )
        destination = response.json()["integrations"]["Segment.io"]
        assert (destination["protocol"], destination["apiHost"]) == ("https", "events.customer.example/v1")
        assert "private" in response["Cache-Control"]

    @pytest.mark.parametrize("path", ["/v1/batch", "/v1/projects/x/settings", "/batch/"])
    def test_under_a_name_that_is_not_the_servers_the_answer_is_json_too(self, path, client):
        response = client.get(path, HTTP_HOST="elsewhere.example")
        assert (response.status_code, response.json()["code"]) == (400, "bad_request")
        assert "FIRSTMILE_ALLOWED_HOSTS" in response.json()["message"]
        assert response["Access-Control-Allow-Origin"] == "*"

    def test_and_pages_stay_pages(self, client):
        response = client.get("/workspaces/", HTTP_HOST="elsewhere.example")
        assert (response.status_code, response["Content-Type"]) == (400, "text/html; charset=utf-8")

    def test_the_settings_of_a_wrong_or_a_secret_key_are_404(self, client, workspace):
        _, secret = ApiKey.issue(workspace, kind="secret", name="server")
        for key in ("wrong", secret):
            response = client.get(f"/v1/projects/{key}/settings")
            assert (response.status_code, response.json()["code"]) == (404, "bad_key")
