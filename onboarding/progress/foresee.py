"""What a ruling would change for the person besides its own step, told before it is made: the engine's own function."""

from dataclasses import dataclass, replace
from datetime import datetime

from onboarding.progress import engine, evidence, history
from onboarding.progress.assign import journeys_of
from onboarding.progress.cells import JourneyState
from onboarding.progress.facts import UNRULED, Facts, Ruled
from onboarding.progress.models import Journey, Ruling
from workspaces.scope import current_workspace_id


@dataclass(frozen=True)
class Foreseen:
    """Keys of other rungs that would be done too, or no longer; features; and whether the ladder is finished by it."""

    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    unlocked: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    finishes: bool = False
    unfinishes: bool = False


def foresee(journey: Journey, rung_key: str, verdict: str, *, now: datetime) -> Foreseen:
    """What ruling so on this rung now would change, as far as the engine has read the log."""
    plan = engine.plan_of(current_workspace_id())
    person = journey.person
    if history.is_behind(plan) or person.first_seen_at is None:
        return Foreseen()
    found = evidence.facts_of({person.pk: person.first_seen_at}, signals=plan.signals, traits=plan.traits)[person.pk]

    def state(facts: Facts) -> JourneyState | None:
        return next((s for s in journeys_of(person.pk, facts, plan) if s.ladder_id == journey.ladder_id), None)

    rung = (journey.ladder_id, rung_key)
    ruled = found.rulings.get(rung, UNRULED)
    if verdict == Ruling.Verdict.REVOKED:
        ruled = Ruled(max(now, person.last_seen_at or now))
    elif ruled.completed_at is None:
        ruled = ruled._replace(completed_at=now)
    before, after = state(found), state(replace(found, rulings={**found.rulings, rung: ruled}))
    return _between(before, after, rung_key) if before and after else Foreseen()


def _between(before: JourneyState, after: JourneyState, rung_key: str) -> Foreseen:
    had, has = before.reached, after.reached
    features = [{feature for reached in found.values() for feature in reached.unlocks} for found in (had, has)]
    return Foreseen(
        gained=tuple(key for key in has if key not in had and key != rung_key),
        lost=tuple(key for key in had if key not in has and key != rung_key),
        unlocked=tuple(sorted(features[1] - features[0])),
        locked=tuple(sorted(features[0] - features[1])),
        finishes=before.finished_at is None and after.finished_at is not None,
        unfinishes=before.finished_at is not None and after.finished_at is None,
    )
