"""The short way to flags answers what Django would."""

import io

import pytest

from config.wsgi import application
from onboarding.features import ofrep
from onboarding.intake import gateway

# What Django's own middleware adds, or the test client leaves out.
NOT_COMPARED = {"X-Request-ID", "X-Frame-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy",
                "Content-Security-Policy", "Vary", "Content-Length"}  # fmt: skip
GIL = b'{"context": {"targetingKey": "gil"}}'
REQUESTS = {
    "single": ("POST", "/ofrep/v1/evaluate/flags/dashboards", GIL),
    "bulk": ("POST", "/ofrep/v1/evaluate/flags", GIL),
    "unknown flag": ("POST", "/ofrep/v1/evaluate/flags/teleport", GIL),
    "no flag at all": ("POST", "/ofrep/v1/evaluate/flags/\u00c3\u00bcnlock", GIL),
    "no json": ("POST", "/ofrep/v1/evaluate/flags", b"{"),
    "wrong method": ("GET", "/ofrep/v1/evaluate/flags", b""),
    "preflight": ("OPTIONS", "/ofrep/v1/evaluate/flags", b""),
    "description": ("GET", "/ofrep/v1/openapi.json", b""),
    "elsewhere": ("GET", "/ofrep/v1/configuration", b""),
    "too large": ("POST", "/ofrep/v1/evaluate/flags", b"x" * 70_000),
}


@pytest.fixture
def call(flags_key):
    def request(method, path, body=b"", **environ):
        told = {}

        def start_response(status, headers):
            told["status"], told["headers"] = status, dict(headers)

        pieces = gateway.before(lambda *_: pytest.fail("these are pages"), find=ofrep.find)(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "HTTP_HOST": "localhost",
                "HTTP_AUTHORIZATION": f"Bearer {flags_key}",
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.input": io.BytesIO(body),
                "wsgi.url_scheme": "http",
                **environ,
            },
            start_response,
        )
        return told["status"], told["headers"], b"".join(pieces)

    return request


@pytest.mark.parametrize("what", REQUESTS)
def test_it_answers_as_django_does(what, call, client, flags_key, climb):
    climb("gil", "Connected")
    method, path, body = REQUESTS[what]
    status, headers, answer = call(method, path, body)
    through_django = path.encode("latin-1").decode()
    response = client.generic(method, through_django, body, HTTP_AUTHORIZATION=f"Bearer {flags_key}")
    assert status.startswith(f"{response.status_code} ")
    assert answer == response.content
    ours = {name: value for name, value in headers.items() if name not in NOT_COMPARED}
    assert ours == {
        name: value for name, value in response.headers.items() if name in ours or name in ("ETag", "Allow")
    }


def test_304_says_nothing_of_a_body(call, climb):
    climb("gil", "Connected")
    tag = call("POST", "/ofrep/v1/evaluate/flags", GIL)[1]["ETag"]
    status, headers, body = call("POST", "/ofrep/v1/evaluate/flags", GIL, HTTP_IF_NONE_MATCH=tag)
    assert (status, body) == ("304 Not Modified", b"")
    assert headers["ETag"] == tag
    assert not {"Content-Length", "Content-Type"} & headers.keys()


def test_the_web_server_is_given_both_short_ways_and_the_pages(ladder, flags_key):
    told = []
    for path in ("/ofrep/v1/evaluate/flags", "/v1/track", "/healthz"):
        environ = {
            "REQUEST_METHOD": "POST" if path != "/healthz" else "GET",
            "PATH_INFO": path,
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "HTTP_HOST": "localhost",
            "CONTENT_LENGTH": "0",
            "wsgi.input": io.BytesIO(b""),
            "wsgi.url_scheme": "http",
        }
        b"".join(application(environ, lambda status, headers: told.append(status)))
    assert [status[:3] for status in told] == ["401", "400", "200"]
