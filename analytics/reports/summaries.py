"""What a customer's people got out of it, to send to them: what was set up, when first value came, what is unlocked.

Nothing internal is in it: no due dates, no risks, nobody who is behind, no segment and no other customer.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.stats import NotComputable, median_of_counts
from milestones.ladders.models import LadderVersion
from onboarding.features.models import Feature
from onboarding.people.models import Account, Person
from onboarding.progress.models import Journey, Unlock
from onboarding.widget.showing import checklist_of

MOST_PEOPLE = 2_000  # of an account; it says so when there are more


@dataclass(frozen=True)
class Achieved:
    """A step that is done, and what it adds."""

    name: str
    adds: str
    at: datetime


@dataclass(frozen=True)
class Climbed:
    """One climb. `first_value_after` is None until first value is reached; `before` and `after` tell its impact."""

    title: str
    began_at: datetime
    achieved: tuple[Achieved, ...]
    total: int
    first_value: str
    first_value_at: datetime | None
    before: str
    after: str

    @property
    def first_value_after(self) -> timedelta | None:
        return None if self.first_value_at is None else self.first_value_at - self.began_at


@dataclass(frozen=True)
class PersonSummary:
    name: str
    climbs: tuple[Climbed, ...]
    unlocked: tuple[str, ...]


@dataclass(frozen=True)
class Reached:
    """A step of a ladder, and how many of the account's people did it."""

    name: str
    people: int


@dataclass(frozen=True)
class Together:
    """An account's people on one ladder: `first_value_people` of `people` have reached first value."""

    title: str
    people: int
    began_at: datetime
    first_value: str
    first_value_people: int
    first_value_at: datetime | None
    median: timedelta | None
    reached: tuple[Reached, ...]


@dataclass(frozen=True)
class AccountSummary:
    name: str
    people: int
    all_of_them: bool
    together: tuple[Together, ...]
    unlocked: tuple[tuple[str, int], ...]


def of_person(person: Person, *, now: datetime) -> PersonSummary:
    """Inside the scope."""
    journeys = person.journeys.select_related("version__ladder", "version__workspace", "person").order_by("started_at")
    unlocked = Unlock.objects.filter(person=person).values_list("feature", flat=True)
    names = feature_names()
    return PersonSummary(
        str(person),
        tuple(_climbed(journey, now) for journey in journeys),
        tuple(sorted({names.get(key, key) for key in unlocked})),
    )


def of_account(account: Account) -> AccountSummary:
    """Inside the scope."""
    people = Person.objects.filter(senders__account_memberships__account=account).exclude(external_id="")
    ids = list(people.order_by("pk").distinct().values_list("pk", flat=True)[: MOST_PEOPLE + 1])
    shown = ids[:MOST_PEOPLE]
    journeys = Journey.objects.filter(person__in=shown).select_related("version__ladder").order_by("started_at")
    climbs: dict[int, list[Journey]] = {}
    for journey in journeys.prefetch_related("completions"):
        climbs.setdefault(journey.ladder_id, []).append(journey)
    names = feature_names()
    unlocks = set(Unlock.objects.filter(person__in=shown).values_list("person_id", "feature"))
    by_feature = Counter(names.get(feature, feature) for _, feature in unlocks)
    return AccountSummary(
        str(account),
        len(shown),
        len(ids) <= MOST_PEOPLE,
        tuple(_together(some) for some in climbs.values()),
        tuple(sorted(by_feature.items(), key=lambda item: (-item[1], item[0]))),
    )


def feature_names() -> dict[str, str]:
    return dict(Feature.objects.filter(archived_at=None).values_list("key", "name"))


def _climbed(journey: Journey, now: datetime) -> Climbed:
    shown = checklist_of(journey, now=now)
    done = [step for step in shown.steps if step.state == "done" and step.done_at is not None]
    return Climbed(
        title=shown.title,
        began_at=journey.started_at,
        achieved=tuple(
            Achieved(step.name, step.value_statement, step.done_at)  # type: ignore[arg-type]
            for step in sorted(done, key=lambda step: step.done_at or now)
        ),
        total=shown.total,
        first_value=_first_value_of(journey.version),
        first_value_at=journey.first_value_at,
        before=shown.telling.before,
        after=shown.telling.after,
    )


def _together(journeys: Sequence[Journey]) -> Together:
    """Of climbs of one ladder, the first to begin first. Steps are those of the newest version among them."""
    newest = max((journey.version for journey in journeys), key=lambda version: version.number)
    done = Counter(completion.rung_key for journey in journeys for completion in journey.completions.all())
    reached = [journey for journey in journeys if journey.first_value_at is not None]
    times = Counter(
        (journey.first_value_at - journey.started_at).total_seconds() for journey in reached if journey.first_value_at
    )
    median = median_of_counts(times.items())
    return Together(
        title=newest.title or newest.ladder.name,
        people=len(journeys),
        began_at=journeys[0].started_at,
        first_value=_first_value_of(newest),
        first_value_people=len(reached),
        first_value_at=min((journey.first_value_at for journey in reached if journey.first_value_at), default=None),
        median=None if isinstance(median, NotComputable) else timedelta(seconds=median),
        reached=tuple(Reached(str(rung.says.get("name", rung.key)), done[rung.key]) for rung in newest.rungs.all()),
    )


def _first_value_of(version: LadderVersion) -> str:
    return next((str(rung.says.get("name", rung.key)) for rung in version.rungs.all() if rung.first_value), "")
