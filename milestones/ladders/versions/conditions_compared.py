"""What differs between two criteria or two rules, in words: "at least 3 instead of 1 Member Invited". Pure."""

from collections.abc import Sequence
from typing import TypeVar

from milestones.ladders.versions.exactly import exact, same
from milestones.library.conditions import (
    All,
    Any_,
    Criterion,
    EventCondition,
    PropertyCondition,
    Rule,
    TraitCondition,
    to_data,
)
from milestones.library.periods import period_text
from milestones.library.sentences import condition_words, describe

Condition = TypeVar("Condition", bound=Criterion | PropertyCondition)

_FROM = {"start": "starting", "opening": "the step opening"}
_BY = {"person": "the user", "account": "anyone in the account"}


def differences(before: Criterion | Rule, after: Criterion | Rule) -> str:
    """The differing parts alone; '' when only the whole sentences can say what differs."""
    return "; ".join(_differences(before, after))


def _differences(before: Criterion | Rule, after: Criterion | Rule) -> list[str]:
    match before, after:
        case EventCondition(), EventCondition() if before.event == after.event:
            return _of_events(before, after)
        case EventCondition(), EventCondition() if same(_without_name(before), _without_name(after)):
            return [f"{after.event} instead of {before.event}"]
        case TraitCondition(), TraitCondition() if (before.trait, before.by) == (after.trait, after.by):
            return [f"{condition_words(after.trait, after)}, where before {condition_words(before.trait, before)}"]
        case (All(old), All(new)) | (Any_(old), Any_(new)):
            return _of_groups(old, new)
    return []


def _of_events(before: EventCondition, after: EventCondition) -> list[str]:
    phrases = []
    if before.by != after.by:
        phrases.append(f"{after.event} by {_BY[after.by]} instead of {_BY[before.by]}")
    if before.at_least != after.at_least:
        phrases.append(f"at least {after.at_least} instead of {before.at_least} {after.event}")
    if (before.within, before.of) != (after.within, after.of):
        phrases.append(_times(before, after))
    new, gone = _only_in(after.where, before.where), _only_in(before.where, after.where)
    phrases += [f"only where {condition_words(where.property, where)}" for where in new]
    phrases += [f"no longer only where {condition_words(where.property, where)}" for where in gone]
    return phrases


def _of_groups(before: Sequence[Criterion], after: Sequence[Criterion]) -> list[str]:
    new, gone = _only_in(after, before), _only_in(before, after)
    if len(new) == len(gone) == 1 and (inside := _differences(gone[0], new[0])):
        return inside
    return [f"now also: {describe(child)}" for child in new] + [f"no longer: {describe(child)}" for child in gone]


def _times(before: EventCondition, after: EventCondition) -> str:
    if before.within and after.within and before.of == after.of:
        return f"within {period_text(after.within)} instead of {period_text(before.within)} of {_FROM[after.of]}"
    return f"{_time(after)} instead of {_time(before)}"


def _time(condition: EventCondition) -> str:
    if condition.within is None:
        return "at any time" + (" after the step opened" if condition.of == "opening" else "")
    return f"within {period_text(condition.within)} of {_FROM[condition.of]}"


def _without_name(condition: EventCondition) -> dict[str, object]:
    return {field: value for field, value in to_data(condition).items() if field != "event"}


def _only_in(these: Sequence[Condition], others: Sequence[Condition]) -> list[Condition]:
    known = {_spelling(other) for other in others}
    return [this for this in these if _spelling(this) not in known]


def _spelling(condition: Criterion | PropertyCondition) -> str:
    if isinstance(condition, PropertyCondition):
        return exact(to_data(EventCondition("x", (condition,))))
    return exact(to_data(condition))
