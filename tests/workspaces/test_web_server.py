"""The web server as production starts it, by docker/web: several processes count as one, and log lines are JSON."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import web_server

TOKEN = "a-token-for-prometheus-0123456789"


@pytest.fixture
def web(tmp_path) -> Iterator[tuple[str, Path]]:
    """The address, and the file with its log."""
    variables = {
        "FIRSTMILE_LOG_FORMAT": "json",
        "FIRSTMILE_LOG_LEVEL": "INFO",
        "FIRSTMILE_METRICS_TOKEN": TOKEN,
        "WEB_WORKERS": "2",
    }
    with web_server(tmp_path, **variables) as server:
        yield server


def _get(url: str, **headers: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def _send(address: str, key: str, number: int) -> int:
    body = json.dumps({"userId": "dora", "event": "Looked", "messageId": f"m{number}"}).encode()
    request = urllib.request.Request(f"{address}/v1/track", body, headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.status


def test_whichever_process_is_asked_tells_what_all_have_counted_and_every_line_is_json(web, write_key):
    address, log = web
    assert [_send(address, write_key, number) for number in range(24)] == [200] * 24
    for _ in range(4):
        # By its address, as Prometheus finds replicas: a host that no page is answered under.
        status, text = _get(f"{address}/metrics", Authorization=f"Bearer {TOKEN}", Host="10.1.2.3:8000")
        assert status == 200
        assert 'firstmile_intake_events_total{outcome="accepted"} 24.0' in text
        assert 'firstmile_intake_request_seconds_count{status="200"} 24.0' in text
    assert _get(f"{address}/metrics")[0] == 401
    assert _get(f"{address}/workspaces/", Host="10.1.2.3:8000")[0] == 400
    assert len(list((log.parent / "metrics").glob("counter_*.db"))) == 2
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert {line["logger"] for line in lines} >= {"_granian", "firstmile.access"}
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    assert write_key not in log.read_text()
