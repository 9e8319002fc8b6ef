"""What surrounds every task: its cause in its log lines, how long it took, how it ended; and a worker's /metrics."""

import logging.config
import time
from threading import Thread
from typing import Any

from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun, worker_ready
from django.conf import settings
from prometheus_client import Histogram

from workspaces.scope import cause

HEADER = "firstmile_request_id"

SECONDS = Histogram(
    "firstmile_task_seconds",
    "Tasks and how long they took, by task and state.",
    ["task", "state"],
    buckets=(0.01, 0.05, 0.25, 1.0, 5.0, 30.0, 120.0),
)

_started: dict[str, float] = {}


@setup_logging.connect
def log_as_the_settings_say(**_: Any) -> None:
    """Worker and beat write the same lines as the web server, whatever Celery would have liked."""
    logging.config.dictConfig(settings.LOGGING)


@before_task_publish.connect
def hand_on_the_request(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """A task carries the id of the request that it follows from; of several, wakes send the first one's."""
    request_id = cause.request_id.get()
    if headers is not None and request_id:
        headers[HEADER] = request_id


@task_prerun.connect
def begin(task_id: str, task: Any, **_: Any) -> None:
    cause.request_id.set(task.request.get(HEADER) or "")
    cause.task.set((task.name, task_id))
    _started[task_id] = time.perf_counter()


@task_postrun.connect
def end(task_id: str, task: Any, state: str | None = None, **_: Any) -> None:
    now = time.perf_counter()
    SECONDS.labels(task.name, (state or "unknown").lower()).observe(now - _started.pop(task_id, now))
    cause.request_id.set("")
    cause.task.set(("", ""))


@worker_ready.connect
def serve_metrics(**_: Any) -> None:
    """On FIRSTMILE_WORKER_METRICS_PORT, if it is set, from the worker's main process, whose children do the tasks."""
    port = settings.WORKER_METRICS_PORT
    if port:
        from config.metrics import serve

        Thread(target=serve, args=[port], daemon=True, name="metrics").start()
