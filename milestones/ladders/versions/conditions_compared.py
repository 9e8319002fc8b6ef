"""What differs between two criteria or two rules, in words: "at least 3 instead of 1 Member Invited". Pure."""

from collections.abc import Sequence
from typing import TypeVar

from django.utils.translation import gettext as _

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
from milestones.library.periods import words_within
from milestones.library.sentences import condition_words, describe

Condition = TypeVar("Condition", bound=Criterion | PropertyCondition)


def differences(before: Criterion | Rule, after: Criterion | Rule) -> str:
    """The differing parts alone; '' when only the whole sentences can say what differs."""
    return "; ".join(_differences(before, after))


def _differences(before: Criterion | Rule, after: Criterion | Rule) -> list[str]:
    match before, after:
        case EventCondition(), EventCondition() if before.event == after.event:
            return _of_events(before, after)
        case EventCondition(), EventCondition() if same(_without_name(before), _without_name(after)):
            return [_("%(now)s instead of %(before)s") % {"now": after.event, "before": before.event}]
        case TraitCondition(), TraitCondition() if (before.trait, before.by) == (after.trait, after.by):
            now, was = condition_words(after.trait, after), condition_words(before.trait, before)
            return [_("%(now)s, where before %(before)s") % {"now": now, "before": was}]
        case (All(old), All(new)) | (Any_(old), Any_(new)):
            return _of_groups(old, new)
    return []


def _of_events(before: EventCondition, after: EventCondition) -> list[str]:
    phrases = []
    if before.by != after.by:
        words = _("%(event)s by the user instead of anyone in the account")
        if after.by == "account":
            words = _("%(event)s by anyone in the account instead of the user")
        phrases.append(words % {"event": after.event})
    if before.at_least != after.at_least:
        words = _("at least %(now)d instead of %(before)d %(event)s")
        phrases.append(words % {"now": after.at_least, "before": before.at_least, "event": after.event})
    if (before.within, before.of) != (after.within, after.of):
        phrases.append(_times(before, after))
    new, gone = _only_in(after.where, before.where), _only_in(before.where, after.where)
    phrases += [_("only where %(condition)s") % {"condition": condition_words(where.property, where)} for where in new]
    no_longer = _("no longer only where %(condition)s")
    phrases += [no_longer % {"condition": condition_words(where.property, where)} for where in gone]
    return phrases


def _of_groups(before: Sequence[Criterion], after: Sequence[Criterion]) -> list[str]:
    new, gone = _only_in(after, before), _only_in(before, after)
    if len(new) == len(gone) == 1 and (inside := _differences(gone[0], new[0])):
        return inside
    also = [_("now also: %(condition)s") % {"condition": describe(child)} for child in new]
    return also + [_("no longer: %(condition)s") % {"condition": describe(child)} for child in gone]


def _times(before: EventCondition, after: EventCondition) -> str:
    if before.within and after.within and before.of == after.of:
        words = _("within %(now)s instead of %(before)s of starting")
        if after.of == "opening":
            words = _("within %(now)s instead of %(before)s of the step opening")
        return words % {"now": words_within(after.within), "before": words_within(before.within)}
    return _("%(now)s instead of %(before)s") % {"now": _time(after), "before": _time(before)}


def _time(condition: EventCondition) -> str:
    if condition.within is None:
        return _("at any time after the step opened") if condition.of == "opening" else _("at any time")
    words = _("within %(period)s of starting")
    if condition.of == "opening":
        words = _("within %(period)s of the step opening")
    return words % {"period": words_within(condition.within)}


def _without_name(condition: EventCondition) -> dict[str, object]:
    return {field: value for field, value in to_data(condition).items() if field != "event"}


def _only_in(these: Sequence[Condition], others: Sequence[Condition]) -> list[Condition]:
    known = {_spelling(other) for other in others}
    return [this for this in these if _spelling(this) not in known]


def _spelling(condition: Criterion | PropertyCondition) -> str:
    if isinstance(condition, PropertyCondition):
        return exact(to_data(EventCondition("x", (condition,))))
    return exact(to_data(condition))
