"""The outbox: what rooms above want told is stored in their own transaction, and sent after it has committed."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from workspaces.scope import current_workspace_id, scope
from workspaces.scope.bulk import dump, insert_rows
from workspaces.scope.wakes import announce
from workspaces.webhooks.models import Delivery, Endpoint, Message
from workspaces.webhooks.topics import PING, TOPICS

ASKED = "webhooks.asked"
MOST_BYTES = 20_000  # of a body; Standard Webhooks asks for less than 20 KB
LONGEST_KEY = 200


@dataclass(frozen=True)
class News:
    """Something to tell. The same `key` in a workspace is told once, however often it is emitted within 30 days."""

    topic: str
    data: Mapping[str, Any]
    key: str


def emit(workspace_id: int, topic: str, data: Mapping[str, Any], *, key: str) -> None:
    """Tell every enabled endpoint that subscribed to `topic`, once the caller's transaction has committed.

    Raises LookupError for an unknown topic, and ValueError for a body of 20 KB or more or a key beyond 200 characters.
    """
    emit_all(workspace_id, [News(topic, data, key)])


def emit_all(workspace_id: int, news: Iterable[News]) -> None:
    """`emit` for many at a time, in two statements. Where nobody listens to a topic, nothing is stored."""
    with scope(workspace_id):
        listening = _listening()
        now = timezone.now()
        rows = {one.key: _row(one, now) for one in news}  # what could not be told is refused though nobody listens
        told = [row for row in rows.values() if listening[row["topic"]]]
        if not told:
            return
        stored = insert_rows(
            Message,
            told,
            on_conflict="(workspace_id, key) DO NOTHING",
            returning=("id", "topic"),
        )
        _deliver(
            {"message_id": pk, "endpoint_id": endpoint, "next_attempt_at": now, "created_at": now}
            for pk, topic in stored
            for endpoint in listening[topic]
        )
        announce(ASKED, workspace_id)


def heard(topics: Iterable[str]) -> frozenset[str]:
    """Those of these topics to which any enabled endpoint listens: to ask before making what nobody would be told.

    In the workspace's scope. Which of them are told is looked at again by `emit_all`.
    """
    wanted = list(Endpoint.objects.filter(disabled_at=None).values_list("topics", flat=True))
    return frozenset(topic for topic in topics if any(not some or topic in some for some in wanted))


def ping(endpoint: Endpoint) -> Delivery:
    """Send a test to this endpoint alone, at once though it rests. In its workspace's scope."""
    now = timezone.now()
    row = _row(News(PING, TOPICS[PING].example, f"{PING}:{secrets.token_hex(16)}"), now)
    Endpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)
    delivery = Delivery.objects.create(message=Message.objects.create(**row), endpoint=endpoint, created_at=now)
    announce(ASKED, endpoint.workspace_id)
    return delivery


def send_again(deliveries: QuerySet[Delivery], endpoint: Endpoint) -> int:
    """Send these deliveries of one endpoint once more, with the same id and body, whatever became of them so far.

    Those that wait anyway go at once. Returns how many. In the workspace's scope.
    """
    now = timezone.now()
    Endpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)
    under_way = Q(state=Delivery.State.WAITING, claimed_until__gte=now)
    asked = deliveries.filter(~under_way, endpoint=endpoint).update(
        state=Delivery.State.WAITING, attempts=0, next_attempt_at=now, claimed_until=None
    )
    if asked:
        announce(ASKED, endpoint.workspace_id)
    return asked


def _listening() -> dict[str, list[int]]:
    """Topic → the ids of the endpoints that are told. None of them can be removed before the caller commits."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, topics FROM webhooks_endpoint WHERE workspace_id = %s AND disabled_at IS NULL "
            "ORDER BY id FOR KEY SHARE",
            [current_workspace_id()],
        )
        enabled = cursor.fetchall()
    return {topic: [pk for pk, wanted in enabled if not wanted or topic in wanted] for topic in TOPICS}


def _row(news: News, now: datetime) -> dict[str, Any]:
    if news.topic not in TOPICS:
        raise LookupError(f"There is no topic {news.topic!r}.")
    if not 0 < len(news.key) <= LONGEST_KEY:
        raise ValueError(f"A key has 1 to {LONGEST_KEY} characters, not {len(news.key)}.")
    body = dump({"type": news.topic, "timestamp": _written(now), "data": dict(news.data)})
    if len(body.encode()) >= MOST_BYTES:
        raise ValueError(f"The {news.topic} of {news.key} is larger than {MOST_BYTES // 1000} KB.")
    return {
        "uid": f"msg_{secrets.token_hex(14)}",
        "key": news.key,
        "topic": news.topic,
        "body": body,
        "created_at": now,
    }


def _deliver(rows: Iterable[dict[str, Any]]) -> None:
    same = {"state": Delivery.State.WAITING, "attempts": 0, "tries": [], "error": "", "response": ""}
    insert_rows(Delivery, [{**row, **same} for row in rows])


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
