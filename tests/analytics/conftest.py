from pathlib import Path

import pytest

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from workspaces.scope import scope

LADDER = Path(__file__).parent / "ladder.yaml"


@pytest.fixture
def publish(clock):
    """Publish the ladder of tests/analytics/ladder.yaml, or a text made from it, in a workspace."""

    def publish_in(workspace, text=None, *, at=clock, by=None, moves=False):
        with scope(workspace):
            return import_ladder(load(text or LADDER.read_text()), by=by).ladder.publish(by=by, at=at, moves=moves)

    return publish_in
