from pathlib import Path

import pytest

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
