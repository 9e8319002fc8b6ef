"""A ladder from a proposal: new milestones into the library, and the steps into a draft."""

from typing import Any

from milestones.discovery import deciding, planning
from milestones.discovery.gathering import packed
from milestones.discovery.models import Plan
from milestones.discovery.proposal import Proposal, Step
from milestones.ladders import drafts
from milestones.ladders.composer.making import TAKEN_KEYS
from milestones.ladders.document import DEFAULT_PRECEDENCE, Document
from milestones.ladders.models import Ladder, Role
from milestones.library.keys import key_from
from milestones.library.models import Milestone
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member


class NoSteps(Exception):
    """Every step was refused; there is nothing to make a ladder of."""


def make_ladder(plan: Plan, *, name: str, into: Ladder | None, base: str, by: Member) -> Ladder:
    """Write the plan's steps into a new ladder of that name, or into the draft of a ladder there is.

    1. Milestones whose key the library does not have yet are added to it, as their pack has them; those it has
       stay as they are.
    2. The draft gets the steps with what was fitted to the answers. In a ladder there is, its own words stay: those
       of its milestones, and whatever it says already; rungs that were not proposed leave the draft (and come back
       with its undo).
    3. The plan, with answers and decisions, becomes part of the ladder's goals.

    Raises NoSteps, planning.Final, planning.Stale.
    """
    plan = planning.finish(plan, base=base)
    proposal, decisions = plan.proposal, plan.now_decided
    steps = deciding.chosen(proposal, decisions)
    if not steps:
        raise NoSteps
    added = _into_library(steps)
    ladder = into or _new_ladder(plan, name)
    draft = drafts.begin(ladder, by=by)
    now = drafts.locked(draft)  # before it is read, so that nothing that is written meanwhile gets lost
    now.ladder = ladder
    before = now.document
    rungs = deciding.rungs(proposal, decisions)
    document = _document(before, rungs, steps, proposal, start=None if into else _start(steps))
    drafts.write(draft, document, by=by, words=f"Made from the discovery {plan.discovery.name}", place="")
    planning.close(plan, ladder=ladder, number=draft.number, by=by)
    Entry.record(
        by=by,
        action="discovery.made",
        target=ladder,
        discovery=plan.discovery.name,
        milestones=[step.key for step in steps],
        added_to_library=added,
        refused=list(decisions["refused"]),
    )
    return ladder


def _into_library(steps: list[Step]) -> list[str]:
    known = set(Milestone.objects.filter(key__in=[step.key for step in steps]).values_list("key", flat=True))
    missing = [step for step in steps if step.key not in known]
    for step in missing:
        Milestone().become({**step.content, "criterion": dict(step.usual)})
    return [step.key for step in missing]


def _new_ladder(plan: Plan, name: str) -> Ladder:
    discovery = plan.discovery
    role = Role.objects.filter(key=discovery.role_key).first()
    if role is None:
        usual = {document["role"]["key"]: document["role"] for document in packed().values()}
        rule = {"trait": "role", "equals": discovery.role_key}
        other = {"rule": rule, "precedence": DEFAULT_PRECEDENCE}
        own = {**usual.get(discovery.role_key, other), "key": discovery.role_key, "name": discovery.role_name}
        role = Role.objects.create(**own)
    taken = {*Ladder.objects.values_list("key", flat=True), *TAKEN_KEYS}
    return Ladder.objects.create(key=key_from(name, taken=taken, otherwise="ladder"), name=name, role=role)


def _document(
    before: Document, rungs: list[Document], steps: list[Step], proposal: Proposal, *, start: Any
) -> Document:
    """What the ladder says already stays; the rest comes from the proposal."""
    own = {rung["milestone"]["key"]: rung["milestone"] for rung in before.get("rungs", [])}
    fitted = {step.key: step.content["criterion"] for step in steps if step.content["criterion"] != step.usual}
    for rung in rungs:
        key = rung["milestone"]["key"]
        if key in own:
            rung["milestone"] = {**own[key], "criterion": fitted.get(key, own[key]["criterion"])}
    keys = {rung["milestone"]["key"] for rung in rungs}
    said = {
        "title": proposal.title,
        "value_proposition": proposal.value_proposition,
        "kickoff": deciding.kickoff(steps),
        "done_looks_like": proposal.done_looks_like,
        "new_steps_a_session": proposal.new_steps_a_session,
        "start": start,
    }
    return {
        **{field: value for field, value in said.items() if value},
        **before,
        "rungs": rungs,
        "funnel": [key for key in before.get("funnel", []) if key in keys],
    }


def _start(steps: list[Step]) -> Any:
    """The start event of the starter pack that most of the steps are from; None when it has none."""
    sources = [step.source for step in steps if step.source in packed()]
    most = max(sources, key=sources.count, default="")
    return packed()[most].get("start") if most else None
