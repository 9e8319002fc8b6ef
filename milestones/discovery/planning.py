"""A proposal in the database: proposing from a response's answers, deciding step by step, and taking it back."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from milestones.discovery import deciding
from milestones.discovery.gathering import gathered
from milestones.discovery.models import Discovery, Plan, Response
from milestones.discovery.proposal import Proposal, to_data
from milestones.discovery.proposing import propose
from milestones.library.problems import storable
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member

MOST_PAST = 50  # decisions that can be taken back
MOST_PLANS = 10  # of one discovery that no ladder was made of


class Final(Exception):
    """A ladder was made of the plan; it stays as it is."""


class Stale(Exception):
    """Somebody decided something since the page was loaded; nothing was changed."""


class NothingToUndo(Exception):
    """No decision is left to take back."""


def plan_from(response: Response, *, by: Member) -> Plan:
    """Propose a ladder from the response's answers.

    If the newest plan proposes just that, and no ladder was made of it, it goes on with all that was decided. Otherwise
    the plans before are kept: `bring_back` returns to them.
    """
    discovery = response.discovery
    Discovery.objects.select_for_update().get(pk=discovery.pk)
    made = propose(discovery.values(response.answers), gathered())
    newest = discovery.plan
    if newest is not None and newest.ladder_id is None and newest.proposal == made:
        return newest
    old = discovery.plans.filter(ladder=None).order_by("-pk").values_list("pk", flat=True)[MOST_PLANS - 1 :]
    discovery.plans.filter(pk__in=list(old)).delete()
    plan = Plan.objects.create(
        discovery=discovery,
        answers=response.answers,
        answered_by=response.by,
        answered_at=response.answered_at,
        content=to_data(made),
        decisions=deciding.undecided(made),
        changed_by=str(by),
    )
    Entry.record(by=by, action="discovery.proposed", target=discovery, steps=[step.key for step in made.steps])
    return plan


def earlier(plan: Plan) -> Plan | None:
    """The plan that `bring_back` would return to: the one before, if no ladder was made of either."""
    if plan.ladder_id is not None:
        return None
    before = plan.discovery.plans.filter(pk__lt=plan.pk).order_by("-pk").first()
    return before if before is not None and before.ladder_id is None else None


def bring_back(plan: Plan, *, by: Member) -> None:
    """Return to the proposal before this one, with all that was decided about it. Raises NothingToUndo or Stale."""
    if earlier(_locked(plan)) is None:
        raise NothingToUndo
    Entry.record(by=by, action="discovery.proposal_withdrawn", target=plan.discovery)
    plan.delete()


def decide(plan: Plan, act: Mapping[str, Any], *, base: str, by: Member) -> str:
    """Do what the member decided; returns words for it.

    Acts: {act: accept | refuse | take | swap | explain | undo, key, other, why}. Raises Final, Stale,
    NothingToUndo, or deciding.NotPossible.
    """
    plan = _locked(plan)
    if plan.ladder_id is not None:
        raise Final
    if base != str(plan.revision):
        raise Stale
    proposal = plan.proposal
    if act["act"] == "undo":
        if not plan.past:
            raise NothingToUndo
        last = plan.past[-1]
        plan.decisions, plan.past = last["decisions"], plan.past[:-1]
        words = gettext("Taken back: %(words)s") % {"words": last["words"]}
    else:
        decisions, words = _decided(proposal, plan.now_decided, act)
        plan.past = [*plan.past, {"words": words, "decisions": plan.decisions}][-MOST_PAST:]
        plan.decisions = decisions
    plan.revision, plan.changed_by = plan.revision + 1, str(by)
    plan.save(update_fields=["decisions", "past", "revision", "changed_by"])
    return words


def finish(plan: Plan, *, base: str) -> Plan:
    """The plan, locked, for a ladder to be made of it. Raises Final or Stale."""
    plan = _locked(plan)
    if plan.ladder_id is not None:
        raise Final
    if base != str(plan.revision):
        raise Stale
    return plan


def close(plan: Plan, *, ladder: Any, number: int, by: Member) -> None:
    """Note which ladder's draft was made of the plan; from here on it is the ladder's goals."""
    plan.ladder, plan.number, plan.made_at, plan.made_by = ladder, number, timezone.now(), str(by)
    plan.save(update_fields=["ladder", "number", "made_at", "made_by"])


def _decided(proposal: Proposal, now: deciding.Decisions, act: Mapping[str, Any]) -> tuple[deciding.Decisions, str]:
    key = act["key"]
    known = proposal.known()
    if key not in known:
        raise deciding.NotPossible(gettext("That milestone is not on offer any more; reload the page."))
    name = known[key].name
    match act["act"]:
        case "accept":
            accepted = key not in now["accepted"]
            return deciding.accept(now, proposal, key), f"{'Accepted' if accepted else 'Not accepted yet:'} “{name}”"
        case "refuse":
            return deciding.refuse(now, proposal, key), gettext("Refused “%(name)s”") % {"name": name}
        case "take":
            return deciding.take(now, proposal, key), gettext("Took “%(name)s”") % {"name": name}
        case "swap":
            swapped = deciding.swap(now, proposal, key, act["other"])
            return swapped, gettext("Swapped “%(name)s” for “%(other)s”") % {
                "name": name,
                "other": known[act["other"]].name,
            }
        case "explain":
            why = " ".join(act["why"].split())[: deciding.LONGEST_WHY]
            if not storable(why):
                raise deciding.NotPossible(
                    gettext("The reason contains a character that cannot be kept; type it again.")
                )
            return deciding.explain(now, proposal, key, why=why), gettext("Said why “%(name)s” is refused") % {
                "name": name
            }
    raise deciding.NotPossible(gettext("That is not something that can be decided; reload the page."))


def _locked(plan: Plan) -> Plan:
    """The plan, locked, if it is still the one that its discovery shows. Raises Stale."""
    Discovery.objects.select_for_update().get(pk=plan.discovery_id)
    found = Plan.objects.select_for_update().filter(pk=plan.pk).first()
    if found is None or (found.ladder_id is None and found.discovery.plan != found):
        raise Stale
    return found
