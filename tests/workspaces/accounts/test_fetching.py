"""Identity providers are asked at public addresses only, for so long, for so much."""

import http.server
import threading
import time
from collections.abc import Iterator

import pytest
import requests

from workspaces.accounts import fetching
from workspaces.webhooks import addresses

pytestmark = pytest.mark.pure


class Strange(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/good")
            self.end_headers()
            return
        if self.path == "/header":  # never silent for long, and never at an end
            for number in range(40):
                self.wfile.write(b"X: 1\r\n" if number else b"HTTP/1.1 200 OK\r\n")
                self.wfile.flush()
                time.sleep(0.05)
            return
        self.send_response(200)
        self.end_headers()
        if self.path == "/good":
            self.wfile.write(self.headers["Host"].encode())
        elif self.path == "/long":
            self.wfile.write(b"x" * (fetching.MOST_BYTES + 1))
        elif self.path == "/slow":
            for _ in range(20):
                self.wfile.write(b"x" * 16 * 1024)
                self.wfile.flush()
                time.sleep(0.1)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Strange) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield serving.server_port
        serving.shutdown()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{}/good",
        "https://localhost:{}/good",
        "https://[::1]:{}/good",
        "https://169.254.169.254/latest/",
        "https://metadata.google.internal/",
        "http://example.com/",
        "file:///etc/passwd",
        "https://user:secret@example.com/",
    ],
)
def test_the_inside_is_never_asked(server, url):
    with pytest.raises(fetching.Unreachable):
        fetching.get(url.format(server))


def test_a_name_whose_answer_changes_is_connected_to_where_it_was_checked(server, monkeypatch):
    """The first answer of DNS is public, every later one is this machine."""
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    monkeypatch.setattr(addresses, "resolve", lambda host, port: next(answers))
    connected: list = []

    def connect(address, *_, **__):
        connected.append(address[0])
        raise OSError("no network here")

    monkeypatch.setattr("socket.create_connection", connect)
    with pytest.raises(fetching.Unreachable):
        fetching.get(f"https://idp.example.com:{server}/good")
    assert connected == ["93.184.215.14"]


def test_a_name_that_leads_inside_is_refused(server, monkeypatch):
    monkeypatch.setattr(addresses, "resolve", lambda host, port: ["93.184.215.14", "10.0.0.7"])
    with pytest.raises(fetching.Unreachable, match="not a public address"):
        fetching.get("https://idp.example.com/good")


@pytest.fixture
def private_allowed(settings):
    settings.SSO_ALLOW_PRIVATE = True


def test_where_the_operator_allows_it_the_host_is_asked_by_its_name(server, private_allowed, monkeypatch):
    monkeypatch.setattr(addresses, "resolve", lambda host, port: ["127.0.0.1"])
    assert fetching.get(f"http://idp.example.com:{server}/good").text == f"idp.example.com:{server}"


def test_redirects_are_not_followed(server, private_allowed):
    with pytest.raises(fetching.Unreachable, match="redirect"):
        fetching.get(f"http://127.0.0.1:{server}/elsewhere")


def test_answers_that_never_end_are_cut(server, private_allowed, monkeypatch):
    with pytest.raises(fetching.Unreachable, match="too long"):
        fetching.get(f"http://127.0.0.1:{server}/long")
    monkeypatch.setattr(fetching, "SECONDS", 0.3)
    for path in ("slow", "header"):
        began = time.monotonic()
        with pytest.raises(fetching.Unreachable, match="in time"):
            fetching.get(f"http://127.0.0.1:{server}/{path}")
        assert time.monotonic() - began < 1


def test_a_look_up_that_never_ends_is_left_behind(private_allowed, monkeypatch):
    asked = threading.Event()
    monkeypatch.setattr(addresses, "resolve", lambda host, port: asked.wait(5) and [])
    monkeypatch.setattr(fetching, "SECONDS", 0.2)
    with pytest.raises(fetching.Unreachable, match="in time"):
        fetching.get("https://idp.example.com/good")
    asked.set()


def test_proxies_of_the_environment_are_not_used(server, private_allowed, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert fetching.get(f"http://127.0.0.1:{server}/good").status_code == requests.codes.ok
