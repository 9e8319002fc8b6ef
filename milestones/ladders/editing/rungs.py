"""Adding and removing rungs."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from milestones.ladders.document import MOST_RUNGS, Document
from milestones.ladders.editing import funnel
from milestones.ladders.editing.edit import Edit, checked, index_of, refuse, with_rungs
from milestones.ladders.editing.order import place_for
from milestones.library.keys import key_from

Content = dict[str, Any]


def add(document: Document, content: Content, *, phase: str, after: str | None = None, words: str = "") -> Edit:
    """A new rung with this content, in `phase`: after the rung `after` ('' first), or as its last."""
    rungs = list(document.get("rungs", []))
    key = content.get("key", "")
    if len(rungs) >= MOST_RUNGS:
        raise refuse(
            _("A ladder has at most %(most)d milestones; remove one first.") % {"most": MOST_RUNGS}, "milestone"
        )
    if key in funnel.keys(document):
        raise refuse(_("This milestone is already in the ladder; it can be there once."), "milestone")
    position = place_for(rungs, phase, after)
    rungs.insert(position, {"milestone": content, "phase": phase})

    def field_of(place: str) -> str:
        return place.removeprefix(f"rungs[{position}].")

    words = words or f"Added {content.get('name', key)}"
    return checked(with_rungs(document, rungs), words, [f"rungs.{key}"], field_of=field_of)


def duplicate(document: Document, key: str, *, taken: Collection[str] = ()) -> Edit:
    """A copy of the rung right below it, as a milestone of its own: its key is new, so credit for it is too.

    It takes over everything but the first-value mark. `taken`: keys that the library has.
    """
    index = index_of(document, key)
    rung = document["rungs"][index]
    name = rung["milestone"]["name"]
    used = {*funnel.keys(document), *taken}
    # Cut, so that the name with its addition fits.
    content = {
        **rung["milestone"],
        "key": key_from(key, taken=used),
        "name": _("%(name)s (copy)") % {"name": name[:110]},
    }
    more = {field: rung[field] for field in ("due_after", "spacing", "prerequisites") if field in rung}
    edit = add(document, content, phase=rung["phase"], after=key, words=f"Duplicated {name}")
    rungs = [
        {**other, **more} if other["milestone"]["key"] == content["key"] else other for other in edit.document["rungs"]
    ]
    return checked(with_rungs(edit.document, rungs), edit.words, edit.places)


def remove(document: Document, key: str) -> Edit:
    """Without the rung; what opened after it, or counted it, no longer does."""
    index = index_of(document, key)
    rungs = list(document["rungs"])
    gone = rungs.pop(index)
    waited = [rung["milestone"]["name"] for rung in rungs if key in rung.get("prerequisites", [])]
    rungs = [_not_waiting_for(rung, key) for rung in rungs]
    words = f"Removed {gone['milestone']['name']}"
    if waited:
        words += f"; {_listed(waited)} no longer {'waits' if len(waited) == 1 else 'wait'} for it"
    return checked(funnel.without(with_rungs(document, rungs), key), words, [f"rungs.{key}"])


def replace_content(document: Document, key: str, content: Content) -> Edit:
    """The rung says what the library's module says now."""
    index = index_of(document, key)
    rungs = list(document["rungs"])
    rungs[index] = {**rungs[index], "milestone": content}
    words = f"Took over {content['name']} from the library"
    return checked(with_rungs(document, rungs), words, [f"rungs.{key}"])


def new_content(name: str, event: str, *, taken: Collection[str] = ()) -> Content:
    """The content of a milestone that is new: its name, and the event that reaches it. Checked when it is added."""
    name, event = name.strip(), event.strip()
    if not name:
        raise refuse(_("Write what the user reads, for example “Invite a teammate”."), "name")
    if not event:
        raise refuse(
            _("Name the event that your product sends when it is done, for example “Member Invited”."), "event"
        )
    return {"key": key_from(name, taken=taken), "name": name, "criterion": {"event": event}}


def _not_waiting_for(rung: dict[str, Any], key: str) -> dict[str, Any]:
    if key not in rung.get("prerequisites", []):
        return rung
    return {**rung, "prerequisites": [other for other in rung["prerequisites"] if other != key]}


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
