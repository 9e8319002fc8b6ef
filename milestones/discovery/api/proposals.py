"""A proposal: made from answers, decided about step by step, taken back, and made a ladder's draft."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from milestones.discovery import planning
from milestones.discovery.answering import response_of
from milestones.discovery.api import shapes
from milestones.discovery.api.discoveries import EDIT, READ
from milestones.discovery.deciding import NotPossible
from milestones.discovery.making import NoSteps, make_ladder
from milestones.discovery.models import Discovery, Plan
from milestones.discovery.showing import Shown, plan_shown
from milestones.ladders.models import Ladder
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView

STALE = "Somebody decided something since you read it; read it again. Nothing was done."
FINAL = "A ladder was made of this proposal, so it stays as it is; propose again for another."


class TheProposal(KeyedView):
    @operation("discoveries_proposal", READ, "What is proposed, and why", answer=shapes.ProposalTold, plain=True)
    def get(self, call: Call, pk: int) -> dict[str, Any]:
        return told(_plan(pk))

    @operation(
        "discoveries_propose",
        EDIT,
        "Propose a ladder from answers; where it would be the same, what was decided so far stays",
        answer=shapes.ProposalTold,
        body=shapes.ProposalBody,
        plain=True,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> dict[str, Any]:
        discovery = get_object_or_404(Discovery, pk=pk)
        chosen = call.body.get("response")
        if chosen is None:
            response = response_of(discovery, None)
        else:
            found = discovery.responses.filter(pk=chosen).first()
            if found is None:
                raise Refused("invalid", errors=[At("This discovery has no such answers.", pointer="/response")])
            response = found
        if response.answers is None:
            raise Refused("conflict", "These answers were not sent yet; there is nothing to propose from.")
        return told(planning.plan_from(response, by=call.by))

    @operation(
        "discoveries_withdraw_proposal", EDIT, "Return to the proposal before this one, if there is one", refuses=(409,)
    )
    def delete(self, call: Call, pk: int) -> None:
        try:
            planning.bring_back(_plan(pk), by=call.by)
        except planning.Stale:
            raise Refused("conflict", STALE) from None
        except planning.NothingToUndo:
            raise Refused("conflict", "There is no earlier proposal to go back to.") from None


class Decisions(KeyedView):
    @operation(
        "discoveries_decide",
        EDIT,
        "Accept, refuse, take or swap a step, say why one is refused, or undo the last decision",
        answer=shapes.ProposalTold,
        body=shapes.ProposalDecisionBody,
        plain=True,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> dict[str, Any]:
        said = call.body
        needed = {"undo": (), "swap": ("milestone", "other"), "explain": ("milestone", "why")}
        lacking = [name for name in needed.get(said["act"], ("milestone",)) if name not in said]
        if lacking:
            raise Refused("invalid", errors=[At("This field is required.", pointer=f"/{name}") for name in lacking])
        act = {"act": said["act"], "key": said.get("milestone", "")}
        act |= {name: said.get(name, "") for name in ("other", "why")}
        try:
            planning.decide(_plan(pk), act, base=str(said["revision"]), by=call.by)
        except planning.Stale:
            raise Refused("conflict", STALE) from None
        except planning.Final:
            raise Refused("conflict", FINAL) from None
        except planning.NothingToUndo:
            raise Refused("conflict", "There is nothing left to take back.") from None
        except NotPossible as problem:
            raise Refused("conflict", str(problem)) from None
        return told(_plan(pk))


class TheLadder(KeyedView):
    @operation(
        "discoveries_make_ladder",
        EDIT,
        "Put the steps into the draft of a new ladder, or of one there is for the same role",
        answer=shapes.ProposalTold,
        body=shapes.LadderOfProposal,
        status=201,
        plain=True,
        refuses=(409,),
    )
    def post(self, call: Call, pk: int) -> Answer:
        plan, said = _plan(pk), call.body
        if len({"name", "into"} & said.keys()) != 1:
            raise Refused("invalid", errors=[At("Give a name, or the ladder that it goes into, one of them.")])
        into = _into(plan, said["into"]) if "into" in said else None
        try:
            ladder = make_ladder(plan, name=said.get("name", ""), into=into, base=str(said["revision"]), by=call.by)
        except planning.Stale:
            raise Refused("conflict", STALE) from None
        except planning.Final:
            raise Refused("conflict", FINAL) from None
        except NoSteps:
            raise Refused("conflict", "Every step is refused; take at least one back.") from None
        return Answer(told(_plan(pk)), headers={"Location": f"/api/v1/ladders/{ladder.key}"})


def _plan(pk: int) -> Plan:
    found = Plan.objects.filter(discovery_id=pk).select_related("discovery", "ladder").order_by("-pk").first()
    if found is None:
        raise Http404("Nothing is proposed")
    return found


def _into(plan: Plan, key: str) -> Ladder:
    found = Ladder.objects.filter(archived_at=None, role__key=plan.discovery.role_key, key=key).first()
    if found is None:
        raise Refused("invalid", errors=[At("No ladder in use for this role has this key.", pointer="/into")])
    return found


def told(plan: Plan) -> dict[str, Any]:
    shown = plan_shown(plan)
    fields = ("revision", "answered_by", "proposed_at", "changed_by")
    return {
        "id": plan.pk,
        **{name: getattr(plan, name) for name in fields},
        "title": shown.title,
        "days": shown.days.days,
        "late_by_days": shown.late_by.days if shown.late_by else None,
        "ladder": plan.ladder.key if plan.ladder else None,
        "steps": [_step(step) for _, steps in shown.phases for step in steps],
        "refused": [{"key": one.step.key, "name": one.step.name, "why": one.why} for one in shown.refused],
        "not_proposed": [vars(one) for one in shown.not_proposed],
        "about": [reason.words for reason in shown.about],
        "can_undo": shown.can_undo,
    }


def _step(shown: Shown) -> dict[str, Any]:
    step = shown.step
    return {
        **{name: getattr(step, name) for name in ("key", "name", "phase", "due_days")},
        **{name: getattr(shown, name) for name in ("done_when", "first_value", "accepted")},
        "reasons": [reason.words for reason in (*shown.reasons, *shown.more_reasons)],
        "instead": [other.step.key for other in shown.instead],
    }
