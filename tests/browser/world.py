"""A populated workspace for the browser: one ladder, and people who stand on every part of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from onboarding.features.learning import learn
from onboarding.people.models import Person
from onboarding.widget.links import checklist_url
from tests.analytics.events import identify, send, track
from workspaces.keys.models import ApiKey
from workspaces.scope import scope

LADDER = (Path(__file__).parent / "ladder.yaml").read_text()
EVENTS = [
    "Workspace Created",
    "Source Connected",
    "Member Invited",
    "Report Built",
    "Report Shared",
    "Alert Set",
    "Export Automated",
]
CLIMBS = {"pia": 2, "quinn": 0, "rosa": 7, "sven": 4}  # how many steps each has done


@dataclass
class World:
    workspace: Any
    owner: Any
    write_key: str

    def person(self, name: str) -> Person:
        with scope(self.workspace):
            return Person.objects.get(external_id=name)

    def checklist(self, name: str) -> str:
        return checklist_url(self.person(name))

    def send(self, name: str, event: str, at: datetime | None = None) -> None:
        """An event through the log and the engine, without server or worker."""
        send(self.workspace, [track(name, event, at or timezone.now())])

    def page_of(self, name: str) -> str:
        return f"/w/{self.workspace.slug}/people/{self.person(name).pk}/"


def build(workspace, owner, *, crowd: int = 0) -> World:
    """Publish the ladder and let everybody of CLIMBS, and so many more, come as far as they do."""
    with scope(workspace):
        ladder = import_ladder(load(LADDER), by=owner).ladder
        ladder.publish(by=owner, at=timezone.now() - timedelta(days=90))
        learn()
    start = timezone.now() - timedelta(days=1)
    messages = []
    for name, done in CLIMBS.items():
        messages += _climb(name, start, done)
    for number in range(crowd):
        messages += _climb(f"crowd-{number:02}", start - timedelta(days=number % 40, minutes=number), number % 8)
    messages.append(identify("tom", start, plan="free"))  # known, but has never signed up: no ladder
    send(workspace, messages)
    ApiKey.issue(workspace, kind="secret", name="Warehouse")
    return World(workspace, owner, ApiKey.issue(workspace, kind="write", name="Web app")[1])


def _climb(name: str, start: datetime, done: int) -> list:
    email = f"{name}@customer.example"
    plan = ["free", "team", "scale"][len(name) % 3]
    said = [identify(name, start, email=email, name=name.title(), plan=plan), track(name, "Signed Up", start)]
    return said + [track(name, event, start + timedelta(hours=1 + step)) for step, event in enumerate(EVENTS[:done])]
