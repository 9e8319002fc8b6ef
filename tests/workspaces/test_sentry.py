"""Errors go to a server that speaks Sentry's protocol: that they happened and where, and nothing of anybody's."""

import gzip
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from config.sentry import without_what_was_chosen
from tests.processes import ROOT, environment

STORY = """
import django; django.setup()
import logging, sentry_sdk
from django.conf import settings
from django.test import RequestFactory
from workspaces.scope import cause

def view(email):
    raise LookupError(f"Key (workspace_id, key)=(1, u:dora-4711) of {email} is\\nDETAIL: dora.quill@initech.example")

with cause.caused_by("request-12345678", task_name="progress.advance"):
    try:
        view("dora.quill@initech.example")
    except LookupError:
        logging.getLogger("onboarding").exception("The engine of %s broke off", "dora-4711")
sentry_sdk.flush(5)
"""


@pytest.fixture
def sink():
    """A server that takes whatever is sent and keeps it."""
    taken = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            """Quietly."""

    server = HTTPServer(("127.0.0.1", 0), Take)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_address[1], taken
    server.shutdown()
    server.server_close()


def run(story, **variables):
    return subprocess.run(
        [sys.executable, "-c", story],
        cwd=ROOT,
        env={**environment(), "DJANGO_SETTINGS_MODULE": "config.settings", **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_error_arrives_with_its_place_and_without_anything_of_anybodys(sink):
    port, taken = sink
    ran = run(STORY, FIRSTMILE_SENTRY_DSN=f"http://public@127.0.0.1:{port}/7")
    assert ran.returncode == 0, ran.stderr
    sent = b"\n".join(taken)
    assert b"dora" not in sent.lower()
    assert b"initech" not in sent.lower()
    (event,) = [json.loads(line) for line in sent.splitlines() if b'"exception"' in line]
    (error,) = event["exception"]["values"]
    assert (error["type"], error["value"]) == ("LookupError", "Key …=… of … is")
    assert error["stacktrace"]["frames"][-1]["function"] == "view"
    assert event["tags"] == {"request_id": "request-12345678", "task": "progress.advance"}
    assert event["logentry"]["message"] == "The engine of %s broke off"
    assert not {"user", "request", "breadcrumbs", "server_name", "extra", "modules"} & event.keys()


def test_a_dsn_that_is_none_stops_the_start():
    ran = run("import django; django.setup()", FIRSTMILE_SENTRY_DSN="not a dsn")
    assert ran.returncode != 0
    assert "FIRSTMILE_SENTRY_DSN is no DSN" in ran.stderr


@pytest.mark.pure
def test_of_a_text_only_what_the_code_says_stays():
    said = 'value "Dora Quill" violates check; see https://x.example/u/42 for dora-4711-token or 4711001 (u:dora)'
    assert without_what_was_chosen(said) == "value … violates check; see … for … or … …"
