"""Who gets which role, by the rules as they are written now: how many people, and why one person does or doesn't."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from milestones.ladders.models import Ladder, LadderVersion, Role
from milestones.library.conditions import All, Any_, Everyone, Rule, TraitCondition, leaves, rule_matches
from milestones.library.criteria import describe_conditions, describe_rule
from milestones.library.operators import MISSING, lookup
from onboarding.people.models import Person
from onboarding.progress.models import Journey
from workspaces.scope import current_workspace_id


@dataclass
class RoleCount:
    """How many people match a role's rule now, and how many of them get it: no role before it matches them."""

    role: Role
    for_whom: str
    in_use: bool  # whether a published ladder is for it; only then does anybody get it
    matching: int = 0
    getting: int = 0


@dataclass(frozen=True)
class RoleCounts:
    roles: Sequence[RoleCount]
    people: int
    without: int  # how many people no role in use matches


def count_people() -> RoleCounts:
    """Count everybody by the rules as they are now, in the current workspace's scope.

    The database groups people by the traits that rules read, so a rule is judged once for all who are alike in them.
    """
    in_use = _roles_in_use()
    counts = [
        RoleCount(role, describe_rule(role.chooses), role.pk in in_use)
        for role in Role.objects.order_by("precedence", "key")
    ]
    people = without = 0
    for traits, n in _alike([count.role.chooses for count in counts]):
        people += n
        given = False
        for count in counts:
            if rule_matches(count.role.chooses, traits):
                count.matching += n
                if count.in_use and not given:
                    count.getting += n
                    given = True
        without += 0 if given else n
    return RoleCounts(counts, people, without)


def _roles_in_use() -> set[int]:
    """The roles that the newest published version of some ladder in use is for."""
    newest = {version.ladder_id: version for version in LadderVersion.objects.live().order_by("number")}
    keys = {version.role["key"] for version in newest.values()}
    return set(Role.objects.filter(key__in=keys).values_list("pk", flat=True))


def _alike(rules: Sequence[Rule]) -> Iterator[tuple[dict[str, Any], int]]:
    """Groups of known people with equal values of all that the rules read: those traits, and how many people."""
    paths = {leaf.trait for rule in rules for leaf in leaves(rule) if isinstance(leaf, TraitCondition)}
    # operators.lookup takes a key with dots in it first, then goes by the parts: the first part holds the rest.
    keys = sorted({key for path in paths for key in (path, path.partition(".")[0])})
    columns = ", ".join(["traits -> %s"] * len(keys))
    grouped = f"GROUP BY {', '.join(str(n) for n in range(2, len(keys) + 2))}" if keys else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*){', ' + columns if keys else ''} FROM people_person "
            f"WHERE workspace_id = %s AND external_id <> '' {grouped}",
            [*keys, current_workspace_id()],
        )
        for n, *values in cursor:
            known = zip(keys, values, strict=True)
            yield {key: json.loads(value) for key, value in known if value is not None}, n


@dataclass(frozen=True)
class Condition:
    """One condition of a rule, what the person's trait is (MISSING: never said), and whether it holds."""

    words: str
    trait: str
    value: Any
    holds: bool

    @property
    def known(self) -> bool:
        return self.value is not MISSING


@dataclass(frozen=True)
class Verdict:
    """What one role says of a person. `conditions`: those that decide it (all of an "or", when none holds)."""

    role: Role
    in_use: bool
    matches: bool
    gets: bool
    conditions: Sequence[Condition]


@dataclass(frozen=True)
class Test:
    """Who a person would be now, role by role in the order of precedence; and the journeys that they are on."""

    person: Person
    verdicts: Sequence[Verdict]
    role: Role | None
    would_climb: Sequence[LadderVersion]  # ladders of that role, each in its newest version
    journeys: Sequence[Journey]


def find_person(who: str) -> Person | None:
    """The person with this userId or e-mail address."""
    who = who.strip().replace("\x00", "")
    if not who:
        return None
    known = Person.objects.exclude(external_id="")
    return known.filter(key=f"u:{who}").first() or known.filter(email=who.lower()).order_by("-last_seen_at").first()


def test(person: Person) -> Test:
    """Judge every role for this person by the traits as they are now."""
    in_use = _roles_in_use()
    verdicts: list[Verdict] = []
    given: Role | None = None
    for role in Role.objects.order_by("precedence", "key"):
        matches = rule_matches(role.chooses, person.traits)
        gets = matches and given is None and role.pk in in_use
        given = role if gets else given
        verdicts.append(Verdict(role, role.pk in in_use, matches, gets, list(_deciding(role.chooses, person.traits))))
    ladders = Ladder.objects.filter(role=given, archived_at=None).order_by("name") if given else ()
    newest = [ladder.published for ladder in ladders]
    journeys = Journey.objects.filter(person=person).select_related("version__ladder").order_by("-started_at", "pk")
    return Test(person, verdicts, given, [version for version in newest if version], list(journeys))


def _deciding(rule: Rule, traits: Mapping[str, Any]) -> Iterator[Condition]:
    """The conditions that make the rule hold, or that keep it from holding."""
    match rule:
        case Everyone():
            return
        case All(children) | Any_(children):
            holds = rule_matches(rule, traits)
            for child in children:
                if rule_matches(child, traits) is holds:  # type: ignore[arg-type]
                    yield from _deciding(child, traits)  # type: ignore[arg-type]
        case TraitCondition():
            value = lookup(traits, rule.trait)
            words = describe_conditions(rule)
            yield Condition(words, rule.trait, value, rule.holds(value))
