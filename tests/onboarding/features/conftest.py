"""A workspace in which features are unlocked, and programs that ask for them."""

import json
from collections.abc import Callable

import pytest
from django.http import HttpResponse

from onboarding.features.learning import learn
from tests.onboarding.progress.scenes import event, publish, take
from workspaces.keys.models import ApiKey
from workspaces.scope import scope

# Two steps switch features on; `report` doesn't.
LADDER = """
ladder:
  key: start
  name: Start
  role: {key: everyone, name: Everyone, rule: {everyone: true}}
  title: Start
  value_proposition: Value.
  done_looks_like: Done.
  start: {event: Signed Up}
  rungs:
    - milestone: {key: connect, name: Connect, purpose: Connect., unlock: dashboards, criterion: {event: Connected}}
      phase: quick wins
    - milestone: {key: invite, name: Invite, purpose: Invite., unlock: bulk-edit, criterion: {event: Invited}}
      phase: core
    - milestone: {key: report, name: Report, purpose: Report., criterion: {event: Reported}}
      phase: core
      first_value: true
"""


@pytest.fixture
def ladder(workspace, clock):
    """Published before the clock's noon; it names dashboards and bulk-edit."""
    from datetime import timedelta

    ladder = publish(workspace, LADDER, at=clock - timedelta(days=30)).ladder
    with scope(workspace):
        learn()
    return ladder


@pytest.fixture
def climb(workspace, ladder, clock) -> Callable[..., None]:
    """Let somebody sign up and do these things, one a minute from the clock's noon on."""
    from datetime import timedelta

    def do(user: str, *events: str, **fields) -> None:
        names = ["Signed Up", *events]
        messages = [event(name, clock + timedelta(minutes=n), user, **fields) for n, name in enumerate(names)]
        take(workspace, *messages)

    return do


@pytest.fixture
def flags_key(workspace) -> str:
    return ApiKey.issue(workspace, kind="flags", name="server")[1]


@pytest.fixture
def ask(client, flags_key) -> Callable[..., HttpResponse]:
    """Ask for a flag (or all of them, with no flag's key) of a user; other bodies as they are."""

    def post(user=None, flag: str = "", *, key: str = flags_key, body=None, context=None, **headers) -> HttpResponse:
        if body is None:
            body = {"context": {"targetingKey": user, **(context or {})}}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers.setdefault("HTTP_AUTHORIZATION", f"Bearer {key}")
        path = f"/ofrep/v1/evaluate/flags/{flag}" if flag else "/ofrep/v1/evaluate/flags"
        return client.post(path, data, content_type="application/json", **headers)

    return post


@pytest.fixture
def flags(ask) -> Callable[..., dict]:
    """All flags of a user, by key."""

    def of(user: str, **asked) -> dict:
        return {flag["key"]: flag for flag in ask(user, **asked).json()["flags"]}

    return of
