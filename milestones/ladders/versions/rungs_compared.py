"""What differs between the rungs of two documents: which there are, in which order, and what each says. Pure."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.ladders.document import Document
from milestones.ladders.phase_names import phase_in_sentence, phase_name
from milestones.ladders.versions.changes import Change, list_change, rewritten, text_change, value_change
from milestones.ladders.versions.conditions_compared import differences
from milestones.ladders.versions.exactly import same
from milestones.ladders.versions.translations_compared import translations_changed
from milestones.library.content import TRANSLATED
from milestones.library.criteria import describe, parse
from milestones.library.periods import parse_period, words_for

TEXTS: dict[str, Any] = {
    "purpose": gettext_lazy("Purpose"),
    "cue": gettext_lazy("Why it matters"),
    "tip": gettext_lazy("Tip"),
    "value_statement": gettext_lazy("What it adds"),
}
LISTS: dict[str, Any] = {"expected_actions": gettext_lazy("Expected action"), "risks": gettext_lazy("Risk")}
VALUES: dict[str, Any] = {
    "name": gettext_lazy("Name"),
    "unlock": gettext_lazy("Unlocks"),
    "video_url": gettext_lazy("Video"),
    "action_label": gettext_lazy("Button"),
    "action_url": gettext_lazy("Button opens"),
    "minutes": gettext_lazy("Minutes it takes"),
}
MESSAGES: dict[str, Any] = {
    "in_app": gettext_lazy("In-app message"),
    "email_subject": gettext_lazy("E-mail subject"),
    "email": gettext_lazy("E-mail"),
    "help": gettext_lazy("Help-centre article"),
}
TRANSLATED_LABELS: dict[str, Any] = {
    **TEXTS,
    **{field: label for field, label in VALUES.items() if field in ("name", "action_label")},
    **{f"messages.{kind}": label for kind, label in MESSAGES.items()},
}
TAGS: dict[str, Any] = {
    "use_case": gettext_lazy("Use case"),
    "industry": gettext_lazy("Industry"),
    "size": gettext_lazy("Size"),
    "role": gettext_lazy("Role"),
}


def added(before: Document, after: Document) -> list[Change]:
    """The rungs that only `after` has, each with all that it asks and gives."""
    old, names = _by_key(before), _names(after)
    return [
        Change(f"rungs.{key}", _added(after, key, names), "", _summary(rung, names))
        for key, rung in _by_key(after).items()
        if key not in old
    ]


def removed(before: Document, after: Document) -> list[Change]:
    """The rungs that only `before` has. Whoever has done one keeps it."""
    new, names = _by_key(after), _names(before)
    return [
        Change(
            f"rungs.{key}",
            _("%(step)s; whoever has done it keeps the credit and what it switched on") % {"step": names[key]},
        )
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
            words = _moved(names[key], _above(after, key, names), _above(before, key, names))
            changes.append(Change(f"rungs.{key}.place", words))
    was, now = _first_value(before), _first_value(after)
    if was != now:
        words = _("First value is reached at %(now)s instead of %(before)s")
        said = {"now": names[now] if now else _("no milestone"), "before": names[was] if was else _("no milestone")}
        changes.append(Change("first_value", words % said))
    if before.get("funnel") != after.get("funnel"):
        counted = [" → ".join(names[key] for key in document.get("funnel", [])) for document in (before, after)]
        whole = _("all milestones in their order")
        words = _("The funnel counts other milestones")
        changes.append(Change("funnel", words, counted[0] or whole, counted[1] or whole))
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
        changes.append(rewritten(f"{at}.criterion", _("Done when"), found, said, written))
    changes += value_change(f"{at}.phase", _("Phase"), _phase(before), _phase(after), quoted=False)
    for field, label, nothing in (
        ("due_after", _("Due after it opens"), _("no due date")),
        ("spacing", _("Offered after the step before"), _("at once")),
    ):
        changes += value_change(
            f"{at}.{field}", label, _period(before, field), _period(after, field), nothing=nothing, quoted=False
        )
    was, now = before.get("prerequisites", []), after.get("prerequisites", [])
    if was != now:
        words = _("Opens %(now)s instead of %(before)s") % {"now": _opens(now, names), "before": _opens(was, names)}
        changes.append(Change(f"{at}.prerequisites", words))
    for field, label in VALUES.items():
        changes += value_change(f"{at}.{field}", str(label), old.get(field), new.get(field), nothing=_("nothing"))
    for field, label in TEXTS.items():
        changes += text_change(f"{at}.{field}", str(label), old.get(field, ""), new.get(field, ""))
    for field, label in LISTS.items():
        changes += list_change(f"{at}.{field}", str(label), old.get(field, []), new.get(field, []))
    for kind, label in TAGS.items():
        tags = [m.get("tags", {}).get(kind, []) for m in (old, new)]
        changes += list_change(f"{at}.tags", _("Tag “%(kind)s”") % {"kind": label}, *tags)
    for kind, label in MESSAGES.items():
        changes += text_change(f"{at}.messages", str(label), *(m.get("messages", {}).get(kind, "") for m in (old, new)))
    return changes + translations_changed(f"{at}.translations", old, new, places=TRANSLATED, labels=TRANSLATED_LABELS)


def _summary(rung: Document, names: dict[str, str]) -> str:
    milestone = rung["milestone"]
    parts = [
        f"{phase_name(rung['phase'])}.",
        _("Done when %(what)s.") % {"what": describe(parse(milestone["criterion"]))},
    ]
    if "due_after" in rung:
        parts.append(_("Due %(period)s after it opens.") % {"period": _period(rung, "due_after")})
    if rung.get("prerequisites"):
        parts.append(_("Opens %(after)s.") % {"after": _opens(rung["prerequisites"], names)})
    if "unlock" in milestone:
        parts.append(_("Unlocks %(feature)s.") % {"feature": milestone["unlock"]})
    return " ".join(parts)


def _opens(prerequisites: list[str], names: dict[str, str]) -> str:
    if not prerequisites:
        return _("at once")
    return _("after %(steps)s") % {"steps": _(" and ").join(names[key] for key in prerequisites)}


def _above(document: Document, key: str, names: dict[str, str]) -> str:
    """The name of the rung above; '' for the first."""
    keys = list(_by_key(document))
    place = keys.index(key)
    return names[keys[place - 1]] if place else ""


def _added(document: Document, key: str, names: dict[str, str]) -> str:
    above = _above(document, key, names)
    words = _("%(step)s, after %(above)s") if above else _("%(step)s, first")
    return words % {"step": names[key], "above": above}


def _moved(name: str, now: str, before: str) -> str:
    words = _("%(step)s now comes after %(now)s; it came after %(before)s")
    if not now:
        words = _("%(step)s now comes first; it came after %(before)s")
    elif not before:
        words = _("%(step)s now comes after %(now)s; it was the first")
    return words % {"step": name, "now": now, "before": before}


def _phase(rung: Document) -> str:
    """As in the document for programs, as a name for people: English says both alike but for the capital."""
    return phase_in_sentence(rung["phase"])


def _period(rung: Document, field: str) -> str | None:
    return words_for(parse_period(rung[field])) if field in rung else None


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
