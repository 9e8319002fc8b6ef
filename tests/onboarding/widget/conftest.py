from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from onboarding.people.models import Person
from tests.analytics.events import identify, send, track
from workspaces.scope import scope

LADDER = Path(__file__).parents[2] / "browser" / "ladder.yaml"
EVENTS = ["Workspace Created", "Source Connected", "Member Invited", "Report Built", "Report Shared", "Alert Set"]
EVENTS += ["Export Automated"]


@pytest.fixture
def ladder(workspace):
    """Acme's ladder of seven steps, published."""
    with scope(workspace):
        return import_ladder(load(LADDER.read_text()), by=None).ladder.publish(by=None, at=timezone.now()).ladder


@pytest.fixture
def climb(workspace, ladder):
    """Let somebody sign up and do the first `done` steps. Returns the person."""

    def climb_to(name: str, done: int = 0, *, days_ago: int = 1, email: str = "") -> Person:
        start = timezone.now() - timedelta(days=days_ago)
        messages = [track(name, "Signed Up", start)]
        if email:
            messages.append(identify(name, start, email=email))
        messages += [
            track(name, event, start + timedelta(minutes=1 + place)) for place, event in enumerate(EVENTS[:done])
        ]
        send(workspace, messages)
        with scope(workspace):
            return Person.objects.get(external_id=name)

    return climb_to
