"""What Berthline's product manager is working at: a playbook, a draft that is under way, and a discovery to decide."""

from pathlib import Path
from typing import Any

from config.demo.story import Company
from milestones.discovery import planning
from milestones.discovery.answering import send
from milestones.discovery.models import Discovery, Response
from milestones.ladders import drafts
from milestones.ladders.document import Document
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import load_as
from milestones.library.keys import key_from
from milestones.playbook.document import read
from milestones.playbook.exchange import import_playbook
from onboarding.usage.declaring import declare_use
from onboarding.usage.models import KeyEvent
from workspaces.tenants.models import Member, Workspace

PLAYBOOKS = Path(__file__).parent / "playbooks"

DISCOVERY = "Cold stores: what their administrators want"
ANSWERS: dict[str, Any] = {
    "success": "No truck with frozen goods waits longer than twenty minutes, and the shift lead sees why if one does.",
    "outcomes": ["reliable", "insight"],
    "sources": "Warehouse system, temperature loggers",
    "deadline": "weeks",
    "deadline_weeks": "8",
    "team": "25",
    "industry": "Logistics",
    "others": ["it", "management"],
    "risks": ["waiting", "unnoticed"],
    "notes": "The loggers belong to another supplier.",
}


def set_up(company: Company, workspace: Workspace, *, by: Member) -> None:
    """Make whatever of it is not there yet. Inside the workspace's scope, after its ladders were published."""
    for file in company.playbooks:
        document = load_as((PLAYBOOKS / file).read_text(encoding="utf-8"), read, kind="playbook")
        import_playbook({**document, "owner": by.user.email}, workspace=workspace, by=by)
    _workflows(company)
    if company.drafted:
        _draft(Ladder.objects.get(key=company.drafted), by=by)
        _discovery(by=by)


def _workflows(company: Company) -> None:
    """Key workflows, and which of them is the use of which feature."""
    events = {}
    for name, event in company.workflows.items():
        made = {"name": name, "criterion": {"event": event}}
        events[event] = KeyEvent.objects.get_or_create(key=key_from(name), defaults=made)[0]
    for role in company.roles:
        for uptake in role.uptakes:
            declare_use(uptake.feature, events[uptake.event])
    for feature, event in company.uses.items():
        declare_use(feature, events[event])


def _draft(ladder: Ladder, *, by: Member) -> None:
    """The operators' next version: three trucks on time are enough, and steps come at a pace."""
    draft = drafts.begin(ladder, by=by)
    if draft.revision:
        return
    changes: list[tuple[str, str, dict[str, Any]]] = [
        (
            "Changed What done looks like for the first phase",
            "kickoff",
            {"kickoff": "Your first truck is on the board."},
        ),
        ("Changed New steps a session", "new_steps_a_session", {"new_steps_a_session": 2}),
        (
            "Added a customer story",
            "stories",
            {
                "stories": [
                    {
                        "text": "After a week nobody walked over to ask which dock. They look up instead.",
                        "who": "Iris, shift lead at Noordhaven Cold Chain (fictional)",
                        "role": "operator",
                    }
                ]
            },
        ),
        (
            "Changed the impact",
            "impact",
            {
                "impact": {
                    "before": "Before: trucks by radio, and a list on paper.",
                    "after": "Now, {{ first_name | for you }}: {{ steps_done }} of {{ steps_total }} steps done, first "
                    "value after {{ hours_to_first_value | some }} hours.",
                }
            },
        ),
    ]
    for words, place, fields in changes:
        drafts.write(draft, {**draft.document, **fields}, by=by, words=words, place=place)
    drafts.write(draft, _fewer_trucks(draft.document), by=by, words="Changed Done when", place="rungs.five-on-time")


def _fewer_trucks(document: Document) -> Document:
    rungs = []
    for rung in document["rungs"]:
        milestone = rung["milestone"]
        if milestone["key"] == "five-on-time":
            criterion = {**milestone["criterion"], "at_least": 3}
            milestone = {**milestone, "name": "Send three trucks off on time", "criterion": criterion}
            milestone |= {"cue": "Three green departures."}
        rungs.append({**rung, "milestone": milestone})
    return {**document, "rungs": rungs}


def _discovery(*, by: Member) -> None:
    made = {"role_key": "administrator", "role_name": "Administrator", "kind": "administrator", "made_by": by.user}
    discovery, new = Discovery.objects.get_or_create(name=DISCOVERY, defaults=made)
    if new:
        response = Response.objects.create(discovery=discovery, typed=ANSWERS, by=str(by))
        if problems := send(response, member=by):
            raise ValueError(f"The demo's answers were refused: {problems}")
        planning.plan_from(response, by=by)
