"""Fitting a milestone's success criterion to the answers. Pure: canonical data in, canonical data out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext, ngettext

from milestones.discovery.words import stems
from milestones.library.conditions import All, Any_, Criterion, EventCondition, leaves, to_data
from milestones.library.criteria import MOST_TIMES, parse
from milestones.library.periods import parse_period, period_text

# Of a team of so many people or more, so many invitations.
INVITATIONS = ((200, 10), (50, 5), (15, 3), (5, 2))
MOST_SOURCES = 3


@dataclass(frozen=True)
class Tuned:
    """The criterion's canonical data, and a sentence for each thing that is different now."""

    criterion: dict[str, Any]
    changes: tuple[str, ...] = ()


def invitations(team: int, usual: int) -> int:
    """How many colleagues to invite in a team of so many, where the milestone usually asks for `usual`."""
    wanted = next((number for least, number in INVITATIONS if team >= least), 1)
    return max(1, min(team - 1, max(usual, wanted)))


def tune_invitations(criterion: dict[str, Any], team: int) -> Tuned:
    """As many invitations as fit the team, where the criterion counts events of inviting."""

    def fit(leaf: EventCondition) -> tuple[EventCondition, str]:
        if "invit" not in stems(leaf.event):
            return leaf, ""
        number = invitations(team, leaf.at_least)
        if number == leaf.at_least:
            return leaf, ""
        people = ngettext("%(n)s person", "%(n)s people", team) % {"n": intcomma(team)}
        words = gettext("Because the team has %(people)s: at least %(leaf)s.") % {
            "people": people,
            "leaf": _counted(number, leaf),
        }
        return replace(leaf, at_least=number), words

    return _mapped(criterion, fit)


def tune_sources(criterion: dict[str, Any], sources: tuple[str, ...]) -> Tuned:
    """As many connections as sources were named (three at most), where one event is all that the criterion asks for."""
    wanted = min(len(sources), MOST_SOURCES)
    found = [leaf for leaf in leaves(parse(criterion)) if isinstance(leaf, EventCondition)]
    if wanted < 2 or len(found) != 1:
        return Tuned(criterion)

    def fit(leaf: EventCondition) -> tuple[EventCondition, str]:
        if leaf.at_least >= wanted or not stems(leaf.event) & {"connect", "integr", "import"}:
            return leaf, ""
        named = ", ".join(sources[:wanted])
        words = gettext("Because the data comes from %(named)s: at least %(leaf)s.") % {
            "named": named,
            "leaf": _counted(wanted, leaf),
        }
        return replace(leaf, at_least=wanted), words

    return _mapped(criterion, fit)


def tune_period(criterion: dict[str, Any], due: int) -> Tuned:
    """No event is too late to count before its step is due: shorter periods become as long as the due time."""

    def fit(leaf: EventCondition) -> tuple[EventCondition, str]:
        if leaf.within is None or leaf.within >= (wanted := parse_period(f"{due} days")):
            return leaf, ""
        words = gettext("Because it is due within %(wanted)s: %(event)s counts for as long, instead of %(within)s.") % {
            "wanted": period_text(wanted),
            "event": leaf.event,
            "within": period_text(leaf.within),
        }
        return replace(leaf, within=wanted), words

    return _mapped(criterion, fit)


def _mapped(criterion: dict[str, Any], fit: Callable[[EventCondition], tuple[EventCondition, str]]) -> Tuned:
    changes: list[str] = []

    def walk(node: Criterion) -> Criterion:
        match node:
            case All(children):
                return All(tuple(walk(child) for child in children))
            case Any_(children):
                return Any_(tuple(walk(child) for child in children))
            case EventCondition():
                fitted, words = fit(node)
                if words:
                    changes.append(words)
                return fitted
        return node

    return Tuned(to_data(walk(parse(criterion))), tuple(dict.fromkeys(changes)))


def _counted(number: int, leaf: EventCondition) -> str:
    return gettext("%(number)s × %(event)s instead of %(usual)s") % {
        "number": min(number, MOST_TIMES),
        "event": leaf.event,
        "usual": leaf.at_least,
    }
