"""A rung's fields: what its milestone says, and its place in the ladder."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from milestones.ladders.document import Document
from milestones.ladders.editing.edit import CannotEdit, Edit, checked, index_of, refuse, with_rungs
from milestones.ladders.editing.funnel import counting
from milestones.ladders.editing.order import move_to
from milestones.library.content import FIELDS, MESSAGES, TAGS
from milestones.library.problems import Problem

_WORDS = {
    "purpose": "the purpose of {}",
    "expected_actions": "the expected actions of {}",
    "risks": "the risks of {}",
    "criterion": "when {} is done",
    "unlock": "what {} unlocks",
    "cue": "why {} matters",
    "tip": "the tip of {}",
    "video_url": "the video of {}",
    "value_statement": "what {} adds",
    "action_label": "the button of {}",
    "action_url": "where {} leads",
    "minutes": "how long {} takes",
    "due_after": "when {} is due",
    "spacing": "the spacing of {}",
    "prerequisites": "what {} opens after",
    "in_funnel": "whether {} counts in the funnel",
}
_IN_RUNG = ("due_after", "spacing", "prerequisites", "first_value")
_IN_PARTS = {f"messages.{kind}": ("messages", kind) for kind in MESSAGES} | {
    f"tags.{tag}": ("tags", tag) for tag in TAGS
}
_IN_CONTENT = tuple(field for field in FIELDS if field not in ("key", "messages", "tags", "translations"))

RUNG_FORM_FIELDS = (*_IN_CONTENT, *_IN_PARTS, *_IN_RUNG, "phase", "in_funnel")


def set_rung(document: Document, key: str, values: Mapping[str, Any]) -> Edit:
    """The rung with these fields set to plain data (see RUNG_FORM_FIELDS); empty ones are taken away.

    `first_value: True` takes the mark from where it was. Problems are at the names of the fields.
    """
    if unknown := [field for field in values if field not in RUNG_FORM_FIELDS]:
        raise refuse(_("A milestone has no field %(name)r.") % {"name": unknown[0]})
    index = index_of(document, key)
    before = document["rungs"][index]
    name = before["milestone"]["name"]
    if "name" in values and not str(values["name"] or "").strip():
        raise refuse(_("is empty; write what the user reads as the step’s title"), "name")
    if "criterion" in values and not values["criterion"]:
        raise refuse(_("is empty; say which event or trait shows that it is done"), "criterion")
    rungs = list(document["rungs"])
    rungs[index] = _set(before, values)
    if values.get("first_value"):
        rungs = [_unmarked(rung) if n != index else rung for n, rung in enumerate(rungs)]
    _check_prerequisites(document, index, rungs[index])

    places = [f"rungs.{key}.{'order' if field == 'phase' else field}" for field in values]
    edit = checked(with_rungs(document, rungs), _words(name, values), places, field_of=_field_of(index))
    if "in_funnel" in values:
        edit = checked(counting(edit.document, key, counts=bool(values["in_funnel"])), edit.words, places)
    if "phase" in values and values["phase"] != before["phase"]:
        moved = _into_phase(edit.document, key, values["phase"])
        edit = Edit(moved.document, moved.words if len(values) == 1 else edit.words, edit.places)
    return edit


def _into_phase(document: Document, key: str, phase: str) -> Edit:
    """As the last of another phase. A refusal belongs to the field."""
    last = [rung["milestone"]["key"] for rung in document["rungs"] if rung["milestone"]["key"] != key]
    try:
        return move_to(document, key, phase=phase, after=last[-1] if last else "")
    except CannotEdit as refusal:
        raise CannotEdit(Problem("phase", problem.message) for problem in refusal.problems) from refusal


def _set(rung: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    content, place = dict(rung["milestone"]), dict(rung)
    for field, value in values.items():
        if field in _IN_CONTENT:
            _put(content, field, value)
        elif field in _IN_PARTS:
            whole, part = _IN_PARTS[field]
            content[whole] = dict(content.get(whole, {}))
            _put(content[whole], part, value)
        elif field in _IN_RUNG:
            _put(place, field, value)
    return {**place, "milestone": content}


def _put(data: dict[str, Any], field: str, value: Any) -> None:
    if value in (None, "", [], {}) or value is False:
        data.pop(field, None)
    else:
        data[field] = value


def _unmarked(rung: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in rung.items() if field != "first_value"}


def _check_prerequisites(document: Document, index: int, rung: dict[str, Any]) -> None:
    above = [other["milestone"]["key"] for other in document["rungs"][:index]]
    for needed in rung.get("prerequisites", []):
        if needed not in above:
            raise refuse(_("A milestone can only open after one that stands above it."), "prerequisites")


def _field_of(index: int) -> Any:
    """From `rungs[3].messages.email` to `messages.email`; below criterion the place goes on."""

    def field_of(place: str) -> str:
        field = place.removeprefix(f"rungs[{index}].")
        return field.split("[")[0] if not field.startswith("criterion") else field

    return field_of


def _words(name: str, values: Mapping[str, Any]) -> str:
    if len(values) > 1:
        return f"Changed {len(values)} fields of {name}"
    field, value = next(iter(values.items()), ("", None))
    if field == "name":
        return f"Renamed {name} to {str(value).strip()}"
    if field == "phase":
        return f"Moved {name} to {value}"
    if field == "first_value":
        return f"Marked {name} as first value" if value else f"Took the first-value mark off {name}"
    if field.startswith("messages."):
        return f"Changed the messages of {name}"
    if field.startswith("tags."):
        return f"Changed the tags of {name}"
    return f"Changed {_WORDS.get(field, 'something of {}').format(name)}"
