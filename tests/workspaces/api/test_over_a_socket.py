"""The same over a real socket, through the web server that production uses: what a server adds or takes away is seen
only here. Bodies, streams and answers without a body are what servers differ in.
"""

import http.client
import json
from urllib.parse import urlsplit

import pytest
import schemathesis
from hypothesis import settings as bounded

from tests.processes import web_server
from tests.workspaces.api.operations import operations
from tests.workspaces.api.test_description import BOUNDED, CONFIG, tried
from workspaces.api.openapi import document
from workspaces.privacy import whole

ONE = bounded(BOUNDED, max_examples=1)
# With bytes, streams, files, nothing in them, and a few of the rest.
DIFFER = {"imports_bytes", "exports_file", "audit_csv", "audit_lines", "people_export", "ladders_version_yaml"}
EVERY = 8


@pytest.fixture
def server(tmp_path):
    with web_server(tmp_path, FIRSTMILE_API_REQUESTS_PER_MINUTE="0", FIRSTMILE_API_REFUSED_PER_MINUTE="0") as (
        address,
        log,
    ):
        yield address, log


def test_what_comes_over_a_socket_is_as_is_described(workspace, program, things, server):
    address, log = server
    whole.work(workspace.pk)
    schema = schemathesis.openapi.from_dict(document(), config=CONFIG)
    made = {op.ok().definition.raw["operationId"]: op.ok() for op in schema.get_all_operations()}
    found = {one.name: one for one in operations()}
    names = [name for number, name in enumerate(sorted(found)) if name in DIFFER or number % EVERY == 0]
    otherwise, succeeded = [], set()
    for name in sorted(names, key=lambda name: (found[name].method == "delete", name)):
        try:
            statuses = tried(made[name], found[name].given(things), program, ONE, base_url=address)
        except (AssertionError, BaseExceptionGroup) as error:
            otherwise.append(f"{name}: {error}\n{getattr(error, 'exceptions', '')}")
        else:
            succeeded |= {name} if min(statuses) < 300 else set()
    assert not otherwise, "\n".join(otherwise)
    assert {"exports_file", "audit_csv", "audit_lines", "people_export"} <= succeeded
    connection = Connection(address, program.token)
    _one_connection_lives_through_it_all(connection, things)
    assert "Traceback" not in log.read_text()


class Connection:
    """One connection that is kept, over which an answer that was not read to its end would spoil the next."""

    def __init__(self, address, token):
        self._http = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
        self._bearer = {"Authorization": f"Bearer {token}"}

    def __call__(self, method, path, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._http.request(method, f"/api/v1/{path}", body, {**self._bearer, **named})
        self._socket = self._http.sock
        answer = self._http.getresponse()
        return answer.status, answer.headers, answer.read()


def _one_connection_lives_through_it_all(ask, things):
    kind = {"Content_Type": "application/json"}
    status, headers, content = ask("GET", "workspace")
    assert (status, headers["Content-Length"]) == (200, str(len(content)))
    assert ask("GET", "workspace", If_None_Match=headers["ETag"])[::2] == (304, b"")
    assert ask("HEAD", "workspace")[::2] == (200, b"")
    status, headers, content = ask("GET", f"privacy/exports/{things['export']}/file")
    assert (status, len(content), content[:2]) == (200, int(headers["Content-Length"]), b"PK")
    assert ask("GET", f"privacy/exports/{things['export']}/file", If_None_Match=headers["ETag"])[::2] == (304, b"")
    too_much = ask("POST", "milestones", json.dumps({"name": "x" * 1_200_000}), **kind)
    assert (too_much[0], json.loads(too_much[2])["code"]) == (400, "parse_error")
    unread = ask("POST", "milestones", "x" * 500_000, Authorization="Bearer nonsense", **kind)
    assert (unread[0], json.loads(unread[2])["code"]) == (401, "bad_key")
    pieces = iter([b'{"key": "in-pieces", "name": "In pieces", ', b'"criterion": {"event": "Sent"}}'])
    in_pieces = ask("POST", "milestones", pieces, **kind)  # without a length it goes in chunks
    assert (in_pieces[0], json.loads(in_pieces[2]).get("key")) == (201, "in-pieces"), in_pieces
    many = ask("POST", "milestones", iter([b"x" * 100_000] * 11), **kind)
    assert (many[0], json.loads(many[2])["code"]) == (400, "parse_error")
    assert ask("DELETE", "workspace/deletion")[0] == 409
    assert ask("GET", "workspace")[0] == 200
