"""A populated workspace for the browser: one ladder, and people who stand on every part of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from onboarding.features.learning import learn
from onboarding.feedback.models import Answer
from onboarding.people.models import Person
from onboarding.usage import projection
from onboarding.usage.declaring import declare_use
from onboarding.usage.models import KeyEvent
from onboarding.widget.links import checklist_url
from onboarding.widget.states import WidgetState
from tests.analytics.events import group, identify, send, track
from tests.processes import wait_until
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

    def await_sight(self, name: str) -> None:
        """Wait until it is noted that the widget came into sight of a person: what is done later is news there."""

        def noted() -> bool:
            with scope(self.workspace):
                return WidgetState.objects.filter(sender=f"u:{name}").exists()

        wait_until(noted, seconds=10, what=f"the widget had not come into sight of {name}")

    def page_of(self, name: str) -> str:
        return f"/w/{self.workspace.slug}/people/{self.person(name).pk}/"


def build(workspace, owner, *, crowd: int = 0) -> World:
    """Publish the ladder and let everybody of CLIMBS, and so many more, come as far as they do.

    With a crowd there is something on every card: use, values of accounts that grow, and answers.
    """
    with scope(workspace):
        ladder = import_ladder(load(LADDER), by=owner).ladder
        ladder.publish(by=owner, at=timezone.now() - timedelta(days=90))
        learn()
        if crowd:
            workspace.values = ["seats"]
            workspace.save()
            shared = KeyEvent.objects.create(key="share", name="Share a report", criterion={"event": "Report Shared"})
            for feature in ("live-sync", "scheduled-reports"):
                declare_use(feature, shared)
    start = timezone.now() - timedelta(days=1)
    messages = []
    for name, done in CLIMBS.items():
        messages += _climb(name, start, done)
    for number in range(crowd):
        messages += _climb(f"crowd-{number:02}", start - timedelta(days=number % 40, minutes=number), number % 8)
        messages += _use(f"crowd-{number:02}", start - timedelta(days=number % 40, minutes=number), number)
    messages.append(identify("tom", start, plan="free"))  # known, but has never signed up: no ladder
    send(workspace, messages)
    if crowd:
        projection.advance(workspace.pk)
        with scope(workspace):
            Answer.objects.bulk_create(
                Answer(sender=f"u:crowd-{number:02}", score=4 + number % 7, said_at=start, source="survey")
                for number in range(crowd)
            )
    ApiKey.issue(workspace, kind="secret", name="Warehouse")
    return World(workspace, owner, ApiKey.issue(workspace, kind="write", name="Web app")[1])


def _use(name: str, start: datetime, number: int) -> list:
    """The weeks in which somebody comes back, and the seats of their firm then and a month later."""
    weeks = range(1, 2 + number % 5)
    return [
        group(name, start - timedelta(minutes=1), f"firm-{name}", seats=5),
        group(name, start + timedelta(days=20), f"firm-{name}", seats=5 + number % 3),
        *(track(name, "Report Shared", start + timedelta(days=7 * week, hours=1)) for week in weeks),
    ]


def _climb(name: str, start: datetime, done: int) -> list:
    email = f"{name}@customer.example"
    plan = ["free", "team", "scale"][len(name) % 3]
    said = [identify(name, start, email=email, name=name.title(), plan=plan), track(name, "Signed Up", start)]
    return said + [track(name, event, start + timedelta(hours=1 + step)) for step, event in enumerate(EVENTS[:done])]
