"""docs/webhooks.md is true: its examples are what is sent, and its receiver takes it."""

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.processes import end, wait_until
from workspaces.scope import scope
from workspaces.webhooks import delivering
from workspaces.webhooks.models import MOST_ENDPOINTS, Delivery
from workspaces.webhooks.outbox import emit
from workspaces.webhooks.retries import PAUSES
from workspaces.webhooks.topics import SUBSCRIBED, TOPICS
from workspaces.webhooks.transport import Rules

TEXT = (Path(settings.BASE_DIR) / "docs" / "webhooks.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_every_topic_stands_there_with_its_example():
    examples = [json.loads(block) for block in blocks("json")]
    assert {example["type"]: example["data"] for example in examples} == {
        name: topic.example for name, topic in TOPICS.items()
    }
    assert all(list(example) == ["type", "timestamp", "data"] for example in examples)
    assert all(f"`{name}`: {TOPICS[name].words[0].lower()}{TOPICS[name].words[1:]}." in TEXT for name in SUBSCRIBED)


def test_the_numbers_in_it_are_those_that_hold():
    words = "5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 24 hours"
    assert words in TEXT.replace("\n", " ")
    seconds = [5, *(60 * n for n in (5, 30)), *(3600 * n for n in (2, 5, 10, 14, 20, 24))]
    assert [pause.total_seconds() for pause in PAUSES] == seconds
    assert f"{MOST_ENDPOINTS * delivering.AT_ONCE} requests at once" in TEXT


@pytest.fixture
def documented_receiver(tmp_path):
    """Start the receiver of the page with a secret; returns its port and the lines that it prints."""
    processes = []

    def start(secret: str, port: int) -> Path:
        (tmp_path / "receive.py").write_text(blocks("python")[0])
        said = tmp_path / "said"
        variables = {"FIRSTMILE_WEBHOOK_SECRET": secret, "PORT": str(port)}
        with said.open("wb") as out:
            processes.append(
                subprocess.Popen(
                    [sys.executable, tmp_path / "receive.py"], env=variables, stdout=out, stderr=subprocess.DEVNULL
                )
            )
        wait_until(lambda: _listens(port), seconds=20, what="the receiver does not listen")
        return said

    yield start
    for process in processes:
        end(process)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_receiver_in_python_takes_what_is_sent_and_refuses_what_is_forged(
    workspace, add_endpoint, woken, documented_receiver
):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _, secret = add_endpoint(f"http://127.0.0.1:{port}/")
    said = documented_receiver(secret, port)
    _, _ = add_endpoint(f"http://127.0.0.1:{port}/forged")  # signs with another secret
    emit(workspace.pk, "feature.unlocked", TOPICS["feature.unlocked"].example, key="one")
    delivering.deliver(workspace.pk, Rules(allow_private=True, allow_http=True, seconds=5))
    with scope(workspace):
        taken, forged = Delivery.objects.order_by("endpoint_id").select_related("message")
    assert (taken.state, taken.status) == ("delivered", 204)
    assert (forged.state, forged.status) == ("waiting", 401)
    assert said.read_text() == f"{taken.message.uid} feature.unlocked {TOPICS['feature.unlocked'].example}\n"
