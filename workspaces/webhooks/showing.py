"""What the page of an endpoint shows of its deliveries, and whether they are still moving."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_noop

from workspaces.webhooks.models import Delivery, Endpoint, Message

ROWS = 25
LONGEST_UID = 100
SOON = timedelta(seconds=10)  # whoever waits no longer than this is worth looking at every second
SINCE = {  # in English, as records are kept; to be translated when shown
    "hour": (gettext_noop("the last hour"), timedelta(hours=1)),
    "day": (gettext_noop("the last 24 hours"), timedelta(days=1)),
    "days": (gettext_noop("the last 3 days"), timedelta(days=3)),
    "month": (gettext_noop("the last 30 days"), timedelta(days=30)),
}


@dataclass(frozen=True)
class Log:
    """Deliveries of one endpoint, the newest first. `tag` stays the same as long as what is shown does."""

    page: Page[Delivery]
    state: str  # "" for every state
    uid: str  # of the one message that is looked for; "" for every message
    counts: dict[str, int]
    total: int
    moves: bool
    tag: str


def log_of(endpoint: Endpoint, asked: QueryDict) -> Log:
    state = asked.get("state", "")
    state = state if state in Delivery.State.values else ""
    every = Delivery.objects.filter(endpoint=endpoint)
    counts: dict[str, int] = dict.fromkeys(Delivery.State.values, 0)
    counts |= dict(every.order_by().values_list("state").annotate(Count("pk")))
    shown = every.filter(state=state) if state else every
    uid = asked.get("id", "").replace("\0", "").strip()[:LONGEST_UID]
    if uid:
        # By the message first: so it is two look-ups, however long the log is.
        named = Message.objects.filter(uid=uid).values_list("pk", flat=True)
        shown = every.filter(message_id__in=list(named))
    page = Paginator(shown.prefetch_related("message").order_by("-created_at", "-pk"), ROWS).get_page(asked.get("page"))
    moves = endpoint.disabled_at is None and _moves(every)
    rows = [(row.pk, row.state, len(row.tries), row.next_attempt_at) for row in page.object_list]
    seen = repr((state, uid, page.number, counts, moves, endpoint.disabled_at, endpoint.failures, rows))
    return Log(
        page=page,
        state=state,
        uid=uid,
        counts=counts,
        total=sum(counts.values()),
        moves=moves,
        tag=hashlib.sha256(seen.encode()).hexdigest()[:20],
    )


def _moves(deliveries: "QuerySet[Delivery]") -> bool:
    soon = timezone.now() + SOON
    return deliveries.filter(state=Delivery.State.WAITING, next_attempt_at__lte=soon).exists()


def with_last_delivery(endpoints: "QuerySet[Endpoint]") -> "QuerySet[Endpoint]":
    """Adds `last_delivered_at`."""
    delivered = Delivery.objects.filter(endpoint=OuterRef("pk"), state=Delivery.State.DELIVERED)
    return endpoints.annotate(last_delivered_at=Subquery(delivered.order_by("-created_at").values("delivered_at")[:1]))


def attempts(delivery: Delivery) -> list[dict[str, Any]]:
    """Every attempt, the newest first, with its time as a moment."""
    return [{**tried, "at": datetime.fromisoformat(tried["at"])} for tried in reversed(delivery.tries)]


def readable(body: str) -> str:
    """The body with a line for each of its parts; what is sent has none."""
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
