"""A ladder's texts in further languages: all that there are, and setting one of them.

A text is named as the places of changes are: "title", "impact.after", "stories.0.text", "rungs.invite-team.cue".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from milestones.ladders.document import STORY_TRANSLATED, TRANSLATED, Document
from milestones.ladders.editing.edit import Edit, checked, refuse
from milestones.library.content import TRANSLATED as MILESTONE_TRANSLATED
from milestones.library.translations import TextPlace, value_at, with_translation
from workspaces.tenants.languages import LANGUAGES


@dataclass(frozen=True)
class Owner:
    """What holds texts: the ladder ("" is its place), a customer's story, or a milestone, with its name for people."""

    place: str
    name: str
    data: Mapping[str, Any]
    places: Sequence[TextPlace]

    def field(self, path: str) -> str:
        return f"{self.place}.{path}" if self.place else path


def owners(document: Document) -> Iterator[Owner]:
    """Everything in a ladder that holds texts for users: itself, its stories, its milestones in their order."""
    yield Owner("", "the ladder", document, TRANSLATED)
    for number, story in enumerate(document.get("stories", [])):
        name = f"the story of {story['who']}" if story.get("who") else f"story {number + 1}"
        yield Owner(f"stories.{number}", name, story, STORY_TRANSLATED)
    for rung in document.get("rungs", []):
        milestone = rung["milestone"]
        yield Owner(f"rungs.{milestone['key']}", milestone["name"], milestone, MILESTONE_TRANSLATED)


def set_translation(document: Document, field: str, language: str, text: str, *, made_from: str = "") -> Edit:
    """One text said in `language`; '' takes the translation away. `made_from`: see with_translation."""
    if language not in LANGUAGES:
        raise refuse(f"There is no language {language[:20]!r} here.")
    owner = next((owner for owner in owners(document) if any(owner.field(p.path) == field for p in owner.places)), None)
    if owner is None:
        raise refuse("This text is no longer there; somebody removed it.")
    path = field.removeprefix(f"{owner.place}.") if owner.place else field
    if text.strip() and not value_at(owner.data, path):
        raise refuse("The original of this text was removed, so there is nothing to translate.", "text")
    said = with_translation(owner.data, language, path, text, places=owner.places, made_from=made_from)
    verb = "Translated" if text.strip() else "Took away the translation of"
    label = f"{path.rsplit('.', 1)[-1].replace('_', ' ')} of {owner.name}"
    words = f"{verb} {label}, {LANGUAGES[language].english}"
    place = f"{owner.place}.translations" if owner.place else "translations"
    return checked(_with(document, owner, said), words, [f"{place}.{language}.{path}"], field_of=lambda _: "text")


def _with(document: Document, owner: Owner, data: Document) -> Document:
    """The document with this owner saying what `data` says."""
    kind, _, name = owner.place.partition(".")
    if not kind:
        return data
    if kind == "stories":
        stories = list(document["stories"])
        stories[int(name)] = data
        return {**document, "stories": stories}
    rungs = [{**r, "milestone": data} if r["milestone"]["key"] == name else r for r in document["rungs"]]
    return {**document, "rungs": rungs}
