"""Criteria and rules as sentences, for pages and messages, in the language that is active. Pure.

What is kept is said by `in_english`, so that it does not matter who was looking when it was written down.
"""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

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
from .periods import words_within


def describe(criterion: Criterion) -> str:
    """ "the user sends Report Shared (audience is team) at least 3 times within 14 days of starting" """
    return _sentence(criterion, of_user=True)


def describe_rule(rule: Rule) -> str:
    """ "everyone", or "people whose job is operator and plan is enterprise" """
    if isinstance(rule, Everyone):
        return _("everyone")
    return _("people whose %(conditions)s") % {"conditions": describe_conditions(rule)}


def describe_conditions(rule: Rule) -> str:
    """ "job is operator and plan is enterprise" """
    return _sentence(rule, of_user=False)


def in_english(say: Callable[[], str]) -> str:
    with override("en"):
        return say()


def _sentence(node: Criterion | Rule, *, of_user: bool) -> str:
    match node:
        case Everyone():
            return _("everyone")
        case All(children):
            return _joined(children, _(" and "), of_user=of_user)
        case Any_(children):
            return _joined(children, _(" or "), of_user=of_user)
        case TraitCondition() if node.by == "account":
            return condition_words(_("the account's %(trait)s") % {"trait": node.trait}, node)
        case TraitCondition():
            return condition_words(_("the user's %(trait)s") % {"trait": node.trait} if of_user else node.trait, node)
        case EventCondition():
            return _event(node)


def _joined(children: tuple[Criterion, ...], word: str, *, of_user: bool) -> str:
    parts = [
        f"({_sentence(child, of_user=of_user)})" if isinstance(child, All | Any_) else _sentence(child, of_user=of_user)
        for child in children
    ]
    return word.join(parts)


def _event(condition: EventCondition) -> str:
    who = _("anyone in the account sends %(event)s") if condition.by == "account" else _("the user sends %(event)s")
    words = [who % {"event": condition.event}]
    if condition.where:
        words.append("(" + _(" and ").join(condition_words(w.property, w) for w in condition.where) + ")")
    if condition.at_least > 1:
        words.append(
            ngettext("at least %(n)d time", "at least %(n)d times", condition.at_least) % {"n": condition.at_least}
        )
    if condition.within is not None:
        within = (
            _("within %(period)s of the step opening")
            if condition.of == "opening"
            else _("within %(period)s of starting")
        )
        words.append(within % {"period": words_within(condition.within)})
    elif condition.of == "opening":
        words.append(_("after the step opened"))
    return " ".join(words)


def condition_words(name: str, condition: PropertyCondition | TraitCondition) -> str:
    """ "audience is team", "seats is more than 5" """
    if condition.operator == "exists":
        return (_("%(name)s is known") if condition.operand else _("%(name)s is not known")) % {"name": name}
    return f"{name} {OPERATORS[condition.operator].words} {_operand(condition.operand)}"


def _operand(operand: Operand) -> str:
    if isinstance(operand, tuple):
        return ", ".join(map(_operand, operand))
    if isinstance(operand, bool):
        return "true" if operand else "false"
    return str(operand) if operand != "" else _("empty")
