"""bin/demo from an empty folder, twice: the one test that runs everything as a newcomer does."""

import base64
import json
import signal
import socket
import stat
import subprocess
import urllib.request
from pathlib import Path

from tests.running.conftest import ROOT

READY_SECONDS = 180


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return answer.status


def _track(facts: dict, message_id: str) -> int:
    message = {"userId": "a-newcomer", "event": "Signed In", "messageId": message_id}
    key = base64.b64encode(f"{facts['write_key']}:".encode()).decode()
    request = urllib.request.Request(
        f"{facts['url']}/v1/track", json.dumps(message).encode(), headers={"Authorization": f"Basic {key}"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.status


def _but_links(facts: dict) -> dict:
    """The facts without the end users' links, which are signed anew each time."""
    return {name: _but_links(value) if isinstance(value, dict) else value for name, value in facts.items()
            if name != "checklist_url"}  # fmt: skip


def _readable_by_others(file: Path) -> bool:
    return bool(stat.S_IMODE(file.stat().st_mode) & 0o077)


def test_a_demo_answers_ends_without_a_trace_and_keeps_data_and_keys(run, tmp_path, eventually):
    data, ready, port = tmp_path / "data", tmp_path / "ready.json", _free_port()

    def start() -> tuple[subprocess.Popen, dict]:
        demo = run.start(ROOT / "bin" / "demo", "--port", port, "--data", data, "--ready", ready)
        eventually(lambda: ready.exists() or demo.poll() is not None, seconds=READY_SECONDS, otherwise=run.names)
        assert demo.poll() is None, demo.communicate()[0]
        return demo, json.loads(ready.read_text())

    # The first start: everything that the file names is there.
    demo, facts = start()
    assert facts["url"] == f"http://127.0.0.1:{port}"
    assert not any(map(_readable_by_others, [ready, data / "secret-key", data / "demo.json"]))
    for address in (f"{facts['url']}/readyz", f"{facts['url']}/", facts["logins"]["end_user"]["checklist_url"]):
        assert _get(address) == 200
    assert _track(facts, "from the first start") == 200

    # A command beside it uses the same servers.
    question = "from workspaces.tenants.models import Workspace as W; print(*W.objects.values_list('slug', flat=True))"
    status, output = run.finish(
        ROOT / "bin" / "manage", "--data", data, "shell", "--no-imports", "--verbosity", "0", "-c", question
    )
    assert status == 0, output
    slugs = output.split()
    assert facts["workspace"] in slugs
    assert len(slugs) == 3  # one of the two companies has an environment for tests

    demo.send_signal(signal.SIGINT)
    output, _ = demo.communicate(timeout=60)
    assert demo.returncode == 0, output
    assert run.names() == []
    assert not ready.exists()

    # The second start: the same data, keys and log-ins; a part that ends is named and ends the rest.
    demo, again = start()
    assert _but_links(again) == _but_links(facts)
    assert _get(facts["logins"]["end_user"]["checklist_url"]) == 200
    assert _track(again, "from the second start") == 200
    (worker,) = [
        process
        for process in run.processes()
        if "worker" in process.cmdline() and process.parent() and process.parent().pid == demo.pid
    ]
    worker.kill()
    output, _ = demo.communicate(timeout=60)
    assert demo.returncode == 1
    assert "bin/demo: worker ended by itself (status -9), so everything is ended." in output
    eventually(lambda: run.names() == [], otherwise=run.names)
