"""What a criterion is made of, as values: conditions on events and traits, and groups of them. Pure.

Nobody builds these by hand from foreign data; `criteria.parse` does, and checks.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Literal

from .operators import OPERATORS, Operand, lookup
from .periods import period_text


@dataclass(frozen=True)
class PropertyCondition:
    property: str
    operator: str
    operand: Operand

    def holds(self, properties: Mapping[str, Any]) -> bool:
        return OPERATORS[self.operator].holds(lookup(properties, self.property), self.operand)


@dataclass(frozen=True)
class EventCondition:
    """At least `at_least` events of this kind since `of`; with `within`, all of them in that period after it.

    `by` says whose: the person's own, or those of anyone in the account; then what was before the start counts too.
    """

    event: str
    where: tuple[PropertyCondition, ...] = ()
    at_least: int = 1
    within: timedelta | None = None
    of: Literal["start", "opening"] = "start"
    by: Literal["person", "account"] = "person"

    @cached_property
    def signal(self) -> str:
        """16 hexadecimal digits naming *which events count* (name and properties, not how often, when or whose).

        Two conditions with the same signal read the same events, whatever the order of their `where`.
        """
        where = sorted(_canonical(_condition_data("property", w.property, w)) for w in self.where)
        return hashlib.sha256(_canonical([self.event, where]).encode()).hexdigest()[:16]

    def matches(self, properties: Mapping[str, Any]) -> bool:
        """Whether the properties of an event of this name fulfil every condition."""
        return all(condition.holds(properties) for condition in self.where)


@dataclass(frozen=True)
class TraitCondition:
    trait: str
    operator: str
    operand: Operand
    by: Literal["person", "account"] = "person"  # whose trait it is

    def holds(self, value: Any) -> bool:
        """`value` is the trait's value, or MISSING (null counts as missing)."""
        return OPERATORS[self.operator].holds(value, self.operand)


@dataclass(frozen=True)
class All:
    children: tuple["Criterion", ...]


@dataclass(frozen=True)
class Any_:
    children: tuple["Criterion", ...]


@dataclass(frozen=True)
class Everyone:
    """The rule of a role that every person has."""


Criterion = EventCondition | TraitCondition | All | Any_
Rule = Everyone | TraitCondition | All | Any_

GROUPS: dict[str, type[All] | type[Any_]] = {"all": All, "any": Any_}


def leaves(criterion: Criterion | Rule) -> Iterator[EventCondition | TraitCondition]:
    """The conditions at the ends of the tree, from left to right."""
    match criterion:
        case All(children) | Any_(children):
            for child in children:
                yield from leaves(child)
        case EventCondition() | TraitCondition():
            yield criterion


def signals(criterion: Criterion) -> dict[str, EventCondition]:
    """Every kind of event that the criterion reads, by its signal."""
    return {leaf.signal: leaf for leaf in leaves(criterion) if isinstance(leaf, EventCondition)}


def rule_matches(rule: Rule, traits: Mapping[str, Any]) -> bool:
    """Whether a person with these traits has the role."""
    match rule:
        case Everyone():
            return True
        case All(children):
            return all(rule_matches(child, traits) for child in children)  # type: ignore[arg-type]
        case Any_(children):
            return any(rule_matches(child, traits) for child in children)  # type: ignore[arg-type]
        case TraitCondition():
            return rule.holds(lookup(traits, rule.trait))


def to_data(criterion: Criterion | Rule) -> dict[str, Any]:
    """The canonical plain data: `parse(to_data(c)) == c`, and `to_data(parse(d)) == d` for canonical `d`."""
    match criterion:
        case Everyone():
            return {"everyone": True}
        case All(children):
            return {"all": [to_data(child) for child in children]}
        case Any_(children):
            return {"any": [to_data(child) for child in children]}
        case TraitCondition():
            return _condition_data("trait", criterion.trait, criterion) | _by(criterion)
        case EventCondition():
            return _event_data(criterion)


def _event_data(condition: EventCondition) -> dict[str, Any]:
    data: dict[str, Any] = {"event": condition.event}
    if condition.where:
        data["where"] = [_condition_data("property", w.property, w) for w in condition.where]
    if condition.at_least != 1:
        data["at_least"] = condition.at_least
    if condition.within is not None:
        data["within"] = period_text(condition.within)
    if condition.of != "start":
        data["of"] = condition.of
    return data | _by(condition)


def _by(condition: EventCondition | TraitCondition) -> dict[str, Any]:
    return {"by": condition.by} if condition.by != "person" else {}


def _condition_data(subject: str, path: str, condition: PropertyCondition | TraitCondition) -> dict[str, Any]:
    operand = list(condition.operand) if isinstance(condition.operand, tuple) else condition.operand
    return {subject: path, condition.operator: operand}


def _canonical(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"), sort_keys=True, ensure_ascii=True)
