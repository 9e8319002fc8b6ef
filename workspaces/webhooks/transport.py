"""One POST to a customer's server, which may be slow, broken or hostile: bounded in time, size and reach.

The host is looked up once, every address is checked, and the connection goes to one of the addresses that were
checked, with the host's own name for TLS and for the Host header. Nothing is followed: a redirect is a failure.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

from workspaces.webhooks import addresses
from workspaces.webhooks.addresses import Refused, Resolver
from workspaces.webhooks.deadline import Deadline, TooLate
from workspaces.webhooks.targets import Target, parse

SECONDS = 15.0  # for everything: the look-up, the connection, the request, the answer
MOST_READ = 64 * 1024
MOST_KEPT = 1024
OK, GONE = range(200, 300), 410


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an attempt. `error` is empty if and only if the message was delivered."""

    status: int | None = None
    error: str = ""
    response: str = ""
    seconds: float = 0.0

    @property
    def delivered(self) -> bool:
        return not self.error

    @property
    def gone(self) -> bool:
        return self.status == GONE


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator allows, and what tests replace."""

    allow_private: bool = False
    allow_http: bool = False
    seconds: float = SECONDS
    resolve: Resolver = addresses.resolve
    tls: ssl.SSLContext | None = None


def post(url: str, body: bytes, headers: Mapping[str, str], rules: Rules) -> Answer:
    """Send `body`. Whatever goes wrong is an Answer; nothing is raised."""
    began = time.monotonic()
    status, error, response = None, "", b""
    try:
        target = parse(url, allow_private=rules.allow_private, allow_http=rules.allow_http)
        with Deadline(rules.seconds) as deadline:
            status, response = _exchange(target, body, headers, rules, deadline)
        error = "" if status in OK else _words(status)
    except Refused as refusal:
        error = str(refusal)
    except TooLate:
        error = f"It did not answer within {rules.seconds:g} seconds."
    except ssl.SSLCertVerificationError as failure:
        error = f"The certificate is not valid for this address: {failure.verify_message}."
    except ssl.SSLError as failure:
        error = f"No secure connection could be made: {failure.reason or failure}."
    except (OSError, http.client.HTTPException, ValueError) as failure:
        error = _broken(failure)
    text = response[:MOST_KEPT].decode("utf-8", "replace").replace("\x00", "\ufffd")
    return Answer(status, error[:300], text, time.monotonic() - began)


def _exchange(
    target: Target, body: bytes, headers: Mapping[str, str], rules: Rules, deadline: Deadline
) -> tuple[int, bytes]:
    found = deadline.wait_for(
        lambda: addresses.checked(target.host, target.port, resolve=rules.resolve, allow_private=rules.allow_private)
    )
    connection = http.client.HTTPConnection(target.host, target.port)
    try:
        connection.sock = connect(target, found, rules, deadline)
        connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
        every = {
            "Host": target.authority,
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "User-Agent": "Firstmile-Webhooks/1",
            "Accept": "*/*",
            "Connection": "close",
            **headers,
        }
        for name, value in every.items():
            connection.putheader(name, value)
        with deadline.tells():
            connection.endheaders(body)
            answer = connection.getresponse()
        return answer.status, _beginning(answer)
    finally:
        connection.close()


def connect(target: Target, found: list[str], rules: Rules, deadline: Deadline) -> socket.socket:
    """To the first of the checked addresses that takes the connection; never by the name."""
    failure: OSError = OSError("no address")
    for untried, address in zip(range(len(found), 0, -1), found, strict=True):
        try:
            plain = socket.create_connection((address, target.port), timeout=deadline.left() / untried)
        except OSError as error:
            failure = error
            continue
        deadline.cuts(plain)
        return _secured(plain, target, rules, deadline) if target.tls else plain
    deadline.left()  # that it took too long says more than which error came of it
    raise failure


def _secured(plain: socket.socket, target: Target, rules: Rules, deadline: Deadline) -> socket.socket:
    """The certificate must name the host of the URL, whatever address it was found at."""
    context = rules.tls or ssl.create_default_context()
    secure = context.wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False)
    try:
        deadline.cuts(secure)
        with deadline.tells():
            secure.do_handshake()
    except BaseException:
        secure.close()
        raise
    return secure


def _beginning(answer: http.client.HTTPResponse) -> bytes:
    """The answer as far as it is read. Its status has been given: what becomes of the rest changes nothing."""
    read = b""
    try:
        while len(read) < MOST_READ and (piece := answer.read1(MOST_READ - len(read))):
            read += piece
    except (OSError, http.client.HTTPException, ValueError):
        return read
    return read


def _words(status: int) -> str:
    if status in range(300, 400):
        return f"It answered {status}, a redirect, which is not followed. Enter the address that it leads to."
    if status == GONE:
        return "It answered 410 Gone."
    name = http.client.responses.get(status, "")
    return f"It answered {status} {name}".strip() + "."


def _broken(failure: Exception) -> str:
    match failure:
        case ConnectionRefusedError():
            return "Nothing listens at this address."
        case http.client.RemoteDisconnected() | ConnectionResetError() | BrokenPipeError():
            return "The connection was closed before an answer came."
        case TimeoutError():
            return "It did not answer in time."
        case OSError():
            return f"It cannot be reached: {failure.strerror or failure}."
    return f"What it answered is not HTTP: {str(failure)[:100] or type(failure).__name__}."
