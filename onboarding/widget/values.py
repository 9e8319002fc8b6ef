"""What the variables of messages and of the impact summary stand for, of one person on one climb."""

from collections.abc import Mapping
from datetime import datetime

from milestones.library.content import LONGEST_TEXT
from milestones.library.variables import TRAIT
from onboarding.people.models import Account, Person
from onboarding.progress.models import Journey
from onboarding.widget.checklist import Checklist, Step


def about_person(person: Person, *, workspace: str) -> dict[str, str]:
    """Who they are. Inside a scope."""
    account = Account.objects.filter(memberships__sender__person=person).order_by("pk").first()
    return {
        **about_traits(person.traits),
        "name": person.name,
        "first_name": person.name.split(" ")[0] if person.name else "",
        "email": str(person.traits.get("email") or ""),
        "account": (account.name or account.key) if account else "",
        "workspace": workspace,
    }


def about_traits(traits: Mapping[str, object]) -> dict[str, str]:
    """Plain traits by `trait.<name>`; lists and objects have no form in a sentence."""
    return {f"{TRAIT}{name}": str(value)[:LONGEST_TEXT] for name, value in traits.items() if _plain(value)}


def about_climb(
    checklist: Checklist, *, started_at: datetime, first_value_at: datetime | None, now: datetime
) -> dict[str, str]:
    """How far they are."""
    current = next((step for step in checklist.steps if step.key == checklist.current), None)
    return {
        "ladder": checklist.title,
        "steps_done": str(checklist.done),
        "steps_total": str(checklist.total),
        "next_step": current.name if current else "",
        "days_since_start": str((now - started_at).days),
        "hours_to_first_value": _hours(first_value_at, started_at),
    }


def about_step(step: Step) -> dict[str, str]:
    """The milestone that a message is about."""
    return {
        "step": step.name,
        "unlocks": step.feature,
        "minutes": str(step.minutes or ""),
        "action_url": step.action_url,
    }


def of_journey(journey: Journey, checklist: Checklist, *, workspace: str, now: datetime) -> dict[str, str]:
    """Everything that is known without a step. Inside a scope."""
    climb = about_climb(checklist, started_at=journey.started_at, first_value_at=journey.first_value_at, now=now)
    return {**about_person(journey.person, workspace=workspace), **climb}


def _hours(at: datetime | None, start: datetime) -> str:
    """Whole hours, at least one: nobody is told that it took 0 hours."""
    return str(max(1, round((at - start).total_seconds() / 3600))) if at else ""


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)
