"""The receiver of docs/webhooks.md that is written for Node.js, with the library that it names."""

import os
import socket
import subprocess

import pytest

from tests.processes import end, wait_until
from tests.workspaces.webhooks.test_documentation import blocks
from workspaces.scope import scope
from workspaces.webhooks import delivering, endpoints
from workspaces.webhooks.models import Delivery
from workspaces.webhooks.outbox import emit
from workspaces.webhooks.topics import TOPICS
from workspaces.webhooks.transport import Rules


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.django_db
def test_it_takes_what_is_sent_and_refuses_what_is_forged(workspace, ana, node_modules, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with scope(workspace):
        _, secret = endpoints.add(url=f"http://127.0.0.1:{port}/", by=ana)
        endpoints.add(url=f"http://127.0.0.1:{port}/forged", by=ana)  # signs with another secret
    (tmp_path / "receive.mjs").write_text(blocks("js")[0])
    (tmp_path / "node_modules").symlink_to(node_modules)
    variables = {**os.environ, "FIRSTMILE_WEBHOOK_SECRET": secret, "PORT": str(port)}
    said = tmp_path / "said"
    with said.open("wb") as out:
        receiver = subprocess.Popen(["node", str(tmp_path / "receive.mjs")], env=variables, stdout=out, stderr=out)
    try:
        wait_until(lambda: listens(port), seconds=20, what=f"the receiver does not listen: {said.read_text()}")
        example = TOPICS["rung.completed"].example
        emit(workspace.pk, "rung.completed", {**example, "userId": "dörte 🚀"}, key="one")
        delivering.deliver(workspace.pk, Rules(allow_private=True, allow_http=True, seconds=5))
        with scope(workspace):
            taken, forged = Delivery.objects.order_by("endpoint_id").select_related("message")
        assert (taken.state, taken.status) == ("delivered", 204), said.read_text()
        assert (forged.state, forged.status) == ("waiting", 401)
        assert f"{taken.message.uid} rung.completed" in said.read_text()
        assert "dörte 🚀" in said.read_text()
    finally:
        end(receiver)
