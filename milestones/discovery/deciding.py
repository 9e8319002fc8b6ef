"""What a member decides about a proposal, step by step, and the rungs that come of it. Pure.

Decisions are plain data: {"taken": [keys], "accepted": [keys], "refused": {key: why}, "swapped": {key: the key it
replaced}}. `taken` are the steps of the ladder to be; what was proposed and is in neither is refused.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext, ngettext

from milestones.discovery.proposal import Proposal, Reason, Step
from milestones.ladders.document import PHASES, Document

LONGEST_WHY = 300
Decisions = dict[str, Any]


class NotPossible(ValueError):
    """The step is not there to decide about; the message says so to the member."""


def undecided(proposal: Proposal) -> Decisions:
    """The decisions before any was made: everything proposed is taken."""
    return {"taken": [step.key for step in proposal.steps], "accepted": [], "refused": {}, "swapped": {}}


def accept(decisions: Decisions, proposal: Proposal, key: str) -> Decisions:
    """Say yes to a step, or take the yes back."""
    _taken(decisions, key)
    accepted = decisions["accepted"]
    return {**decisions, "accepted": [k for k in accepted if k != key] if key in accepted else [*accepted, key]}


def refuse(decisions: Decisions, proposal: Proposal, key: str, *, why: str = "") -> Decisions:
    _taken(decisions, key)
    return {
        "taken": [one for one in decisions["taken"] if one != key],
        "accepted": [one for one in decisions["accepted"] if one != key],
        "refused": {**decisions["refused"], key: why},
        "swapped": {one: old for one, old in decisions["swapped"].items() if one != key},
    }


def explain(decisions: Decisions, proposal: Proposal, key: str, *, why: str) -> Decisions:
    """Say why a step was refused."""
    if key not in decisions["refused"]:
        raise NotPossible(gettext("That milestone is not refused any more; reload the page."))
    return {**decisions, "refused": {**decisions["refused"], key: why}}


def take(decisions: Decisions, proposal: Proposal, key: str) -> Decisions:
    """Take a step that was refused, or was not proposed at all."""
    if key not in proposal.known() or key in decisions["taken"]:
        raise NotPossible(gettext("That milestone is not on offer any more; reload the page."))
    return {
        **decisions,
        "taken": [*decisions["taken"], key],
        "refused": {one: why for one, why in decisions["refused"].items() if one != key},
    }


def swap(decisions: Decisions, proposal: Proposal, key: str, other: str) -> Decisions:
    """Take `other` in the place of `key`, which counts as refused for its sake."""
    known = proposal.known()
    if other not in known or other in decisions["taken"]:
        raise NotPossible(gettext("That milestone is not on offer any more; reload the page."))
    refused = refuse(decisions, proposal, key, why=gettext("Swapped for %(other)s") % {"other": known[other].name})
    taken = take(refused, proposal, other)
    return {**taken, "accepted": [*taken["accepted"], other], "swapped": {**taken["swapped"], other: key}}


def chosen(proposal: Proposal, decisions: Mapping[str, Any]) -> list[Step]:
    """The steps of the ladder to be, in their order: by phase, each below its prerequisites.

    A step that replaced another stands where that one stood. Its reasons begin with whose choice it was.
    """
    known = proposal.known()
    proposed = {step.key for step in proposal.steps}
    steps: dict[str, Step] = {}
    for key in decisions["taken"]:
        step = known[key]
        if old := known.get(decisions["swapped"].get(key, "")):
            words = gettext("You chose it instead of “%(old)s”.") % {"old": old.name}
            step = replace(step, order=old.order, phase=old.phase, reasons=(Reason("swap", words), *step.reasons))
        elif key not in proposed:
            step = replace(step, reasons=(Reason("added", gettext("You added it.")), *step.reasons))
        steps[key] = step
    return in_order(steps)


def first_value(steps: list[Step]) -> str:
    """The key of the step at which first value is best marked; '' where there are none."""
    return max(steps, key=lambda step: (step.value, -steps.index(step))).key if steps else ""


def rungs(proposal: Proposal, decisions: Mapping[str, Any]) -> list[Document]:
    """The rungs of the ladder to be, in the canonical form of a ladder document."""
    steps = chosen(proposal, decisions)
    keys, marked = [step.key for step in steps], first_value(steps)
    found = []
    for step in steps:
        rung: Document = {"milestone": dict(step.content), "phase": step.phase, "due_after": _period(step.due_days)}
        if needed := [key for key in step.prerequisites if key in keys]:
            rung["prerequisites"] = needed
        if step.key == marked:
            rung["first_value"] = True
        found.append(rung)
    return found


def days_in_all(steps: list[Step]) -> int:
    """Days until the last step is due, when each opens as soon as its prerequisites are done, at the latest moment."""
    until: dict[str, int] = {}
    for step in steps:  # prerequisites stand above
        until[step.key] = step.due_days + max((until[key] for key in step.prerequisites if key in until), default=0)
    return max(until.values(), default=0)


def kickoff(steps: list[Step]) -> str:
    """What done looks like for the first phase."""
    names = [f"“{step.name}”" for step in steps if step.phase == steps[0].phase] if steps else []
    if not names:
        return ""
    listed = (
        names[0]
        if len(names) == 1
        else gettext("%(names)s and %(last)s") % {"names": ", ".join(names[:-1]), "last": names[-1]}
    )
    return gettext("The first part is done with %(listed)s.") % {"listed": listed}


def _taken(decisions: Decisions, key: str) -> None:
    if key not in decisions["taken"]:
        raise NotPossible(gettext("That milestone is not among the steps any more; reload the page."))


def in_order(steps: dict[str, Step]) -> list[Step]:
    """The steps by phase, each below its prerequisites as far as they are there, in the order of all otherwise."""
    ordered: list[Step] = []

    def put(key: str, path: frozenset[str]) -> int:
        """Put the step behind its prerequisites; returns the number of its phase, which is never before theirs."""
        placed = next((PHASES.index(step.phase) for step in ordered if step.key == key), None)
        if placed is not None:
            return placed
        step, path = steps[key], path | {key}
        needed = [one for one in step.prerequisites if one in steps and one not in path]
        phase = max([PHASES.index(step.phase), *(put(one, path) for one in needed)])
        kept = tuple(one for one in step.prerequisites if one not in steps or one in needed)
        ordered.append(replace(step, phase=PHASES[phase], prerequisites=kept))
        return phase

    for key in sorted(steps, key=lambda key: (PHASES.index(steps[key].phase), steps[key].order, key)):
        put(key, frozenset())
    # A step that went to a later phase with its prerequisites must not stand among the earlier ones.
    return sorted(ordered, key=lambda step: PHASES.index(step.phase))


def _period(days: int) -> str:
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
