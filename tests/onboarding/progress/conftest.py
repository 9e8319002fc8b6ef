from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from workspaces.scope import scope

HERE = Path(__file__).parent


@pytest.fixture
def publish_file(clock):
    """Import a ladder's YAML file into a workspace and publish it."""

    def publish(workspace, path: Path = HERE / "ladder.yaml", at=clock, by=None):
        with scope(workspace):
            ladder = import_ladder(load(path.read_text()), by=by).ladder
            return ladder.publish(by=by, at=at)

    return publish


@pytest.fixture
def assert_replays():
    """Within it somebody's evidence is fetched to replay them, or nobody's is."""

    @contextmanager
    def replays(expected: bool):
        with CaptureQueriesContext(connection) as queries:
            yield
        assert any("FROM progress_activity" in query["sql"] for query in queries) == expected

    return replays


@pytest.fixture
def in_thread():
    """Call something in a thread of its own, with a connection of its own, and return what it returns."""

    def call(function):
        def work():
            try:
                return function()
            finally:
                connection.close()

        with ThreadPoolExecutor(max_workers=1) as pool:
            return pool.submit(work).result(timeout=60)

    return call
