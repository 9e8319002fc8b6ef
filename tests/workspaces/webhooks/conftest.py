import pytest

from workspaces.scope import scope, wakes
from workspaces.webhooks import endpoints


@pytest.fixture
def add_endpoint(workspace, ana):
    """Add an endpoint to Acme; returns it and its secret."""

    def add(url: str = "https://hooks.example.com/firstmile", **fields):
        with scope(workspace):
            return endpoints.add(url=url, by=ana, **fields)

    return add


@pytest.fixture
def woken(monkeypatch):
    """The calls that are made instead of going to Celery."""
    calls = []
    monkeypatch.setattr(wakes, "call", lambda task, workspace_id, **_: calls.append((task, workspace_id)))
    return calls
