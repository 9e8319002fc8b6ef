"""Criteria and rules as sentences, for pages and messages. Pure."""

from .conditions import (
    All,
    Any_,
    Criterion,
    EventCondition,
    Everyone,
    PropertyCondition,
    Rule,
    TraitCondition,
)
from .operators import OPERATORS, Operand
from .periods import period_text

_ACCOUNTS = "the account's "
_SENDS = {"person": "the user sends", "account": "anyone in the account sends"}
_FROM = {"start": "starting", "opening": "the step opening"}


def describe(criterion: Criterion) -> str:
    """ "the user sends Report Shared (audience is team) at least 3 times within 14 days of starting" """
    return _sentence(criterion, "the user's ")


def describe_rule(rule: Rule) -> str:
    """ "everyone", or "people whose job is operator and plan is enterprise" """
    if isinstance(rule, Everyone):
        return "everyone"
    return f"people whose {_sentence(rule, '')}"


def _sentence(node: Criterion | Rule, whose: str) -> str:
    match node:
        case Everyone():
            return "everyone"
        case All(children):
            return _joined(children, " and ", whose)
        case Any_(children):
            return _joined(children, " or ", whose)
        case TraitCondition():
            return f"{_ACCOUNTS if node.by == 'account' else whose}{condition_words(node.trait, node)}"
        case EventCondition():
            return _event(node)


def _joined(children: tuple[Criterion, ...], word: str, whose: str) -> str:
    parts = [
        f"({_sentence(child, whose)})" if isinstance(child, All | Any_) else _sentence(child, whose)
        for child in children
    ]
    return word.join(parts)


def _event(condition: EventCondition) -> str:
    words = [f"{_SENDS[condition.by]} {condition.event}"]
    if condition.where:
        words.append("(" + " and ".join(condition_words(w.property, w) for w in condition.where) + ")")
    if condition.at_least > 1:
        words.append(f"at least {condition.at_least} times")
    if condition.within is not None:
        words.append(f"within {period_text(condition.within)} of {_FROM[condition.of]}")
    elif condition.of == "opening":
        words.append("after the step opened")
    return " ".join(words)


def condition_words(name: str, condition: PropertyCondition | TraitCondition) -> str:
    """ "audience is team", "seats is more than 5" """
    if condition.operator == "exists":
        return f"{name} is known" if condition.operand else f"{name} is not known"
    return f"{name} {OPERATORS[condition.operator].words} {_operand(condition.operand)}"


def _operand(operand: Operand) -> str:
    if isinstance(operand, tuple):
        return ", ".join(map(_operand, operand))
    if isinstance(operand, bool):
        return "true" if operand else "false"
    return str(operand) if operand != "" else "empty"
