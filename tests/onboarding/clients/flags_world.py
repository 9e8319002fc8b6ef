"""A workspace in which gil has unlocked dashboards, and a key to ask with."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from onboarding.features.learning import learn
from onboarding.features.models import Feature
from tests.onboarding.features.conftest import LADDER
from tests.onboarding.progress.scenes import event, publish, take
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class World:
    workspace: Any
    key: str

    def gil_does(self, name: str) -> None:
        take(self.workspace, event(name, NOON + timedelta(minutes=1)))


def make(name: str) -> World:
    """Of three features one is on, one off, and one archived."""
    workspace = Workspace.objects.create(name=name, slug=f"{name}-{os.getpid()}")
    archived = LADDER.replace("purpose: Report.", "purpose: Report., unlock: old-reports")
    publish(workspace, archived, at=NOON - timedelta(days=30))
    with scope(workspace):
        learn()
        Feature.objects.get(key="old-reports").archive()
    world = World(workspace, ApiKey.issue(workspace, kind="flags", name="client")[1])
    take(workspace, event("Signed Up", NOON))
    world.gil_does("Connected")
    return world
