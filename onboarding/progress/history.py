"""Taking history into account for what is newly looked for, so that what came before counts as if it had been live."""

from typing import Protocol
from zoneinfo import ZoneInfo

from onboarding.people import directory
from onboarding.people.models import Person
from onboarding.progress import evidence, news
from onboarding.progress.models import Tracked
from onboarding.progress.news import Position
from onboarding.progress.plan import Plan
from workspaces.scope.bulk import insert_rows

PAGE = 20_000


class Replay(Protocol):
    def __call__(self, person_ids: list[int], plan: Plan, *, zone_before: ZoneInfo | None) -> bool: ...


def is_behind(plan: Plan) -> bool:
    """Whether the plan needs what is not tracked yet, or no longer needs what is."""
    return plan.needs != set(Tracked.objects.values_list("kind", "key"))


def catch_up(plan: Plan, until: Position, *, replay_people: Replay) -> bool:
    """Make everything that the plan needs tracked up to `until`. Returns whether anybody's progress changed.

    New signals and traits are looked up in the log; then, if anything that journeys depend on is new or gone,
    everybody is replayed.
    """
    tracked = set(Tracked.objects.values_list("kind", "key"))
    new, gone = plan.needs - tracked, tracked - plan.needs
    if not new and not gone:
        return False
    signals = [plan.signals[key] for kind, key in new if kind == "signal"]
    traits = [key for kind, key in new if kind == "trait"]
    if signals or traits:
        _collect(plan, until, signals, traits)
    for kind, key in gone:
        Tracked.objects.filter(kind=kind, key=key)._raw_delete("default")
    insert_rows(Tracked, [{"kind": kind, "key": key} for kind, key in sorted(new)])
    zone_before = next((ZoneInfo(key) for kind, key in gone if kind == "zone"), None)
    everybody = list(Person.objects.order_by().values_list("pk", flat=True))
    return replay_people(everybody, plan, zone_before=zone_before)


def _collect(plan: Plan, until: Position, signals: list, traits: list[str]) -> None:
    events = {condition.event for condition in signals}
    after = news.START
    while rows := news.history(after, until, events, identifies=bool(traits), limit=PAGE):
        senders = directory.senders_by_key({row.sender for row in rows})
        evidence.store(evidence.found_in(rows, senders, signals=signals, traits=traits))
        after = rows[-1].position
