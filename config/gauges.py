"""What Prometheus is told of the whole installation, looked up when it asks: so it is true when workers are dead.

The answers are kept for some seconds, and each is a bounded number of look-ups whatever the number of workspaces.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from threading import Lock
from typing import Generic, Protocol, TypeVar

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from config.heartbeat import last_beat
from onboarding.intake import partitions
from onboarding.progress.waiting import waiting_in
from workspaces.tenants.models import Workspace
from workspaces.webhooks import waiting as webhooks_waiting

log = logging.getLogger(__name__)

KEPT_SECONDS = 5.0
# Of more workspaces than this, each question looks at the next so many, and again at those that were behind.
WORKSPACES_AT_ONCE = 500
QUEUES = ("celery",)


class Waits(Protocol):
    @property
    def workspace_id(self) -> int: ...


W = TypeVar("W", bound=Waits)


class Behind(Generic[W]):
    """In which workspaces something waits, as far as they have been looked at.

    `ask`: in which of these workspaces does it; `since`: for how long in such a one.
    """

    def __init__(self, ask: Callable[[Iterable[int]], list[W]], since: Callable[[W], datetime | None]) -> None:
        self._ask, self._since_when = ask, since
        self._waiting: dict[int, W] = {}
        self._after = 0

    def look(self) -> list[W]:
        """Look at the next workspaces and again at those that were behind, of which so many at most."""
        following = Workspace.objects.filter(pk__gt=self._after).order_by("pk").values_list("pk", flat=True)
        some = list(following[:WORKSPACES_AT_ONCE])
        self._after = some[-1] if len(some) == WORKSPACES_AT_ONCE else 0
        again = sorted(self._waiting, key=self._since)[:WORKSPACES_AT_ONCE]
        asked = {*some, *again}
        found = {waiting.workspace_id: waiting for waiting in self._ask(asked)}
        self._waiting = {**{pk: was for pk, was in self._waiting.items() if pk not in asked}, **found}
        return list(self._waiting.values())

    def _since(self, workspace_id: int) -> float:
        at = self._since_when(self._waiting[workspace_id])
        return at.timestamp() if at else float("inf")


class Installation(Collector):
    """The gauges, one instance a process. Who asks while another is still looking gets what was found before, so that a
    database that hangs never holds more than one of the web server's threads.
    """

    def __init__(self) -> None:
        self._behind = Behind(waiting_in, lambda waiting: waiting.received_at)
        self._untold = Behind(webhooks_waiting.waiting_in, lambda waiting: waiting.due_at)
        self._lock = Lock()
        self._kept: list[Metric] = []
        self._until = 0.0

    def collect(self) -> Iterator[Metric]:
        if time.monotonic() >= self._until and self._lock.acquire(blocking=False):
            try:
                self._kept = [*self._of_the_database(), *_of_redis()]
                self._until = time.monotonic() + KEPT_SECONDS
            finally:
                self._lock.release()
        yield from self._kept

    def describe(self) -> list[Metric]:
        return []  # or else registering would ask the database

    def _of_the_database(self) -> Iterator[Metric]:
        try:
            found = [*self._of_the_engine(), *self._of_webhooks(), *_of_the_log()]
        except DatabaseError:
            log.warning("The database does not answer", exc_info=True)
            yield _gauge("firstmile_database_up", "Whether PostgreSQL answers.", 0)
        else:
            yield _gauge("firstmile_database_up", "Whether PostgreSQL answers.", 1)
            yield from found
        finally:
            connection.close_if_unusable_or_obsolete()

    def _of_the_engine(self) -> Iterator[Metric]:
        found = self._behind.look()
        now = timezone.now()
        unread = [waiting.received_at for waiting in found if waiting.received_at is not None]
        lag = max(((now - at).total_seconds() for at in unread), default=0.0)
        yield _gauge(
            "firstmile_engine_lag_seconds",
            "Since the oldest message was received that the progress engine has not read, in any workspace.",
            max(lag, 0.0),
        )
        yield _gauge("firstmile_engine_workspaces_behind", "Workspaces with messages that are not read.", len(unread))
        yield _gauge(
            "firstmile_cube_deltas_waiting",
            "Changes of counts that are not folded yet; of one workspace 10,000 at most.",
            sum(waiting.deltas for waiting in found),
        )

    def _of_webhooks(self) -> Iterator[Metric]:
        found = self._untold.look()
        due = [waiting.due_at for waiting in found if waiting.due_at is not None]
        yield _gauge(
            "firstmile_webhook_deliveries_waiting",
            "Deliveries of webhooks that wait for their first or another attempt; of one workspace 10,000 at most.",
            sum(waiting.deliveries for waiting in found),
        )
        yield _gauge(
            "firstmile_webhook_overdue_seconds",
            "Since a delivery is due that could be sent, in any workspace.",
            max(((timezone.now() - at).total_seconds() for at in due), default=0.0),
        )


def _of_the_log() -> Iterator[Metric]:
    months = partitions.existing()
    needed = partitions.ahead(timezone.now())
    yield _gauge("firstmile_log_months", "Months of the event log.", len(months))
    yield _gauge(
        "firstmile_log_months_ahead",
        "Months from this one on that the log has a partition for; 2 when beat does its work.",
        len(set(needed) & set(months)),
    )


def _of_redis() -> Iterator[Metric]:
    depth = GaugeMetricFamily("firstmile_queue_depth", "Tasks that wait in a queue.", labels=["queue"])
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1) as server:
            for queue in QUEUES:
                depth.add_metric([queue], float(server.llen(queue)))
            beat = last_beat(server)
    except (redis.RedisError, OSError):
        yield _gauge("firstmile_redis_up", "Whether Redis answers.", 0)
        return
    yield _gauge("firstmile_redis_up", "Whether Redis answers.", 1)
    yield depth
    if beat is not None:
        yield _gauge(
            "firstmile_beat_last_seconds", "When a worker last did what beat had sent, as seconds since 1970.", beat
        )


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, text, value=value)
