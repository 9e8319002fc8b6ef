"""What differs between two states of a ladder, in words. Pure: two canonical documents in, groups of changes out.

No group at all means that both documents say the same, and the other way round; nothing that differs is left out. Rungs
are recognised by their key, which is what people's credit is kept by.
"""

from collections.abc import Callable
from dataclasses import dataclass

from milestones.ladders.document import STORY_TRANSLATED, TRANSLATED, Document
from milestones.ladders.versions import rungs_compared
from milestones.ladders.versions.changes import Change, rewritten, text_change, value_change
from milestones.ladders.versions.conditions_compared import differences
from milestones.ladders.versions.exactly import same
from milestones.ladders.versions.translations_compared import translations_changed
from milestones.library.criteria import describe, describe_rule, parse_rule, parse_start

TEXTS = {
    "title": "Title",
    "value_proposition": "What the ladder promises",
    "kickoff": "Kickoff: what done looks like for the first phase",
    "done_looks_like": "What done looks like",
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
        "Audience": _audience,
        "Start and pace": _start_and_pace,
        "Story": _story,
        "Milestones added": rungs_compared.added,
        "Milestones removed": rungs_compared.removed,
        "Order": rungs_compared.order,
        "Name and notes": _names,
    }
    groups = [Group(title, tuple(changes_of(before, after))) for title, changes_of in own.items()]
    for key, name, changes in rungs_compared.kept(before, after):
        groups.append(Group(name, tuple(changes), key))
    return tuple(group for group in groups if group.changes)


def without_notes(document: Document) -> Document:
    """The document without what its publisher said about it, which differs from version to version by nature."""
    return {field: value for field, value in document.items() if field != "notes"}


def _names(before: Document, after: Document) -> list[Change]:
    changes = value_change("key", "Key", before["key"], after["key"])
    changes += value_change("name", "Name", before["name"], after["name"])
    return changes + text_change("notes", "Notes on the version", before.get("notes", ""), after.get("notes", ""))


def _audience(before: Document, after: Document) -> list[Change]:
    old, new = before["role"], after["role"]
    changes: list[Change] = []
    if (old["key"], old["name"]) != (new["key"], new["name"]):
        words = f"For {new['name']} instead of {old['name']}"
        if old["name"] == new["name"]:
            words += f" (role “{new['key']}” instead of “{old['key']}”)"
        elif old["key"] == new["key"]:
            words = f"The role is called {new['name']} instead of {old['name']}"
        changes.append(Change("role.name", words))
    if not same(old["rule"], new["rule"]):
        rule_before, rule_after = parse_rule(old["rule"]), parse_rule(new["rule"])
        found = differences(rule_before, rule_after)
        said = (describe_rule(rule_before), describe_rule(rule_after))
        changes.append(rewritten("role.rule", "Rule", found, said, (old["rule"], new["rule"])))
    if old["precedence"] != new["precedence"]:
        words = f"Precedence {new['precedence']} instead of {old['precedence']}: of several roles that match,"
        changes.append(Change("role.precedence", f"{words} the smallest number counts"))
    return changes


def _start_and_pace(before: Document, after: Document) -> list[Change]:
    changes = []
    old, new = before.get("start"), after.get("start")
    if not same(old, new):
        start_before, start_after = parse_start(old), parse_start(new)
        found = differences(start_before, start_after) if start_before and start_after else ""
        said = [describe(start) if start else "the user is first seen" for start in (start_before, start_after)]
        changes.append(rewritten("start", "Start", found, (said[0], said[1]), (old, new)))
    return changes + value_change(
        "new_steps_a_session",
        "New steps offered in one session",
        before.get("new_steps_a_session"),
        after.get("new_steps_a_session"),
        nothing="as many as are open",
    )


def _story(before: Document, after: Document) -> list[Change]:
    changes: list[Change] = []
    for field, label in TEXTS.items():
        changes += text_change(field, label, before.get(field, ""), after.get(field, ""))
    for side in ("before", "after"):
        label = f"Impact, text for “{side}”"
        changes += text_change(
            f"impact.{side}", label, before.get("impact", {}).get(side, ""), after.get("impact", {}).get(side, "")
        )
    labels = {**TEXTS, **{f"impact.{side}": f"Impact, text for “{side}”" for side in ("before", "after")}}
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
                changes.append(Change("stories", f"Story of {_teller(story)} changed", _told(story), _told(twin)))
            labels = {"text": f"story of {_teller(story)}", "who": f"who tells the story of {_teller(story)}"}
            changes += translations_changed("stories", story, twin, places=STORY_TRANSLATED, labels=labels)
    changes += [Change("stories", f"Story of {_teller(story)} added", "", _told(story)) for story in new]
    changes += [Change("stories", f"Story of {_teller(story)} removed", _told(story), "") for story in gone]
    if not changes and not same(before, after):
        changes.append(Change("stories", "Stories stand in another order: " + ", ".join(map(_teller, after))))
    return changes


def _without(these: list[Document], others: list[Document]) -> list[Document]:
    """`these`, less one for each equal one of `others`."""
    left = list(these)
    for other in others:
        if other in left:
            left.remove(other)
    return left


def _teller(story: Document) -> str:
    return str(story.get("who") or "a customer")


def _told(story: Document) -> str:
    whom = [f"{field}: {story[field]}" for field in ("who", "role", "industry") if story.get(field)]
    return str(story["text"]) + (f" ({', '.join(whom)})" if whom else "")
