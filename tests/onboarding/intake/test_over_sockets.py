"""The web server itself, over real connections: what no test client sends."""

import gzip
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from urllib.request import Request, urlopen

import pytest
from django.conf import settings
from django.db import connection

from tests.onboarding.intake.test_import_events import environment


@pytest.fixture(scope="module")
def server(django_db_setup) -> Iterator[int]:
    """The port of granian with threads, as production runs it, on this run's database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--blocking-threads", "8"]
    process = subprocess.Popen(
        [*granian, "--host", "127.0.0.1", "--port", str(port), "config.wsgi:application"],
        cwd=settings.BASE_DIR,
        env=environment() | {"PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                assert time.monotonic() < until, "the server does not listen"
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def talk(port: int, *pieces: bytes, pause: float = 0.05, patience: float = 10) -> bytes:
    """Send the pieces one after another and return what comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)
        answer = b""
        while received := connection.recv(65_536):
            answer += received
            if answer.endswith(b"}"):  # of the JSON
                break
        return answer


def head(key: str, *headers: str) -> bytes:
    lines = ["POST /v1/batch HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {key}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def ids(events) -> list[str]:
    return [event.message_id for event in events]


def test_a_body_in_chunks_arrives_whole(server, write_key, event, workspace, logged):
    body = gzip.compress(json.dumps({"batch": [event(messageId=f"{n:03}") for n in range(300)]}).encode())
    pieces = [body[at : at + 700] for at in range(0, len(body), 700)]
    chunks = [*(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces), b"0\r\n\r\n"]
    answer = talk(server, head(write_key, "Transfer-Encoding: chunked", "Content-Encoding: gzip"), *chunks)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b'{"success": true}')
    assert ids(logged(workspace)) == [f"{n:03}" for n in range(300)]


def test_a_body_that_trickles_in_arrives_whole(server, write_key, event, workspace, logged):
    body = json.dumps({"batch": [event(messageId="1")]}).encode()
    pieces = [body[at : at + 40] for at in range(0, len(body), 40)]
    answer = talk(server, head(write_key, f"Content-Length: {len(body)}"), *pieces)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert ids(logged(workspace)) == ["1"]


def test_endless_chunks_are_cut_off(server, write_key):
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    answer = talk(server, head(write_key, "Transfer-Encoding: chunked"), *[chunk] * 9, b"0\r\n\r\n", pause=0)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"body_too_large" in answer


def test_a_stated_length_beyond_the_limit_is_refused(server, write_key):
    answer = talk(server, head(write_key, "Content-Length: 900000"), b" " * 900_000, pause=0)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"body_too_large" in answer


def test_a_client_that_goes_away_in_the_middle_leaves_nothing(server, write_key, event, workspace, logged):
    body = json.dumps({"batch": [event(messageId="half")]}).encode()
    with socket.create_connection(("127.0.0.1", server)) as connection:
        connection.sendall(head(write_key, f"Content-Length: {len(body)}") + body[:-5])
    answer = talk(server, head(write_key, f"Content-Length: {len(body)}"), body.replace(b"half", b"next"))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert ids(logged(workspace)) == ["next"]


def test_senders_with_the_same_retries_at_once_store_everything_once(server, write_key, event, workspace, logged):
    batches = [[event(messageId=f"{batch}-{n:03}") for n in range(60)] for batch in range(8)]
    answers = []

    def sender(order: int) -> None:
        for batch in batches[order:] + batches[:order]:
            request = Request(
                f"http://127.0.0.1:{server}/v1/batch",
                gzip.compress(json.dumps({"batch": batch, "sentAt": "2026-03-02T12:00:00Z"}).encode()),
                {"Authorization": f"Bearer {write_key}", "Content-Encoding": "gzip"},
            )
            with urlopen(request, timeout=20) as response:
                answers.append((response.status, response.read()))

    threads = [threading.Thread(target=sender, args=(order,)) for order in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {(200, b'{"success": true}')}
    assert len(answers) == 6 * 8
    assert sorted(ids(logged(workspace))) == sorted(message["messageId"] for batch in batches for message in batch)


def test_while_the_database_hangs_health_checks_and_refusals_are_answered(server, write_key, event):
    """Far more senders than threads, and nobody gets to write: whoever finds no place to wait in hears of it."""
    body = json.dumps(event()).encode()
    request = head(write_key, f"Content-Length: {len(body)}").replace(b"/v1/batch", b"/v1/track") + body
    answers: list[bytes] = []
    senders = [threading.Thread(target=lambda: answers.append(talk(server, request, patience=60))) for _ in range(40)]
    blocker = connection.copy()
    try:
        blocker.set_autocommit(False)
        with blocker.cursor() as cursor:
            cursor.execute("LOCK TABLE keys_apikey IN ACCESS EXCLUSIVE MODE")
        for sender in senders:
            sender.start()
        until = time.monotonic() + 30
        while not answers:
            assert time.monotonic() < until
            time.sleep(0.05)
        with urlopen(f"http://127.0.0.1:{server}/healthz", timeout=20) as response:
            assert response.status == 200
        assert {answer[9:12] for answer in answers} == {b"503"}
        assert all(b"Retry-After: " in answer or b"retry-after: " in answer for answer in answers)
    finally:
        blocker.rollback()
        blocker.close()
    for sender in senders:
        sender.join()
    assert {answer[9:12] for answer in answers} == {b"200", b"503"}
