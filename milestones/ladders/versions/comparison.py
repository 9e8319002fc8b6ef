"""What differs between two states of a ladder, in words. Pure: two canonical documents in, groups of changes out.

No group at all means that both documents say the same, and the other way round; nothing that differs is left out. Rungs
are recognised by their key, which is what people's credit is kept by.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.ladders.document import STORY_TRANSLATED, TRANSLATED, Document
from milestones.ladders.versions import rungs_compared
from milestones.ladders.versions.changes import Change, rewritten, text_change, value_change
from milestones.ladders.versions.conditions_compared import differences
from milestones.ladders.versions.exactly import same
from milestones.ladders.versions.translations_compared import translations_changed
from milestones.library.criteria import describe, describe_rule, parse_rule, parse_start

TEXTS: dict[str, Any] = {
    "title": gettext_lazy("Title"),
    "value_proposition": gettext_lazy("What the ladder promises"),
    "kickoff": gettext_lazy("Kickoff: what done looks like for the first phase"),
    "done_looks_like": gettext_lazy("What done looks like"),
}
IMPACT: dict[str, Any] = {
    "before": gettext_lazy("Impact, text for “before”"),
    "after": gettext_lazy("Impact, text for “after”"),
}


@dataclass(frozen=True)
class Group:
    """Changes that belong together. `key`: the milestone's that they are about, '' for the ladder's own."""

    title: str
    changes: tuple[Change, ...]
    key: str = ""


def compare(before: Document, after: Document) -> tuple[Group, ...]:
    """Every difference between two canonical documents, the ladder's own first, then milestone by milestone."""
    own: dict[str, Callable[[Document, Document], list[Change]]] = {
        _("Audience"): _audience,
        _("Start and pace"): _start_and_pace,
        _("Story"): _story,
        _("Milestones added"): rungs_compared.added,
        _("Milestones removed"): rungs_compared.removed,
        _("Order"): rungs_compared.order,
        _("Name and notes"): _names,
    }
    groups = [Group(title, tuple(changes_of(before, after))) for title, changes_of in own.items()]
    for key, name, changes in rungs_compared.kept(before, after):
        groups.append(Group(name, tuple(changes), key))
    return tuple(group for group in groups if group.changes)


def without_notes(document: Document) -> Document:
    """The document without what its publisher said about it, which differs from version to version by nature."""
    return {field: value for field, value in document.items() if field != "notes"}


def _names(before: Document, after: Document) -> list[Change]:
    changes = value_change("key", _("Key"), before["key"], after["key"])
    changes += value_change("name", _("Name"), before["name"], after["name"])
    return changes + text_change("notes", _("Notes on the version"), before.get("notes", ""), after.get("notes", ""))


def _audience(before: Document, after: Document) -> list[Change]:
    old, new = before["role"], after["role"]
    changes: list[Change] = []
    if (old["key"], old["name"]) != (new["key"], new["name"]):
        words = _("For %(now)s instead of %(before)s")
        if old["name"] == new["name"]:
            words = _("For %(now)s instead of %(before)s (role “%(key)s” instead of “%(old_key)s”)")
        elif old["key"] == new["key"]:
            words = _("The role is called %(now)s instead of %(before)s")
        said = {"now": new["name"], "before": old["name"], "key": new["key"], "old_key": old["key"]}
        changes.append(Change("role.name", words % said))
    if not same(old["rule"], new["rule"]):
        rule_before, rule_after = parse_rule(old["rule"]), parse_rule(new["rule"])
        found = differences(rule_before, rule_after)
        rules = (describe_rule(rule_before), describe_rule(rule_after))
        changes.append(rewritten("role.rule", _("Rule"), found, rules, (old["rule"], new["rule"])))
    if old["precedence"] != new["precedence"]:
        words = _("Precedence %(now)d instead of %(before)d: of several roles that match, the smallest number counts")
        changes.append(Change("role.precedence", words % {"now": new["precedence"], "before": old["precedence"]}))
    return changes


def _start_and_pace(before: Document, after: Document) -> list[Change]:
    changes = []
    old, new = before.get("start"), after.get("start")
    if not same(old, new):
        start_before, start_after = parse_start(old), parse_start(new)
        found = differences(start_before, start_after) if start_before and start_after else ""
        said = [describe(start) if start else _("the user is first seen") for start in (start_before, start_after)]
        changes.append(rewritten("start", _("Start"), found, (said[0], said[1]), (old, new)))
    return changes + value_change(
        "new_steps_a_session",
        _("New steps offered in one session"),
        before.get("new_steps_a_session"),
        after.get("new_steps_a_session"),
        nothing=_("as many as are open"),
    )


def _story(before: Document, after: Document) -> list[Change]:
    changes: list[Change] = []
    for field, label in TEXTS.items():
        changes += text_change(field, label, before.get(field, ""), after.get(field, ""))
    for side in ("before", "after"):
        label = str(IMPACT[side])
        changes += text_change(
            f"impact.{side}", label, before.get("impact", {}).get(side, ""), after.get("impact", {}).get(side, "")
        )
    labels = {**TEXTS, **{f"impact.{side}": label for side, label in IMPACT.items()}}
    changes += translations_changed("translations", before, after, places=TRANSLATED, labels=labels)
    return changes + _stories(before.get("stories", []), after.get("stories", []))


def _stories(before: list[Document], after: list[Document]) -> list[Change]:
    """Stories have no key: those that stayed word for word are left aside, the others of one teller are a pair."""
    gone, new = _without(before, after), _without(after, before)
    changes: list[Change] = []
    for story in list(gone):
        twin = next((other for other in new if other.get("who") == story.get("who")), None)
        if twin is not None:
            gone.remove(story)
            new.remove(twin)
            if _told(story) != _told(twin):
                words = _("Story of %(name)s changed") % {"name": _teller(story)}
                changes.append(Change("stories", words, _told(story), _told(twin)))
            labels = {
                "text": _("story of %(name)s") % {"name": _teller(story)},
                "who": _("who tells the story of %(name)s") % {"name": _teller(story)},
            }
            changes += translations_changed("stories", story, twin, places=STORY_TRANSLATED, labels=labels)
    came, went = _("Story of %(name)s added"), _("Story of %(name)s removed")
    changes += [Change("stories", came % {"name": _teller(story)}, "", _told(story)) for story in new]
    changes += [Change("stories", went % {"name": _teller(story)}, _told(story), "") for story in gone]
    if not changes and not same(before, after):
        words = _("Stories stand in another order: %(names)s") % {"names": ", ".join(map(_teller, after))}
        changes.append(Change("stories", words))
    return changes


def _without(these: list[Document], others: list[Document]) -> list[Document]:
    """`these`, less one for each equal one of `others`."""
    left = list(these)
    for other in others:
        if other in left:
            left.remove(other)
    return left


def _teller(story: Document) -> str:
    return str(story.get("who") or _("a customer"))


def _told(story: Document) -> str:
    whom = [f"{field}: {story[field]}" for field in ("who", "role", "industry") if story.get(field)]
    return str(story["text"]) + (f" ({', '.join(whom)})" if whom else "")
