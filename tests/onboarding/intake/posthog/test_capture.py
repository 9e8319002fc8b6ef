"""PostHog's capture calls: every body form, the answers that its SDKs expect, and nothing lost beside what is bad."""

import base64
import gzip
import json
from urllib.parse import quote

import pytest
from django.utils import timezone

from tests.onboarding.intake.described import assert_described

PATHS = ["batch/", "batch", "capture/", "capture", "e/", "e", "i/v0/e/", "i/v0/e", "i/v0/ai/batch/"]


def event(number=1, **fields) -> dict:
    return {
        "event": "Report Shared",
        "distinct_id": "dora",
        "uuid": f"0195a000-0000-7000-8000-{number:012}",
        "timestamp": "2026-03-02T11:00:00.123456+00:00",
        "properties": {"number": number},
    } | fields


@pytest.fixture
def post(client):
    def send(path: str, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        response = client.post(
            f"/{path}", data, content_type=headers.pop("content_type", "application/json"), **headers
        )
        assert_described("POST", f"/{path}", response.status_code, response.headers, response.content)
        return response

    return send


class TestBodies:
    @pytest.mark.parametrize("path", PATHS)
    def test_a_batch_may_be_sent_to_each_address(self, path, post, write_key, workspace, logged):
        response = post(path, {"api_key": write_key, "batch": [event(1), event(2)], "sent_at": None})
        assert (response.status_code, response.json()) == (200, {"status": 1})
        assert [(e.event, e.sender, e.properties) for e in logged(workspace)] == [
            ("Report Shared", "u:dora", {"number": 1}),
            ("Report Shared", "u:dora", {"number": 2}),
        ]

    def forms(self, value) -> dict:
        text = json.dumps(value)
        packed = base64.b64encode(text.encode()).decode()
        zipped = base64.b64encode(gzip.compress(text.encode())).decode()
        return {
            "plain": text.encode(),
            "gzip": gzip.compress(text.encode()),
            "form": f"data={quote(text)}".encode(),
            "form in base64": f"data={quote(packed)}&compression=base64".encode(),
            "form in base64, not escaped": f"data={packed}".encode(),
            "form in urlsafe base64": b"data=" + base64.urlsafe_b64encode(text.encode()).rstrip(b"="),
            "form with gzip in base64": f"ip=1&data={quote(zipped)}".encode(),
        }

    @pytest.mark.parametrize(
        "form",
        ["plain", "gzip", "form", "form in base64", "form in base64, not escaped", "form in urlsafe base64",
         "form with gzip in base64"],
    )  # fmt: skip
    @pytest.mark.parametrize("shape", ["one", "list", "batch"])
    def test_every_form_and_shape_is_read(self, form, shape, post, write_key, workspace, logged):
        first = event(1, properties={"number": 1, "token": write_key, "text": "ÿ?>~"})
        body = {"one": first, "list": [first], "batch": {"batch": [first]}}[shape]
        response = post("e/?compression=gzip-js", self.forms(body)[form], content_type="text/plain")
        assert (response.status_code, response.json()) == (200, {"status": 1})
        [stored] = logged(workspace)
        assert stored.properties == {"number": 1, "text": "ÿ?>~"}

    @pytest.mark.parametrize("where", ["api_key", "token"])
    def test_the_key_stands_under_either_name(self, where, post, write_key):
        assert post("batch/", {where: write_key, "batch": [event()]}).status_code == 200
        assert post("capture/", event() | {where: write_key}).status_code == 200
        assert post("capture/", f"{where}={write_key}&data={quote(json.dumps(event()))}".encode()).status_code == 200

    def test_a_larger_body_than_segments_is_taken(self, post, write_key, workspace, logged):
        large = [event(n, properties={"text": "x" * 30_000}) for n in range(100)]
        assert post("batch/", {"api_key": write_key, "batch": large}).json() == {"status": 1}
        assert len(logged(workspace)) == 100


class TestTime:
    def test_the_clocks_error_is_taken_out_and_a_retry_is_a_duplicate(
        self, post, write_key, workspace, logged, monkeypatch, clock
    ):
        monkeypatch.setattr(timezone, "now", lambda: clock)
        for seconds in (0, 9):  # the retry says its own sent_at
            sent_at = f"2026-03-01T12:00:0{seconds}+00:00"  # a day slow
            body = {"api_key": write_key, "batch": [event(timestamp="2026-03-01T11:50:00+00:00")], "sent_at": sent_at}
            assert post("batch/", body).status_code == 200
        [stored] = logged(workspace)
        assert stored.occurred_at.isoformat() == "2026-03-02T11:50:00+00:00"
        assert stored.client_at.isoformat() == "2026-03-01T11:50:00+00:00"

    def test_history_keeps_its_times(self, post, write_key, workspace, logged):
        body = {"api_key": write_key, "batch": [event()], "sent_at": "2026-01-01", "historical_migration": True}
        assert post("batch/", body).status_code == 200
        [stored] = logged(workspace)
        assert stored.occurred_at.isoformat() == "2026-03-02T11:00:00.123456+00:00"

    def test_the_browser_says_in_the_query_when_it_sent(self, post, write_key, workspace, logged, monkeypatch, clock):
        monkeypatch.setattr(timezone, "now", lambda: clock)
        hour_late = int(clock.timestamp() - 3600) * 1000
        body = event(api_key=write_key, timestamp="2026-03-02T10:59:00Z")
        assert post(f"e/?ip=0&_={hour_late}", body).status_code == 200
        [stored] = logged(workspace)
        assert stored.occurred_at.isoformat() == "2026-03-02T11:59:00+00:00"


class TestWhatIsBad:
    def test_costs_itself_and_no_neighbour(self, post, write_key, workspace, logged, rejected):
        batch = [event(1), 5, event(2), event(3, distinct_id=None), event(4, event=""), event(5)]
        response = post("batch/", {"api_key": write_key, "batch": batch})
        answer = response.json()
        assert (response.status_code, answer["status"], answer["accepted"]) == (200, 1, 3)
        assert [(r["index"], r["code"]) for r in answer["rejected"]] == [
            (1, "not_an_object"),
            (3, "missing_identity"),
            (4, "missing_event_name"),
        ]
        assert [e.properties["number"] for e in logged(workspace)] == [1, 2, 5]
        assert len(rejected(workspace)) == 3

    def test_the_place_is_that_of_the_event_not_of_its_messages(self, post, write_key, workspace, logged):
        two = event(1, properties={"$set": {"plan": "team"}})
        answer = post(
            "batch/", {"api_key": write_key, "batch": [two, two | {"uuid": "b"}, event(3, event=None)]}
        ).json()
        assert (answer["accepted"], answer["rejected"][0]["index"]) == (2, 2)
        assert [e.type for e in logged(workspace)] == ["track", "identify", "track", "identify"]

    def test_a_single_one_is_400_in_posthogs_words(self, post, write_key):
        response = post("capture/", event(api_key=write_key, event=None))
        answer = response.json()
        assert response.status_code == 400
        assert (answer["code"], answer["type"], answer["detail"]) == (
            "missing_event_name",
            "validation_error",
            answer["message"],
        )

    @pytest.mark.parametrize(
        "body", [b"", b"{", b"5", b"{}x", b"data=%", b"data=5", b"\x1f\x8b", b'{"batch": 5}', b"[" * 300_000]
    )
    def test_what_is_no_event_is_400(self, body, post):
        assert post("batch/", body).status_code == 400

    def test_no_key_or_a_wrong_one_is_401(self, post, workspace, logged):
        for body in ({"batch": [event()]}, {"api_key": "phc_wrong", "batch": [event()]}):
            response = post("batch/", body)
            assert response.status_code == 401
            assert (response.json()["code"], response.json()["type"]) == ("bad_key", "authentication_error")

    def test_a_body_of_many_megabytes_is_413_so_that_node_halves_it(self, post, write_key):
        response = post("batch/", b" " * 5_000_000)
        assert (response.status_code, response.json()["code"]) == (413, "body_too_large")

    def test_a_body_of_brackets_is_refused_before_it_fills_the_memory(self, post, write_key):
        response = post("batch/", b'{"batch": [' + b"{}," * 300_000 + b"{}]}")
        assert (response.status_code, response.json()["code"]) == (400, "too_many_events")

    def test_another_method_is_405(self, client):
        assert client.get("/batch/").status_code == 405


class TestTheNewerProtocol:
    def test_it_answers_for_each_event(self, post, write_key, workspace, logged):
        good = event(1, options={"process_person_profile": False}, session_id="s")
        bad = event(2, event=None, options={})
        response = post(
            "i/v1/analytics/events",
            {"created_at": "2026-03-02T12:00:00Z", "batch": [good, bad]},
            HTTP_AUTHORIZATION=f"Bearer {write_key}",
            HTTP_POSTHOG_REQUEST_TIMESTAMP="2026-03-02T12:00:00+00:00",
        )
        results = response.json()["results"]
        assert response.status_code == 200
        assert results[good["uuid"]] == {"result": "ok"}
        assert results[bad["uuid"]]["result"] == "drop"
        assert results[bad["uuid"]]["details"].startswith("missing_event_name")
        assert [e.sender for e in logged(workspace)] == ["a:dora"]


class TestWhatElseItsClientsAsk:
    @pytest.mark.parametrize("path", ["flags/?v=2", "flags", "decide/?v=3"])
    def test_there_are_no_flags(self, path, post):
        response = post(path, {"api_key": "phc", "distinct_id": "dora"})
        assert response.status_code == 200
        assert (response.json()["flags"], response.json()["featureFlags"]) == ({}, {})

    def test_browsers_of_any_site_may_call(self, client):
        response = client.options(
            "/e/", HTTP_ORIGIN="https://customer.example", HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST"
        )
        assert response.status_code == 204
        assert response["Access-Control-Allow-Origin"] == "*"
