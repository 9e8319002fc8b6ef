"""The short way in answers what Django would, and hands on what is not its own."""

import io
import json

import pytest
from django.test import RequestFactory

from onboarding.intake import endpoint, gateway
from onboarding.intake.limits import MAX_BODY_BYTES


def no_pages(environ, start_response):
    raise AssertionError(environ["PATH_INFO"])


@pytest.fixture
def call(write_key):
    def request(method="POST", path="/v1/track", body=b"", **environ):
        told = {}

        def start_response(status, headers):
            told["status"], told["headers"] = status, dict(headers)

        pieces = gateway.before(no_pages)(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "QUERY_STRING": "",
                "SERVER_NAME": "localhost",
                "SERVER_PORT": "80",
                "HTTP_HOST": "localhost:8000",
                "HTTP_AUTHORIZATION": f"Bearer {write_key}",
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.input": io.BytesIO(body),
                "wsgi.url_scheme": "http",
                **environ,
            },
            start_response,
        )
        return told["status"], told["headers"], b"".join(pieces)

    return request


REQUESTS = {
    "good": ("POST", "/v1/track", b'{"userId": "dora", "event": "A"}'),
    "bad": ("POST", "/v1/track", b'{"userId": "dora"}'),
    "no json": ("POST", "/v1/batch", b"{"),
    "a batch": ("POST", "/v1/batch", b'{"batch": [{"type": "track", "userId": "d", "event": "B"}, 5]}'),
    "preflight": ("OPTIONS", "/v1/t", b""),
    "wrong method": ("GET", "/v1/batch", b""),
    "head": ("HEAD", "/v1/batch", b""),
    "unknown": ("POST", "/v1/tracks", b"{}"),
    "settings": ("GET", "/v1/projects/KEY/settings", b""),
    "settings of nobody": ("GET", "/v1/projects/fm_write_x/settings", b""),
}
# What Django's own middleware adds or the test client leaves out.
NOT_COMPARED = {
    "X-Request-ID",
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "Content-Security-Policy",
    "Vary",
}


@pytest.mark.parametrize("method, path, body", REQUESTS.values(), ids=REQUESTS)
def test_it_answers_as_django_does(method, path, body, call, client, write_key):
    path = path.replace("KEY", write_key)
    status, headers, answer = call(method, path, body)
    response = client.generic(method, path, body, HTTP_AUTHORIZATION=f"Bearer {write_key}", HTTP_HOST="localhost:8000")
    assert status.startswith(f"{response.status_code} ")
    if method != "HEAD":
        assert answer == response.content
    common = {name: value for name, value in headers.items() if name not in {"Content-Length", *NOT_COMPARED}}
    assert common == {
        name: value
        for name, value in response.headers.items()
        if name not in NOT_COMPARED and name in {*common, "Retry-After", "Allow"}
    }


@pytest.mark.parametrize("path, status", [("/healthz", 200), ("/v1", 301), ("/v10/track", 404), ("/v1/x", 404)])
def test_everything_else_is_the_pages(path, status):
    from config.wsgi import application

    environ = RequestFactory().get(path).environ
    told = []
    body = b"".join(application(environ, lambda line, headers: told.append((line, dict(headers)))))
    assert told[0][0].startswith(str(status))
    assert (b"unknown_call" in body) == path.startswith("/v1/")


def test_a_request_keeps_the_id_that_its_caller_gave_it(call):
    assert call("GET", "/v1/x", HTTP_X_REQUEST_ID="request-12345")[1]["X-Request-ID"] == "request-12345"
    assert call("GET", "/v1/x", HTTP_X_REQUEST_ID="<script>")[1]["X-Request-ID"].isalnum()


def test_what_fails_leaves_a_line_with_the_requests_id(call, monkeypatch, caplog):
    monkeypatch.setattr(endpoint, "take", lambda *_arguments, **_keywords: 1 / 0)
    assert call(body=b'{"userId": "d", "event": "A"}', HTTP_X_REQUEST_ID="request-12345")[0].startswith("500")
    assert [r.status for r in caplog.records if r.name == "onboarding.intake.gateway"] == [500]


def test_a_body_that_comes_in_pieces_is_read_whole(call, workspace, logged):
    class Trickle(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 7))

    body = b'{"messageId": "1", "userId": "dora", "event": "A"}'
    for environ in ({}, {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}):
        assert call(body=body, **{"wsgi.input": Trickle(body), **environ})[0].startswith("200")
    assert len(logged(workspace)) == 1


def test_one_that_ends_too_soon_is_not_taken(call, workspace, logged):
    body = b'{"userId": "dora", "event": "A"}'
    status, _, answer = call(body=body, CONTENT_LENGTH=str(len(body) + 1))
    assert (status[:3], json.loads(answer)["code"]) == ("400", "body_unreadable")
    assert logged(workspace) == []


def test_a_connection_that_breaks_while_it_is_read_is_told_so(call):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("connection reset")

    status, _, answer = call(CONTENT_LENGTH="10", **{"wsgi.input": Broken()})
    assert (status[:3], json.loads(answer)["code"]) == ("400", "body_unreadable")


@pytest.mark.parametrize("length", ["-1", "x", "1e3", "٣", ""])
def test_a_length_that_is_none_is_an_empty_body(length, call):
    status, _, answer = call(body=b"{}", CONTENT_LENGTH=length)
    assert (status[:3], json.loads(answer)["code"]) == ("400", "bad_json")


def test_an_endless_body_is_given_up(call):
    class Endless(io.BytesIO):
        given = 0

        def read(self, size=-1):
            Endless.given += size
            return b" " * size

    environ = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": Endless()}
    status, _, answer = call(**environ)
    assert (status[:3], json.loads(answer)["code"]) == ("413", "body_too_large")
    assert Endless.given < 20 * MAX_BODY_BYTES


def test_a_host_that_is_not_served_gets_no_settings(call, write_key):
    status, _, answer = call("GET", f"/v1/projects/{write_key}/settings", HTTP_HOST="evil.example")
    assert (status[:3], json.loads(answer)["code"]) == ("400", "unknown_host")


def test_behind_a_proxy_the_settings_name_its_scheme(call, write_key, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    _, _, answer = call("GET", f"/v1/projects/{write_key}/settings", HTTP_X_FORWARDED_PROTO="https")
    assert json.loads(answer)["integrations"]["Segment.io"]["protocol"] == "https"
