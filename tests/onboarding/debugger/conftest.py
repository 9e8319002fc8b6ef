"""Acme with a published ladder, and messages that are really sent."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from onboarding.debugger.filters import Filters
from onboarding.debugger.reading import page
from onboarding.progress import engine
from tests.onboarding.progress.scenes import publish
from workspaces.scope import scope

LADDER = """
ladder:
  key: start
  name: Get started
  role: {key: everyone, name: Everyone, rule: {everyone: true}}
  title: Start
  value_proposition: Value.
  done_looks_like: Done.
  start: {event: Signed Up}
  rungs:
    - milestone: {key: connect, name: Connect, purpose: Connect., unlock: dashboards, criterion: {event: Connected}}
      phase: quick wins
    - milestone:
        key: share
        name: Share a report
        purpose: Share.
        criterion: {event: Report Shared, where: [{property: audience, equals: team}], at_least: 3, within: 14 days}
      phase: core
      first_value: true
    - milestone: {key: late, name: Look again, purpose: Again., criterion: {event: Looked, of: opening}}
      phase: core
      prerequisites: [connect]
    - milestone:
        key: plan
        name: Pay
        purpose: Pay.
        criterion: {all: [{trait: plan, equals: pro}, {event: Paid}]}
      phase: advanced
"""


@pytest.fixture
def ladder(workspace, clock):
    return publish(workspace, LADDER, at=clock - timedelta(days=100))


@pytest.fixture
def send(client, write_key) -> Callable[..., dict]:
    """Send a message as a product does, by a call of the API; the engine then reads it unless told otherwise."""

    def post(call: str, *, key: str = write_key, **body) -> dict:
        response = client.post(
            f"/v1/{call}",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )
        return {"status": response.status_code, **response.json()}

    return post


@pytest.fixture
def track(send, workspace, clock) -> Callable[..., dict]:
    """An event of dora's, some minutes after the clock's moment."""

    def post(event: str, minutes: float = 0, *, user: str = "dora", read: bool = True, **fields) -> dict:
        at = clock + timedelta(minutes=minutes)
        body = {
            "userId": user,
            "event": event,
            "timestamp": at.isoformat(),
            "messageId": f"{user}-{event}-{minutes}",
            **fields,
        }
        answer = send("track", **body)
        if read:
            engine.settle(workspace.pk)
        return answer

    return post


@pytest.fixture
def listed(workspace) -> Callable[..., list]:
    """What the list shows for these filters."""

    def entries(of=workspace, **given) -> list:
        given = {name.rstrip("_"): text for name, text in given.items()}
        with scope(of):
            return page(Filters.read(given)).entries

    return entries


@pytest.fixture
def url(workspace) -> Callable[..., str]:
    def of(name: str, *arguments: str, workspace=workspace) -> str:
        return reverse(f"debugger:{name}", args=[workspace.slug, *arguments])

    return of


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
