"""A reverse proxy on loopback that does to clients what networks and overloaded servers do, by a plan."""

import http.client
import itertools
import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

UPSTREAM_SECONDS = 60
HOP_BY_HOP = ("connection", "keep-alive", "transfer-encoding", "content-length")


class Fault(StrEnum):
    """What happens to one request, and whether the server has stored its events by then."""

    NONE = "passed on"
    BUSY = "503 with Retry-After, nothing stored"
    BUSY_BUT_STORED = "503 with Retry-After, though stored"
    LIMITED = "429 with Retry-After, nothing stored"
    LIMITED_BUT_STORED = "429 with Retry-After, though stored"
    DROPPED = "connection dropped, nothing stored"
    DROPPED_BUT_STORED = "connection dropped, though stored"
    CUT = "half an answer, though stored"
    SLOW = "a slow answer"


EVERY = (
    Fault.BUSY,
    Fault.NONE,
    Fault.DROPPED_BUT_STORED,
    Fault.NONE,
    Fault.LIMITED,
    Fault.NONE,
    Fault.CUT,
    Fault.NONE,
    Fault.BUSY_BUT_STORED,
    Fault.NONE,
    Fault.DROPPED,
    Fault.NONE,
    Fault.SLOW,
    Fault.LIMITED_BUT_STORED,
)
STATUS = {
    Fault.BUSY: 503,
    Fault.BUSY_BUT_STORED: 503,
    Fault.LIMITED: 429,
    Fault.LIMITED_BUT_STORED: 429,
}
FAULTY = {
    "Content-Type": "application/json",
    "Retry-After": "1",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Retry-After",
}
STORED = {Fault.BUSY_BUT_STORED, Fault.LIMITED_BUT_STORED, Fault.DROPPED_BUT_STORED}


class Proxy(ThreadingHTTPServer):
    """Passes requests on to `upstream`, a port of this machine, and lets the plan happen to each POST in turn."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, upstream: int, plan: Sequence[Fault]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.plan = itertools.chain(plan, itertools.repeat(Fault.NONE))
        self.planned = Counter(plan)
        self.happened: Counter[Fault] = Counter()
        # (method, path, status that the server gave or None, Content-Encoding) of each request.
        self.seen: list[tuple[str, str, int | None, str]] = []
        self.answers: list[tuple[str, str, int, bytes]] = []
        self.last_at = time.monotonic()
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def next_fault(self) -> Fault:
        with self.lock:
            fault = next(self.plan)
            self.happened[fault] += 1
            return fault

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that go away in the middle are what this is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def do_GET(self) -> None:
        self._pass_on(Fault.NONE)

    do_OPTIONS = do_GET

    def do_POST(self) -> None:
        asks = self.path.startswith("/flags")  # is no delivery
        self._pass_on(Fault.NONE if asks else self.server.next_fault())

    def _pass_on(self, fault: Fault) -> None:
        body = self._body()
        status, headers, answer = None, [], b""
        if fault in (Fault.NONE, Fault.CUT, Fault.SLOW) or fault in STORED:
            status, headers, answer = self._ask(body)
        with self.server.lock:
            encoding = self.headers.get("Content-Encoding", "")
            self.server.seen.append((self.command, self.path, status, encoding))
            self.server.last_at = time.monotonic()
        if fault is Fault.SLOW:
            time.sleep(0.4)
        if fault in (Fault.DROPPED, Fault.DROPPED_BUT_STORED):
            self.close_connection = True
            return
        if fault in STATUS:
            status, answer = STATUS[fault], b'{"code": "unavailable", "message": "An injected fault."}'
            headers = list(FAULTY.items())
        assert status is not None
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if fault is Fault.CUT:
            self.wfile.write(answer[: len(answer) // 2])
            self.close_connection = True
            return
        self.wfile.write(answer)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=UPSTREAM_SECONDS)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            connection.request(self.command, self.path, body, headers)
            response = connection.getresponse()
            answer = response.read()
            with self.server.lock:
                self.server.answers.append((self.command, self.path, response.status, answer))
            return response.status, [(n, v) for n, v in response.getheaders() if n.lower() not in HOP_BY_HOP], answer
        finally:
            connection.close()

    def log_message(self, *arguments: Any) -> None:
        pass


@contextmanager
def proxy(upstream: int, plan: Sequence[Fault] = EVERY):
    server = Proxy(upstream, plan)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
