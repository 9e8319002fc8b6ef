"""What differs between the rungs of two documents: which there are, in which order, and what each says. Pure."""

from bisect import bisect_left
from collections.abc import Iterator

from milestones.ladders.document import Document
from milestones.ladders.versions.changes import Change, list_change, rewritten, text_change, value_change
from milestones.ladders.versions.conditions_compared import differences
from milestones.ladders.versions.exactly import same
from milestones.ladders.versions.translations_compared import translations_changed
from milestones.library.content import TRANSLATED
from milestones.library.criteria import describe, parse

TEXTS = {
    "purpose": "Purpose",
    "cue": "Why it matters",
    "tip": "Tip",
    "value_statement": "What it adds",
}
LISTS = {"expected_actions": "Expected action", "risks": "Risk"}
VALUES = {
    "name": "Name",
    "unlock": "Unlocks",
    "video_url": "Video",
    "action_label": "Button",
    "action_url": "Button opens",
    "minutes": "Minutes it takes",
}
MESSAGES = {
    "in_app": "In-app message",
    "email_subject": "E-mail subject",
    "email": "E-mail",
    "help": "Help-centre article",
}
TRANSLATED_LABELS = {
    **TEXTS,
    **{field: label for field, label in VALUES.items() if field in ("name", "action_label")},
    **{f"messages.{kind}": label for kind, label in MESSAGES.items()},
}
TAGS = {"use_case": "Use case", "industry": "Industry", "size": "Size", "role": "Role"}


def added(before: Document, after: Document) -> list[Change]:
    """The rungs that only `after` has, each with all that it asks and gives."""
    old, names = _by_key(before), _names(after)
    return [
        Change(f"rungs.{key}", f"{names[key]}, {_where(after, key, names)}", "", _summary(rung, names))
        for key, rung in _by_key(after).items()
        if key not in old
    ]


def removed(before: Document, after: Document) -> list[Change]:
    """The rungs that only `before` has. Whoever has done one keeps it."""
    new, names = _by_key(after), _names(before)
    return [
        Change(f"rungs.{key}", f"{names[key]}; whoever has done it keeps the credit and what it switched on")
        for key in _by_key(before)
        if key not in new
    ]


def order(before: Document, after: Document) -> list[Change]:
    """The fewest rungs whose moving explains the new order; where first value lies; what the funnel counts."""
    old, new = _by_key(before), _by_key(after)
    names = _names(before) | _names(after)
    places = {key: place for place, key in enumerate(old)}
    both = [key for key in new if key in old]
    stayed = _longest_rise([places[key] for key in both])
    changes = []
    for n, key in enumerate(both):
        if n not in stayed:
            words = f"{names[key]} now {_comes(after, key, names)}; it {_came(before, key, names)}"
            changes.append(Change(f"rungs.{key}.place", words))
    was, now = _first_value(before), _first_value(after)
    if was != now:
        words = f"First value is reached at {names[now] if now else 'no milestone'}"
        changes.append(Change("first_value", f"{words} instead of {names[was] if was else 'no milestone'}"))
    if before.get("funnel") != after.get("funnel"):
        counted = [" → ".join(names[key] for key in document.get("funnel", [])) for document in (before, after)]
        whole = "all milestones in their order"
        changes.append(Change("funnel", "The funnel counts other milestones", counted[0] or whole, counted[1] or whole))
    return changes


def kept(before: Document, after: Document) -> Iterator[tuple[str, str, list[Change]]]:
    """Of each rung that both have: its key, its name now, and what it says differently."""
    old, names = _by_key(before), _names(before) | _names(after)
    for key, rung in _by_key(after).items():
        if key in old:
            yield key, names[key], _rung(old[key], rung, f"rungs.{key}", names)


def _rung(before: Document, after: Document, at: str, names: dict[str, str]) -> list[Change]:
    old, new = before["milestone"], after["milestone"]
    changes: list[Change] = []
    if not same(old["criterion"], new["criterion"]):
        criterion_before, criterion_after = parse(old["criterion"]), parse(new["criterion"])
        found = differences(criterion_before, criterion_after)
        said = describe(criterion_before), describe(criterion_after)
        written = old["criterion"], new["criterion"]
        changes.append(rewritten(f"{at}.criterion", "Done when", found, said, written))
    changes += value_change(f"{at}.phase", "Phase", before["phase"], after["phase"], quoted=False)
    for field, label, nothing in (
        ("due_after", "Due after it opens", "no due date"),
        ("spacing", "Offered after the step before", "at once"),
    ):
        changes += value_change(
            f"{at}.{field}", label, before.get(field), after.get(field), nothing=nothing, quoted=False
        )
    was, now = before.get("prerequisites", []), after.get("prerequisites", [])
    if was != now:
        words = f"Opens {_opens(now, names)} instead of {_opens(was, names)}"
        changes.append(Change(f"{at}.prerequisites", words))
    for field, label in VALUES.items():
        changes += value_change(f"{at}.{field}", label, old.get(field), new.get(field), nothing="nothing")
    for field, label in TEXTS.items():
        changes += text_change(f"{at}.{field}", label, old.get(field, ""), new.get(field, ""))
    for field, label in LISTS.items():
        changes += list_change(f"{at}.{field}", label, old.get(field, []), new.get(field, []))
    for kind, label in TAGS.items():
        changes += list_change(f"{at}.tags", f"Tag “{label}”", *(m.get("tags", {}).get(kind, []) for m in (old, new)))
    for kind, label in MESSAGES.items():
        changes += text_change(f"{at}.messages", label, *(m.get("messages", {}).get(kind, "") for m in (old, new)))
    return changes + translations_changed(f"{at}.translations", old, new, places=TRANSLATED, labels=TRANSLATED_LABELS)


def _summary(rung: Document, names: dict[str, str]) -> str:
    milestone = rung["milestone"]
    parts = [f"{rung['phase'].capitalize()}. Done when {describe(parse(milestone['criterion']))}."]
    if "due_after" in rung:
        parts.append(f"Due {rung['due_after']} after it opens.")
    if rung.get("prerequisites"):
        parts.append(f"Opens {_opens(rung['prerequisites'], names)}.")
    if "unlock" in milestone:
        parts.append(f"Unlocks {milestone['unlock']}.")
    return " ".join(parts)


def _opens(prerequisites: list[str], names: dict[str, str]) -> str:
    return "after " + " and ".join(names[key] for key in prerequisites) if prerequisites else "at once"


def _where(document: Document, key: str, names: dict[str, str]) -> str:
    keys = list(_by_key(document))
    place = keys.index(key)
    return f"after {names[keys[place - 1]]}" if place else "first"


def _comes(document: Document, key: str, names: dict[str, str]) -> str:
    place = _where(document, key, names)
    return "comes first" if place == "first" else f"comes {place}"


def _came(document: Document, key: str, names: dict[str, str]) -> str:
    place = _where(document, key, names)
    return "was the first" if place == "first" else f"came {place}"


def _first_value(document: Document) -> str:
    return next((key for key, rung in _by_key(document).items() if rung.get("first_value")), "")


def _by_key(document: Document) -> dict[str, Document]:
    return {rung["milestone"]["key"]: rung for rung in document.get("rungs", [])}


def _names(document: Document) -> dict[str, str]:
    return {key: rung["milestone"]["name"] for key, rung in _by_key(document).items()}


def _longest_rise(places: list[int]) -> set[int]:
    """Which of the different `places` (by index) form a longest rising row: those are the ones that stayed."""
    ends: list[int] = []  # ends[n]: the index at which the best rising row of length n + 1 ends
    came_from: dict[int, int | None] = {}
    for n, place in enumerate(places):
        length = bisect_left([places[end] for end in ends], place)
        came_from[n] = ends[length - 1] if length else None
        ends[length : length + 1] = [n]
    stayed: set[int] = set()
    step = ends[-1] if ends else None
    while step is not None:
        stayed.add(step)
        step = came_from[step]
    return stayed
