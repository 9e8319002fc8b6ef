"""Taking history into account for what is newly looked for, so that what came before counts as if it had been live."""

from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from milestones.library.conditions import EventCondition
from onboarding.people import directory
from onboarding.people.models import Person
from onboarding.progress import account_evidence, evidence, news
from onboarding.progress.models import Tracked
from onboarding.progress.news import Position
from onboarding.progress.plan import MEMBERS, Plan
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
    sought = Sought(
        signals=[plan.signals[key] for kind, key in new if kind == "signal"],
        traits=[key for kind, key in new if kind == "trait"],
        account_traits=[key for kind, key in new if kind == "of_account"],
        members=MEMBERS in new,
    )
    if any(sought):
        _collect(sought, until)
    if by_account := [key for kind, key in new if kind == "by_account"]:
        account_evidence.copy(by_account)
    for kind, key in gone:
        Tracked.objects.filter(kind=kind, key=key)._raw_delete("default")
    insert_rows(Tracked, [{"kind": kind, "key": key} for kind, key in sorted(new)])
    zone_before = next((ZoneInfo(key) for kind, key in gone if kind == "zone"), None)
    everybody = list(Person.objects.order_by().values_list("pk", flat=True))
    return replay_people(everybody, plan, zone_before=zone_before)


class Sought(NamedTuple):
    """What to look up in the log; `members`: what it says of people in their accounts."""

    signals: list[EventCondition]
    traits: list[str]
    account_traits: list[str]
    members: bool


def _collect(sought: Sought, until: Position) -> None:
    events = {condition.event for condition in sought.signals}
    types = ["identify"] if sought.traits or sought.members else []
    types += ["group"] if sought.account_traits else []
    after = news.START
    while rows := news.history(after, until, events, types=types, limit=PAGE):
        senders = directory.senders_by_key({row.sender for row in rows})
        found = evidence.found_in(
            rows,
            senders,
            signals=sought.signals,
            traits=sought.traits,
            account_traits=sought.account_traits,
        )
        evidence.store(found)
        account_evidence.hear(found.of_accounts)
        if sought.members:
            directory.hear_of_members((row.about_people() for row in rows), senders)
        after = rows[-1].position
