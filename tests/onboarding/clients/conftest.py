"""Real SDKs against a real web server, through a proxy that lets things go wrong."""

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.processes import end, environment

HERE = Path(__file__).parent
NEEDS_NODE = ["test_node.py", "test_webhooks_node.py", "test_browser_sdk.py", "test_flags_node.py"]

# In CI they stay, and fail by saying what is missing.
if not (shutil.which("node") and shutil.which("npm")) and os.environ.get("CI") != "true":
    collect_ignore = NEEDS_NODE
    warnings.warn(f"Left out, because there is no Node.js 20 with npm: {', '.join(NEEDS_NODE)}", stacklevel=1)


@pytest.fixture(scope="session")
def web_port(django_db_setup) -> Iterator[int]:
    """The port of granian with threads, as production runs it, on this run's database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--blocking-threads", "4"]
    process = subprocess.Popen(
        [*granian, "--host", "127.0.0.1", "--port", str(port), "config.wsgi:application"],
        cwd=settings.BASE_DIR,
        env=environment() | {"PYTHONWARNINGS": "ignore"},
        stdout=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                assert time.monotonic() < until, "the server does not listen"
                time.sleep(0.05)
        yield port
    finally:
        end(process)


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """The SDKs for JavaScript as package-lock.json pins them, installed once for each state of that file."""
    assert shutil.which("node"), "These tests need Node.js 20 (or leave CI unset to do without)"
    assert shutil.which("npm"), "These tests need npm (or leave CI unset to do without)"
    lock = (HERE / "node" / "package-lock.json").read_bytes()
    folder = Path(settings.BASE_DIR) / ".tools" / f"clients-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as fresh:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(HERE / "node" / name, fresh)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"npm ci failed:\n{done.stderr[-2000:]}"
            with contextlib.suppress(OSError):  # another process was quicker
                Path(fresh).rename(folder)
                Path(fresh).mkdir()  # for the clean-up
    return folder / "node_modules"
