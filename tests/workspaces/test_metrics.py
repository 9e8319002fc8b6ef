"""What Prometheus is told, and who may ask."""

import os
import re
import subprocess
import sys
from datetime import timedelta
from http import HTTPStatus

import pytest
import redis
from django.db import OperationalError
from django.utils import timezone

from config import gauges, heartbeat, wsgi
from config.gauges import Behind, Installation
from config.metrics import Metrics
from onboarding.intake import partitions
from onboarding.intake.log import append
from onboarding.progress import engine
from tests.onboarding.progress.scenes import event, publish
from tests.processes import ROOT, environment
from workspaces.scope import scope
from workspaces.tenants.models import Workspace
from workspaces.webhooks import endpoints
from workspaces.webhooks.models import Delivery, Endpoint
from workspaces.webhooks.outbox import emit

pytestmark = pytest.mark.every_workspace

TOKEN = "a-token-for-prometheus-0123456789"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    """Nothing is kept from another test's question."""
    monkeypatch.setattr(wsgi.metrics, "application", Metrics(Installation()))


@pytest.fixture
def ask(monkeypatch):
    """GET /metrics as granian hands it over; returns the status and the text. However many workspaces tests made."""
    monkeypatch.setattr(gauges, "WORKSPACES_AT_ONCE", 100_000)

    def get(authorization: str = "", method: str = "GET") -> tuple[int, str]:
        answered = []
        environ = {"REQUEST_METHOD": method, "PATH_INFO": "/metrics", "HTTP_AUTHORIZATION": authorization}
        body = b"".join(wsgi.application(environ, lambda status, headers: answered.append((status, dict(headers)))))
        (status, headers), = answered  # fmt: skip
        assert headers["Content-Length"] == str(len(body)) or method == "HEAD"
        return int(status.split()[0]), body.decode()

    return get


def value(text: str, name: str) -> float:
    """The value of a sample, written as in the answer without its value."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found, f"{name} is not told"
    return float(found[1])


def test_in_development_everybody_may_ask_without_a_token(ask):
    status, text = ask()
    assert status == HTTPStatus.OK
    assert value(text, "firstmile_database_up") == 1
    assert value(text, "firstmile_redis_up") == 1


def test_in_production_nobody_may_without_a_token_in_the_settings(ask, settings):
    settings.PRODUCTION = True
    assert ask() == (HTTPStatus.NOT_FOUND, "")
    assert ask(f"Bearer {TOKEN}") == (HTTPStatus.NOT_FOUND, "")


@pytest.mark.parametrize("production", [True, False])
@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer ü€"])
def test_with_a_token_in_the_settings_only_who_has_it_may_ask(ask, settings, production, authorization):
    settings.PRODUCTION, settings.METRICS_TOKEN = production, TOKEN
    assert ask(authorization) == (HTTPStatus.UNAUTHORIZED, "")
    assert ask(f"bearer {TOKEN}")[0] == HTTPStatus.OK


def test_only_questions_are_answered(ask):
    assert ask(method="POST")[0] == HTTPStatus.METHOD_NOT_ALLOWED
    assert ask(method="HEAD") == (HTTPStatus.OK, "")


def test_the_lag_is_that_of_the_oldest_unread_message_though_no_worker_lives(
    ask, workspace, other_workspace, monkeypatch
):
    monkeypatch.setattr(gauges, "KEPT_SECONDS", 600.0)
    settled()
    before = ask()[1]
    assert value(before, "firstmile_engine_lag_seconds") == 0
    assert value(before, "firstmile_engine_workspaces_behind") == 0
    now = timezone.now()
    append(workspace.pk, [event("Looked", now)], received_at=now - timedelta(seconds=9_000))
    append(workspace.pk, [event("Looked", now, "hal")], received_at=now)
    append(other_workspace.pk, [event("Looked", now)], received_at=now - timedelta(seconds=20))
    assert value(ask()[1], "firstmile_engine_lag_seconds") == 0  # kept for some seconds
    wsgi.metrics.application = Metrics(Installation())
    after = ask()[1]
    assert value(after, "firstmile_engine_lag_seconds") >= 9_000
    assert value(after, "firstmile_engine_workspaces_behind") == 2
    assert "workspace=" not in after
    engine.settle(workspace.pk)
    wsgi.metrics.application = Metrics(Installation())
    assert 20 <= value(ask()[1], "firstmile_engine_lag_seconds") < 9_000


def settled() -> None:
    """Whatever other tests have left unread is read."""
    for pk in Workspace.objects.values_list("pk", flat=True):
        engine.settle(pk)


def test_counts_that_wait_to_be_folded_are_told(ask, workspace, clock):
    before = value(ask()[1], "firstmile_cube_deltas_waiting")
    publish(workspace)
    append(workspace.pk, [event("Signed Up", clock), event("Connected", clock)])
    engine.settle(workspace.pk)
    wsgi.metrics.application = Metrics(Installation())
    assert value(ask()[1], "firstmile_cube_deltas_waiting") == before + 3


def test_of_many_workspaces_so_many_are_looked_at_and_those_that_are_behind_again(make_workspace, monkeypatch):
    settled()
    monkeypatch.setattr(gauges, "WORKSPACES_AT_ONCE", 2)
    asked = []

    def waiting_in(ids):
        asked.append(sorted(ids))
        return real(ids)

    real = gauges.waiting_in
    monkeypatch.setattr(gauges, "waiting_in", waiting_in)
    first, *_, last = [make_workspace() for _ in range(5)]
    now = timezone.now()
    for workspace in (first, last):
        append(workspace.pk, [event("Looked", now)])
    everybody = list(Workspace.objects.order_by("pk").values_list("pk", flat=True))
    behind, found = Behind(waiting_in, lambda waiting: waiting.received_at), []
    for _ in range(len(everybody) // 2 + 1):
        found = behind.look()
    assert {waiting.workspace_id for waiting in found if waiting.received_at} == {first.pk, last.pk}
    assert max(map(len, asked)) <= 4
    assert {pk for some in asked for pk in some} == set(everybody)
    settled()
    assert [waiting for waiting in behind.look() if waiting.received_at] == []


def test_months_ahead_queue_and_heartbeat_are_told(ask, settings):
    partitions.make_ahead(timezone.now())
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        server.delete(heartbeat.KEY)
        server.lpush("celery", "one", "two")
        waiting = server.llen("celery")
    heartbeat.beat()
    text = ask()[1]
    assert value(text, "firstmile_log_months_ahead") == 2
    assert value(text, "firstmile_log_months") >= 2
    assert value(text, 'firstmile_queue_depth{queue="celery"}') >= min(waiting, 2) > 0
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        assert {server.lpop("celery"), server.lpop("celery")} == {b"one", b"two"}
    assert abs(value(text, "firstmile_beat_last_seconds") - timezone.now().timestamp()) < 60


def test_without_redis_that_is_what_is_told(ask, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    wsgi.metrics.application = Metrics(Installation())
    status, text = ask()
    assert (status, value(text, "firstmile_redis_up"), value(text, "firstmile_database_up")) == (200, 0, 1)
    assert "firstmile_queue_depth" not in text


def test_without_the_database_that_is_what_is_told(ask, monkeypatch):
    def refuse(_):
        raise OperationalError("away")

    monkeypatch.setattr(gauges, "waiting_in", refuse)
    wsgi.metrics.application = Metrics(Installation())
    status, text = ask()
    assert (status, value(text, "firstmile_redis_up"), value(text, "firstmile_database_up")) == (200, 1, 0)
    assert "firstmile_engine_lag_seconds" not in text


COUNT_IN_PROCESSES = """
import os, django
django.setup()
from onboarding.intake import measures
from onboarding.intake.reasons import Reason
from onboarding.intake.taking import Taken
for _ in range(3):
    if os.fork() == 0:
        measures.count(Taken(stored=7, duplicates=2))
        measures.rejected(Reason.BAD_KEY)
        measures.answered(200, 0.003)
        measures.answered(418, 0.003)
        os._exit(0)
for _ in range(3):
    os.wait()
from config.metrics import _counted
print(_counted().decode())
"""


def test_processes_that_share_a_folder_are_added_up(tmp_path):
    variables = {**environment(), "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}
    variables["DJANGO_SETTINGS_MODULE"] = "config.settings"
    done = subprocess.run(
        [sys.executable, "-c", COUNT_IN_PROCESSES], cwd=ROOT, env=variables, capture_output=True, text=True, check=True
    )
    text = done.stdout
    assert value(text, 'firstmile_intake_events_total{outcome="accepted"}') == 21
    assert value(text, 'firstmile_intake_events_total{outcome="duplicate"}') == 6
    assert value(text, 'firstmile_intake_rejected_total{reason="bad_key"}') == 3
    assert value(text, 'firstmile_intake_request_seconds_count{status="200"}') == 3
    assert value(text, 'firstmile_intake_request_seconds_count{status="418"}') == 3
    assert len(os.listdir(tmp_path / "metrics")) >= 4


def test_webhooks_that_wait_are_told_and_since_when_one_could_be_sent(ask, workspace, other_workspace, ana, cyd):
    def waiting() -> float:
        wsgi.metrics.application = Metrics(Installation())
        return value(ask()[1], "firstmile_webhook_deliveries_waiting")

    before = waiting()
    for there, by in ((workspace, ana), (other_workspace, cyd)):
        with scope(there):
            endpoints.add(url="https://hooks.example.com/", by=by)
        emit(there.pk, "feature.unlocked", {}, key="one")
    assert waiting() == before + 2
    with scope(other_workspace):
        Delivery.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=7_000))
    assert waiting() == before + 2
    assert value(ask()[1], "firstmile_webhook_overdue_seconds") >= 7_000
    with scope(other_workspace):  # it rests: nothing could be sent
        Endpoint.objects.update(rests_until=timezone.now() + timedelta(minutes=5))
    assert waiting() == before + 2
    assert value(ask()[1], "firstmile_webhook_overdue_seconds") < 7_000
