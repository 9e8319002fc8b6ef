import random
from collections import Counter
from datetime import timedelta

import pytest

from analytics.cubes.fold import fold
from milestones.ladders.specs import published_specs
from onboarding.progress.cells import cells_of
from onboarding.progress.journeys import write_deltas
from tests.analytics.climbs import journey
from workspaces.scope import scope

DAY = timedelta(days=1)


@pytest.fixture
def count(clock):
    """Put journeys into a workspace's cubes, as the engine would."""

    def put(workspace, journeys):
        with scope(workspace):
            write_deltas(Counter(cell for one in journeys for cell in cells_of(one, workspace.zone)))
        fold(workspace)

    return put


@pytest.fixture
def versions():
    """The workspace's published versions, as values."""

    def of(workspace):
        with scope(workspace):
            return published_specs()

    return of


@pytest.fixture
def crowd(clock):
    """People who began over `days` and reach the rungs of their version, with shares and pace to choose."""

    def make(version, people, *, seed=1, until=None, days=60, mean_days=5.0, passing=(0.9, 0.6, 0.9), segment=None):
        rng = random.Random(seed)
        until = until or clock
        found = []
        for number in range(people):
            start = until - rng.uniform(0, days) * DAY
            after, reached = timedelta(), {}
            for rung, share in zip(version.rungs, passing, strict=True):
                after += rng.expovariate(3 / mean_days) * DAY
                if rng.random() > share or start + after > clock:
                    break
                reached[rung.key] = after
            found.append(journey(start, reached, on=version, person=number, segment=segment))
        return found

    return make
