import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from tests.workspaces.test_urls import things_of
from workspaces.keys.models import ApiKey
from workspaces.tenants.access import Level


@dataclass
class Program:
    """A program with a key; `raises=False`, so that a failure of ours is an answer as it would be to it."""

    token: str

    def __call__(self, method: str, path: str, body: Any = None, **headers: str):
        client = Client(raise_request_exception=False)
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        path = path if path.startswith("/") else f"/api/v1/{path}"
        return client.generic(method.upper(), path, data, content_type=kind, headers=sent)

    def get(self, path: str, **headers: str):
        return self("get", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str):
        return self("post", path, body, **headers)

    def put(self, path: str, body: Any = None, **headers: str):
        return self("put", path, body, **headers)


@pytest.fixture
def things(workspace, ana):
    """One of each thing that an address can name, in Acme."""
    return things_of(workspace, ana)


@pytest.fixture
def program_with():
    """Make a program that has a secret key of this workspace with these scopes (all), made by its owner."""

    def make(workspace, *scopes: str, **more) -> Program:
        asked = {"scopes": scopes} if scopes else {}
        owner = workspace.members.filter(level=Level.OWNER).first()
        more.setdefault("made_by", owner.user if owner else None)
        return Program(ApiKey.issue(workspace, kind="secret", name="Warehouse", **asked, **more)[1])

    return make


@pytest.fixture
def program(workspace, ana, program_with) -> Program:
    return program_with(workspace)


@pytest.fixture
def other_program(other_workspace, cyd, program_with) -> Program:
    return program_with(other_workspace)
