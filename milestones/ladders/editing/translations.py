"""A ladder's texts in further languages: all that there are, and setting one of them.

A text is named as the places of changes are: "title", "impact.after", "stories.0.text", "rungs.invite-team.cue".
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from milestones.ladders.document import STORY_TRANSLATED, TRANSLATED, Document
from milestones.ladders.editing.edit import CannotEdit, Edit, checked, refuse
from milestones.library.content import TRANSLATED as MILESTONE_TRANSLATED
from milestones.library.problems import Problem
from milestones.library.translations import TextPlace, value_at, with_translation
from workspaces.tenants.languages import LANGUAGES

_WORDS = {
    "title": "the title",
    "value_proposition": "the value proposition",
    "kickoff": "the kickoff",
    "done_looks_like": "what done looks like",
    "impact.before": "the text before the first value",
    "impact.after": "the text after it",
    "text": "the words",
    "who": "the teller",
    "name": "the name",
    "cue": "the cue",
    "tip": "the tip",
    "value_statement": "the value",
    "action_label": "the button",
    "messages.in_app": "the in-app message",
    "messages.email_subject": "the e-mail’s subject",
    "messages.email": "the e-mail",
    "messages.help": "the help article",
}


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


@dataclass(frozen=True)
class Translation:
    """What one text says in a language. `made_from`: the mark of the original that its translator read, if known."""

    field: str
    language: str
    text: str
    made_from: str = ""

    @property
    def place(self) -> str:
        """Where it stands in problems of many."""
        return f"{self.field} {self.language}"


def set_translation(document: Document, field: str, language: str, text: str, *, made_from: str = "") -> Edit:
    """One text said in `language`; '' takes the translation away. Problems are at "text"."""
    said = Translation(field, language, text, made_from)
    try:
        changed, owner = _said(document, said)
    except _CannotSay as error:
        raise refuse(str(error), "text") from error
    what = f"{_WORDS[_path(owner, said)]} of {owner.name}"
    english = LANGUAGES[language].english
    words = f"Translated {what} into {english}" if text.strip() else f"Took away the {english} of {what}"
    return checked(changed, words, [_place(owner, said)], field_of=lambda _: "text")


def set_translations(document: Document, translations: Sequence[Translation]) -> Edit:
    """Many at once: all, or none and every reason, each at the `place` of its translation."""
    problems, places, changed = [], {}, document
    for said in translations:
        try:
            changed, owner = _said(changed, said)
        except _CannotSay as error:
            problems.append(Problem(said.place, str(error)))
        else:
            places[_place(owner, said)] = said.place
    if problems:
        raise CannotEdit(problems)
    keys = [rung["milestone"]["key"] for rung in document.get("rungs", [])]

    def field_of(place: str) -> str:
        named = re.sub(r"^(rungs|stories)\[(\d+)\]", lambda found: _named(found, keys), place)
        return places.get(named, places.get(named.replace(".made_from", ""), place))

    count = len(translations)
    words = f"Translated {count} text{'' if count == 1 else 's'} from a file"
    return checked(changed, words, list(places), field_of=field_of)


class _CannotSay(Exception):
    """Why one text cannot be translated, as a sentence."""


def _said(document: Document, said: Translation) -> tuple[Document, Owner]:
    """The document with this translation, and its owner as it was. Raises _CannotSay."""
    if said.language not in LANGUAGES:
        raise _CannotSay(_("There is no language %(tag)r here.") % {"tag": said.language[:20]})
    found = (owner for owner in owners(document) if any(owner.field(p.path) == said.field for p in owner.places))
    owner = next(found, None)
    if owner is None:
        raise _CannotSay(_("This text is no longer there; somebody removed it."))
    path = _path(owner, said)
    if said.text.strip() and not value_at(owner.data, path):
        raise _CannotSay(_("The original of this text was removed, so there is nothing to translate."))
    data = with_translation(owner.data, said.language, path, said.text, places=owner.places, made_from=said.made_from)
    return _with(document, owner, data), owner


def _path(owner: Owner, said: Translation) -> str:
    return said.field.removeprefix(f"{owner.place}.") if owner.place else said.field


def _place(owner: Owner, said: Translation) -> str:
    """Where the change is, in the document."""
    start = f"{owner.place}.translations" if owner.place else "translations"
    return f"{start}.{said.language}.{_path(owner, said)}"


def _named(found: "re.Match[str]", keys: Sequence[str]) -> str:
    """From "rungs[2]" to "rungs.invite-team"; stories keep their number."""
    number = int(found[2])
    return f"rungs.{keys[number]}" if found[1] == "rungs" and number < len(keys) else f"{found[1]}.{number}"


def _with(document: Document, owner: Owner, data: Document) -> Document:
    """The document with this owner saying what `data` says."""
    kind, __, name = owner.place.partition(".")
    if not kind:
        return data
    if kind == "stories":
        stories = list(document["stories"])
        stories[int(name)] = data
        return {**document, "stories": stories}
    rungs = [{**r, "milestone": data} if r["milestone"]["key"] == name else r for r in document["rungs"]]
    return {**document, "rungs": rungs}
