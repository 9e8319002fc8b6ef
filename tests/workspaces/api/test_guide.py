"""docs/api.md is true: its commands run as they stand there, in their order, against a server."""

import re
import subprocess
import threading
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

from workspaces.api import idempotency, limits, paging
from workspaces.api.json_bodies import MOST_BYTES
from workspaces.api.problems import CODES
from workspaces.audit.models import Entry
from workspaces.keys.mail import SOON
from workspaces.scope import scope

TEXT = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def host():
    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_command_of_the_guide_does_what_it_says(workspace, program, host):
    assert len(COMMANDS) > 7
    told = []
    for command in COMMANDS:
        ran = subprocess.run(
            ["/bin/sh", "-ec", command],
            env={"PATH": "/usr/bin:/bin", "HOST": host, "SECRET_KEY": program.token},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr
        assert '"request_id"' not in ran.stdout, (command, ran.stdout)
        told.append(ran.stdout)
    assert '"state":"published"' in told[3]
    assert '"definition_version":2' in told[5]
    assert '"minutes":5' in told[7]
    with scope(workspace):
        assert set(Entry.objects.values_list("actor", flat=True)) == {"key Warehouse"}


@pytest.mark.pure
def test_the_numbers_in_the_guide_are_those_that_hold():
    assert f"`limit` is 1 to {paging.MOST}, {paging.USUAL}\nif you say nothing" in TEXT
    assert f"within {idempotency.KEPT.total_seconds() / 3600:.0f} hours" in TEXT
    assert idempotency.PATIENCE == "10s"
    assert "ten seconds" in TEXT
    assert f"w={limits.WINDOW_SECONDS}" in TEXT
    assert MOST_BYTES == 1024 * 1024
    assert SOON.days == 7
    for code in re.findall(r"4\d\d `(\w+)`", TEXT):
        assert code in CODES
