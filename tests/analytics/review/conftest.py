import json

import pytest

from analytics.cubes.fold import fold
from milestones.ladders.models import Ladder
from milestones.ladders.specs import published_specs
from onboarding.progress.cells import cells_of
from onboarding.progress.models import CubeDelta
from tests.analytics.climbs import journey
from workspaces.scope import scope


@pytest.fixture
def count():
    """Put journeys into a workspace's cubes, as the engine would."""

    def put(workspace, journeys):
        with scope(workspace):
            CubeDelta.objects.bulk_create(
                CubeDelta(**{**cell._asdict(), "segment": json.loads(cell.segment), "n": 1})
                for one in journeys
                for cell in cells_of(one, workspace.zone)
            )
        fold(workspace)

    return put


@pytest.fixture
def ladder(workspace, other_workspace, publish, clock):
    """Acme's published ladder, and one of the same key in Globex."""
    from datetime import timedelta

    publish(other_workspace, at=clock - timedelta(days=100))
    publish(workspace, at=clock - timedelta(days=100))
    with scope(workspace):
        return Ladder.objects.get(key="admin")


@pytest.fixture
def climbs(count):
    """People of a workspace who began `ago`, of whom the first `reached` got to the rung `after` so long."""

    def make(workspace, people, reached, *, now, ago, after, rung="connect", version=-1, first=1):
        with scope(workspace):
            spec = published_specs()[version]
        count(
            workspace,
            [
                journey(now - ago, {rung: after} if n < reached else {}, on=spec, person=first + n)
                for n in range(people)
            ],
        )

    return make
