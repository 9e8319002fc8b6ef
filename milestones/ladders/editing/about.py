"""What a ladder says as a whole: promise, kickoff, start, pacing, customer stories, before and after."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from milestones.ladders.document import IMPACT_FIELDS, STORY_FIELDS, TEXTS, Document
from milestones.ladders.editing.edit import CannotEdit, Edit, checked, refuse
from milestones.library.problems import Problem
from milestones.library.variables import problems_in

_WORDS = {
    "title": "the title",
    "value_proposition": "the value proposition",
    "kickoff": "the kickoff",
    "done_looks_like": "what done looks like",
    "notes": "what this version changes",
    "start": "when a journey starts",
    "new_steps_a_session": "how many new steps a session shows",
    "impact.before": "the text before the first value",
    "impact.after": "the text after it",
}
ABOUT_FIELDS = (*TEXTS, "start", "new_steps_a_session", *(f"impact.{part}" for part in IMPACT_FIELDS))


def set_about(document: Document, values: Mapping[str, Any]) -> Edit:
    """The ladder with these fields (ABOUT_FIELDS) set to plain data; empty ones are taken away."""
    if unknown := [field for field in values if field not in ABOUT_FIELDS]:
        raise refuse(_("A ladder has no field %(name)r.") % {"name": unknown[0]})
    changed = {**document, "impact": dict(document.get("impact", {}))}
    problems: list[Problem] = []
    for field, value in values.items():
        target, name = (changed["impact"], field[7:]) if field.startswith("impact.") else (changed, field)
        if value in (None, "", {}):
            target.pop(name, None)
        else:
            target[name] = value
        if field.startswith("impact.") and isinstance(value, str):
            problems += [Problem(field, message) for message in problems_in(value)]
    if problems:
        raise CannotEdit(problems)
    words = (
        f"Changed {_WORDS[next(iter(values))]}" if len(values) == 1 else f"Changed {len(values)} texts of the ladder"
    )
    return checked(changed, words, list(values))


def add_story(document: Document, story: Mapping[str, Any]) -> Edit:
    """One more customer story, at the end."""
    if not str(story.get("text") or "").strip():
        raise refuse(_("Write what the customer says."), "text")
    stories = [*document.get("stories", []), _filled(story)]
    number = len(stories) - 1
    return _with_stories(document, stories, "Added a customer story", f"stories.{number}", number)


def set_story(document: Document, number: int, values: Mapping[str, Any]) -> Edit:
    """The story at `number` (from 0) with these of STORY_FIELDS changed."""
    stories = _stories(document, number)
    if "text" in values and not str(values["text"] or "").strip():
        raise refuse(_("Write what the customer says, or remove the story."), "text")
    stories[number] = _filled({**stories[number], **values})
    words = f"Changed the story of {stories[number]['who']}" if stories[number].get("who") else "Changed a story"
    return _with_stories(document, stories, words, f"stories.{number}", number)


def remove_story(document: Document, number: int) -> Edit:
    stories = _stories(document, number)
    gone = stories.pop(number)
    words = f"Removed the story of {gone['who']}" if gone.get("who") else "Removed a story"
    return _with_stories(document, stories, words, "stories", number)


def _stories(document: Document, number: int) -> list[dict[str, Any]]:
    stories = list(document.get("stories", []))
    if not 0 <= number < len(stories):
        raise refuse(_("This story is no longer there; somebody removed it."))
    return stories


def _filled(story: Mapping[str, Any]) -> dict[str, Any]:
    return {field: story[field] for field in (*STORY_FIELDS, "translations") if story.get(field)}


def _with_stories(document: Document, stories: list[dict[str, Any]], words: str, place: str, number: int) -> Edit:
    changed = {field: value for field, value in document.items() if field != "stories"}
    if stories:
        changed["stories"] = stories
    return checked(changed, words, [place], field_of=lambda problem: problem.removeprefix(f"stories[{number}]."))
