"""What a person in the sandbox can do to come further: events and traits that criteria ask for, made up. Pure.

A call is a list, as the SDK takes it: ["track", name, properties] or ["identify", traits].
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from milestones.ladders.spec import VersionSpec
from milestones.library.conditions import (
    All,
    Any_,
    Criterion,
    EventCondition,
    PropertyCondition,
    Rule,
    TraitCondition,
    leaves,
)

Call = list[Any]


@dataclass(frozen=True)
class Try:
    """`times`: how often it has to happen. `complete`: whether every condition could be met by something made up."""

    name: str
    call: Call
    times: int = 1
    complete: bool = True
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def json(self) -> str:
        return json.dumps(self.call)


@dataclass(frozen=True)
class Beginning:
    """What gives somebody a ladder's role and starts it."""

    name: str
    calls: list[Call]

    @property
    def json(self) -> str:
        return json.dumps(self.calls)


def tries_of(criterion: Criterion) -> list[Try]:
    found = []
    for leaf in leaves(criterion):
        match leaf:
            case EventCondition():
                properties = _made_up(leaf.where)
                met = leaf.matches(properties)
                found.append(Try(leaf.event, ["track", leaf.event, properties], leaf.at_least, met, properties))
            case TraitCondition(by="person"):
                traits = _made_up([PropertyCondition(leaf.trait, leaf.operator, leaf.operand)])
                met = leaf.holds(traits.get(leaf.trait))
                found.append(Try(leaf.trait, ["identify", traits], 1, met, traits))
    return found


def beginning(version: VersionSpec, name: str) -> Beginning:
    traits = traits_for(version.rule)
    calls: list[Call] = [["identify", traits]] if traits else []
    if version.start is not None:
        calls.append(["track", version.start.event, _made_up(version.start.where)])
    return Beginning(name, calls)


def traits_for(rule: Rule) -> dict[str, Any]:
    """Traits of the person that fulfil a role's rule, as far as they can be made up."""
    match rule:
        case All(children):
            return {name: value for child in children for name, value in traits_for(child).items()}  # type: ignore[arg-type]
        case Any_(children):
            return traits_for(children[0])  # type: ignore[arg-type]
        case TraitCondition(by="person"):
            return _made_up([PropertyCondition(rule.trait, rule.operator, rule.operand)])
    return {}


def _made_up(conditions: Any) -> dict[str, Any]:
    return dict(_values(conditions))


def _values(conditions: Any) -> Iterator[tuple[str, Any]]:
    for condition in conditions:
        operand = condition.operand
        match condition.operator:
            case "equals" | "contains":
                yield condition.property, operand
            case "in":
                yield condition.property, operand[0]
            case "greater_than":
                yield condition.property, operand + 1
            case "less_than":
                yield condition.property, operand - 1
            case "exists" if operand:
                yield condition.property, "yes"
