"""One POST to a server that cannot be trusted: where it goes, how long it takes, how much of the answer is read."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.workspaces.webhooks.receiver import drip, receiver, status, wait
from workspaces.webhooks.transport import Rules, post

pytestmark = pytest.mark.pure

LOOPBACK = "127.0.0.1"


def rules(**changes) -> Rules:
    return Rules(**{"allow_private": True, "allow_http": True, "seconds": 1.0, **changes})


def test_a_host_is_looked_up_once_so_that_an_answer_that_changes_helps_nobody(monkeypatch):
    """DNS rebinding: public when it is checked, inside when it would be connected to."""
    answers = [["8.8.8.8"], [LOOPBACK]]
    connected = []

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    to = rules(allow_private=False, resolve=lambda *_: answers.pop(0))
    assert not post("http://rebind.example.com:8080/", b"{}", {}, to).delivered
    assert connected == [("8.8.8.8", 8080)]
    assert answers == [[LOOPBACK]]
    assert "not a public address" in post("http://rebind.example.com:8080/", b"{}", {}, to).error
    assert len(connected) == 1


def test_it_connects_to_the_address_that_was_checked_and_names_the_host():
    with receiver() as there:
        answer = post(f"http://hooks.example.com:{there.port}/x?y=1", b"{}", {}, rules(resolve=lambda *_: [LOOPBACK]))
    assert answer.delivered
    assert there.requests[0].headers["host"] == f"hooks.example.com:{there.port}"
    assert there.requests[0].path == "/x?y=1"


def test_the_next_address_is_tried_when_one_takes_no_connection():
    with receiver() as there:
        found = ["127.0.0.2", LOOPBACK]  # on the former nobody listens
        assert post(f"http://two.example.com:{there.port}/", b"{}", {}, rules(resolve=lambda *_: found)).delivered


@pytest.mark.parametrize("code", [300, 301, 302, 303, 307, 308])
def test_redirects_are_not_followed(code):
    with receiver() as inside, receiver(status(code, Location=inside.url)) as there:
        answer = post(there.url, b"{}", {}, rules())
    assert (answer.status, answer.delivered) == (code, False)
    assert inside.requests == []


@pytest.mark.parametrize("code, delivered", [(200, True), (201, True), (299, True), (304, False), (404, False)])
def test_only_2xx_is_success(code, delivered):
    with receiver(status(code)) as there:
        assert post(there.url, b"{}", {}, rules()).delivered == delivered


@pytest.mark.parametrize(
    "behaviour",
    [
        wait(4, status(200)),
        drip(b"", b"H"),
        drip(b"HTTP/1.1 200 OK\r\n", b"X-More: x\r\n"),
        drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_everything_together_ends_in_time(behaviour):
    """Also where each read is answered in time, which a time-out of the socket would wait for, for ever."""
    with receiver(behaviour) as there:
        began = time.monotonic()
        answer = post(there.url, b"{}", {}, rules(seconds=0.6))
    assert time.monotonic() - began < 3
    assert (answer.status, answer.error) == (None, "It did not answer within 0.6 seconds.")


def test_a_body_that_never_ends_does_not_undo_the_status():
    with receiver(drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\nmore\r\n")) as there:
        began = time.monotonic()
        answer = post(there.url, b"{}", {}, rules(seconds=0.6))
    assert time.monotonic() - began < 3
    assert answer.delivered
    assert answer.response.startswith("moremore")


def test_no_more_than_a_bounded_part_of_an_answer_is_read():
    sent = []

    def flood(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        try:
            for _ in range(1_000):
                sent.append(handler.wfile.write(b"x" * 1_000_000))
        except OSError:
            return

    with receiver(flood) as there:
        answer = post(there.url, b"{}", {}, rules())
        time.sleep(0.1)
    assert answer.response == "x" * 1024
    assert sum(sent) < 100_000_000


def test_a_look_up_that_hangs_is_left_behind():
    def hang(*_):
        time.sleep(3)
        return [LOOPBACK]

    began = time.monotonic()
    answer = post("http://slow.example.com/", b"{}", {}, rules(seconds=0.3, resolve=hang))
    assert time.monotonic() - began < 2.5
    assert "did not answer" in answer.error


def test_where_nothing_listens_is_said():
    with receiver() as there:
        closed = there.url
    assert post(closed, b"{}", {}, rules()).error == "Nothing listens at this address."


@pytest.fixture(scope="module")
def certified(tmp_path_factory):
    """A server's TLS for hooks.example.com, and a client's that trusts it and nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example.com")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.DNSName("hooks.example.com"), x509.IPAddress(ipaddress.ip_address("127.0.0.9"))]
            ),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    names: list[str] = []
    server.sni_callback = lambda _connection, name, _context: names.append(name)
    return server, ssl.create_default_context(cafile=str(folder / "cert.pem")), names


def test_the_certificate_must_name_the_host_whatever_address_it_was_found_at(certified):
    server, trusts, names = certified
    with receiver(tls=server) as there:
        to = rules(tls=trusts, resolve=lambda *_: [LOOPBACK])
        assert post(f"https://hooks.example.com:{there.port}/", b"{}", {}, to).delivered
        assert names == ["hooks.example.com"]
        answer = post(f"https://other.example.com:{there.port}/", b"{}", {}, to)
        assert "certificate is not valid for this address" in answer.error
        answer = post(f"https://hooks.example.com:{there.port}/", b"{}", {}, rules(resolve=lambda *_: [LOOPBACK]))
        assert "certificate is not valid" in answer.error
    assert len(there.requests) == 1


def test_a_server_that_keeps_the_handshake_waiting_is_given_up_in_time(certified):
    with socket.create_server((LOOPBACK, 0)) as silent:
        held = []
        threading.Thread(target=lambda: held.append(silent.accept()), daemon=True).start()
        port = silent.getsockname()[1]
        began = time.monotonic()
        answer = post(
            f"https://hooks.example.com:{port}/", b"{}", {}, rules(seconds=0.5, resolve=lambda *_: [LOOPBACK])
        )
    assert time.monotonic() - began < 3
    assert "did not answer" in answer.error
