"""A proposal as its page shows it."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from milestones.discovery import deciding
from milestones.discovery.models import Plan
from milestones.discovery.proposal import Reason, Step
from milestones.library.criteria import describe, parse

FIRST_REASONS = 2
# Whatever their reasons, many steps have these too; they tell the least.
PLAIN = ("role", "source", "due")
FIT = "fit"


@dataclass(frozen=True)
class Shown:
    step: Step
    done_when: str
    due: timedelta
    accepted: bool
    first_value: bool
    reasons: tuple[Reason, ...]  # the telling ones
    more_reasons: tuple[Reason, ...]
    instead: tuple["Shown", ...] = ()
    why: str = ""  # of a refused one
    offered: bool = True  # whether it can be taken
    after: tuple[str, ...] = ()  # names of the steps that it builds on


def _telling(reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """The first reasons of different rules, and whatever makes the criterion another than usual."""
    by_rule: dict[str, Reason] = {}
    for reason in reasons:
        if reason.rule not in (*PLAIN, FIT):
            by_rule.setdefault(reason.rule, reason)
    first = [*by_rule.values()][:FIRST_REASONS] or [*reasons[:1]]
    return (*first, *(reason for reason in reasons if reason.rule == FIT and reason not in first))


@dataclass(frozen=True)
class NotTaken:
    key: str
    name: str
    words: str
    offered: bool


@dataclass(frozen=True)
class PlanShown:
    phases: tuple[tuple[str, tuple[Shown, ...]], ...]
    refused: tuple[Shown, ...]
    not_proposed: tuple[NotTaken, ...]
    about: tuple[Reason, ...]
    steps: int
    accepted: int
    days: timedelta
    late_by: timedelta | None  # how much later than the deadline the last step is due
    first_value: str
    title: str
    can_undo: str  # words of the decision that undo would take back


def plan_shown(plan: Plan) -> PlanShown:
    """What the page of a plan says, with what has been decided so far."""
    proposal, decisions = plan.proposal, plan.now_decided
    known = proposal.known()
    steps = deciding.chosen(proposal, decisions)
    marked = deciding.first_value(steps)
    names = {step.key: step.name for step in steps}
    free = [key for key in known if key not in decisions["taken"]]
    options = {step.key: step.instead for step in proposal.steps}

    def shown(step: Step, **more: object) -> Shown:
        first = _telling(step.reasons)
        return Shown(
            step=step,
            done_when=describe(parse(step.content["criterion"])),
            due=timedelta(days=step.due_days),
            accepted=step.key in decisions["accepted"],
            first_value=step.key == marked,
            reasons=first,
            more_reasons=tuple(reason for reason in step.reasons if reason not in first),
            after=tuple(names[key] for key in step.prerequisites if key in names),
            **more,  # type: ignore[arg-type]
        )

    def taken(step: Step) -> Shown:
        # What was refused or replaced can be taken back; it is listed below, not among the alternatives.
        offered = [key for key in options.get(step.key, ()) if key in free and key not in decisions["refused"]]
        return shown(step, instead=tuple(shown(known[key]) for key in offered))

    days = deciding.days_in_all(steps)
    deadline = plan.values.days
    return PlanShown(
        phases=tuple(
            (phase, tuple(taken(step) for step in group))
            for phase, group in groupby(steps, key=lambda step: step.phase)
        ),
        refused=tuple(shown(known[key], why=why) for key, why in decisions["refused"].items()),
        not_proposed=tuple(
            NotTaken(one.key, one.name, one.words, one.key in known)
            for one in proposal.left_out
            if one.key not in decisions["taken"] and one.key not in decisions["refused"]
        ),
        about=proposal.about,
        steps=len(steps),
        accepted=len(decisions["accepted"]),
        days=timedelta(days=days),
        late_by=timedelta(days=days - deadline) if deadline is not None and days > deadline else None,
        first_value=names.get(marked, ""),
        title=proposal.title,
        can_undo=plan.past[-1]["words"] if plan.past and plan.ladder_id is None else "",
    )
