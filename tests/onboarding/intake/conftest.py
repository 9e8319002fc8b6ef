"""Events to send, and what is in the log afterwards."""

import itertools
import json
from collections.abc import Callable

import pytest
from django.http import HttpResponse

from tests.onboarding.intake.described import assert_described

_numbers = itertools.count(1)


@pytest.fixture
def event() -> Callable[..., dict]:
    """Make a good event with a messageId of its own; fields given by name replace or add."""

    def make(**fields) -> dict:
        good = {
            "messageId": f"message-{next(_numbers)}",
            "type": "track",
            "userId": "dora",
            "event": "Report Shared",
            "timestamp": "2026-03-02T11:00:00.123456Z",
        }
        return good | fields

    return make


@pytest.fixture
def send(client, write_key) -> Callable[..., HttpResponse]:
    """POST something to a call: bytes as they are, other values as JSON, with the write key as Bearer.

    Whatever is answered must be described in openapi.py.
    """

    def post(call: str, body, *, key: str = write_key, content_type="application/json", **headers) -> HttpResponse:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers.setdefault("HTTP_AUTHORIZATION", f"Bearer {key}")
        response = client.post(f"/v1/{call}", data, content_type=content_type, **headers)
        assert_described("POST", f"/v1/{call}", response.status_code, response.headers, response.content)
        return response

    return post


@pytest.fixture
def logged() -> Callable[..., list]:
    """The workspace's logged events, by messageId."""
    from onboarding.intake.models import LoggedEvent
    from workspaces.scope import scope

    def read(workspace) -> list:
        with scope(workspace):
            return list(LoggedEvent.objects.order_by("message_id", "client_at"))

    return read


@pytest.fixture
def rejected() -> Callable[..., list]:
    """The workspace's rejections, the first first."""
    from onboarding.intake.models import Rejection
    from workspaces.scope import scope

    def read(workspace) -> list:
        with scope(workspace):
            return list(Rejection.objects.order_by("id"))

    return read
