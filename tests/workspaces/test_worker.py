"""A worker of its own, as production starts it: its log lines, and what it tells Prometheus."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis
from celery import current_app
from django.conf import settings

from tests.processes import ROOT, end, environment, wait_until
from workspaces.scope import cause, wakes

NOWHERE = 2**40  # the id of no workspace
TOKEN = "a-token-for-prometheus-0123456789"


@dataclass
class Worker:
    log: Path
    port: int

    def lines(self) -> list[dict]:
        """Its log so far; the banner that Celery prints is no part of it."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def about(self, task: str) -> list[dict]:
        return [line for line in self.lines() if line.get("task") == task]

    def metrics(self) -> str:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.read().decode()


@pytest.fixture
def worker(tmp_path) -> Iterator[Worker]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {
        **environment(),
        "FIRSTMILE_LOG_FORMAT": "json",
        "FIRSTMILE_WORKER_METRICS_PORT": str(port),
        "FIRSTMILE_METRICS_TOKEN": TOKEN,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics"),
    }
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--purge", "--concurrency", "1"]
    found = Worker(tmp_path / "log", port)
    with found.log.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL, stderr=log)
    try:
        ready = "ready."
        wait_until(lambda: ready in found.log.read_text(), seconds=60, what="the worker is not ready")
        yield found
    finally:
        end(process)


def test_a_tasks_lines_name_it_and_the_request_that_it_follows_from_and_prometheus_hears_of_it(worker, monkeypatch):
    monkeypatch.setattr(wakes, "_silent_until", 0.0)
    server = redis.Redis.from_url(settings.REDIS_URL)
    server.delete(f"firstmile:waiting:progress.advance:{NOWHERE}")
    with cause.caused_by("request-12345678"):
        wakes.call("progress.advance", NOWHERE)
    wait_until(lambda: len(worker.about("progress.advance")) > 0, seconds=60, what="the task has not failed")
    line = worker.about("progress.advance")[0]
    assert (line["level"], line["request_id"]) == ("ERROR", "request-12345678")
    assert len(line["task_id"]) == 36
    assert "matching query does not exist" in line["exc_info"]
    current_app.send_task("progress.advance", args=[NOWHERE])
    wait_until(lambda: len(worker.about("progress.advance")) > 1, seconds=60, what="the task has not failed")
    assert "request_id" not in worker.about("progress.advance")[1]

    current_app.send_task("config.heartbeat")
    done = 'firstmile_task_seconds_count{state="success",task="config.heartbeat"} 1.0'
    wait_until(lambda: done in worker.metrics(), seconds=60, what=worker.metrics())
    assert 'firstmile_task_seconds_count{state="failure",task="progress.advance"} 2.0' in worker.metrics()
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"http://127.0.0.1:{worker.port}/metrics", timeout=20)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"http://127.0.0.1:{worker.port}/", timeout=20)
    assert any(name.startswith("histogram_") for name in os.listdir(worker.log.parent / "metrics"))
