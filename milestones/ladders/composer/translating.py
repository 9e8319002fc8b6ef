"""What the page of a ladder's translations shows: each text beside its original, and how many there are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from milestones.ladders.document import Document
from milestones.ladders.editing import owners
from milestones.ladders.kept_words import owner_words
from milestones.library.translations import Translated, mark_of, states
from workspaces.tenants.languages import Language

LABELS = {
    "title": _("Title"),
    "value_proposition": _("Value proposition"),
    "kickoff": _("Kickoff"),
    "done_looks_like": _("What done looks like"),
    "impact.before": _("Before"),
    "impact.after": _("After"),
    "text": _("What they reached"),
    "who": _("Who says it"),
    "name": _("What the user reads"),
    "cue": _("Why it matters"),
    "tip": _("Tip"),
    "value_statement": _("What it adds"),
    "action_label": _("Button"),
    "messages.in_app": _("In-app message"),
    "messages.email_subject": _("E-mail subject"),
    "messages.email": _("E-mail"),
    "messages.help": _("Help-centre article"),
}


@dataclass(frozen=True)
class TextShown:
    """One text on the page. `field`: its name, see milestones.ladders.editing.translations."""

    field: str
    label: str
    found: Translated
    language: Language
    base: str
    errors: Sequence[str] = ()

    @property
    def id(self) -> str:
        return f"translation-{self.field.replace('.', '-').replace('_', '-')}"

    @property
    def mark(self) -> str:
        return mark_of(self.found.original)

    @property
    def words(self) -> str:
        """What stands there, as it is told to somebody else."""
        return self.found.text


@dataclass(frozen=True)
class Section:
    title: str
    id: str
    texts: Sequence[TextShown]


@dataclass
class Count:
    """How far one language is."""

    language: Language
    total: int = 0
    translated: int = 0
    outdated: int = 0
    offered: bool = field(default=True)


def sections(document: Document, language: Language, *, base: str) -> list[Section]:
    """Every text of the ladder with what it says in `language`; owners without texts are left out."""
    found = []
    for owner in owners(document):
        texts = [
            TextShown(owner.field(said.place.path), str(LABELS[said.place.path]), said, language, base)
            for said in states(owner.data, language.tag, owner.places)
        ]
        if texts:
            title = capfirst(owner_words(owner.name))
            found.append(Section(title, owner.place.replace(".", "-") or "ladder", texts))
    return found


def text_shown(
    document: Document, name: str, language: Language, *, base: str, errors: Sequence[str] = ()
) -> TextShown | None:
    """One of them; None when its original is no longer there."""
    texts = (text for section in sections(document, language, base=base) for text in section.texts)
    found = next((text for text in texts if text.field == name), None)
    return replace(found, errors=errors) if found else None


def counts(document: Document, languages: Iterable[Language], *, offered: Sequence[str]) -> list[Count]:
    """How many texts there are, and how many of them each language has."""
    found = []
    for language in languages:
        count = Count(language, offered=language.tag in offered)
        for owner in owners(document):
            for said in states(owner.data, language.tag, owner.places):
                count.total += 1
                count.translated += bool(said.text)
                count.outdated += said.state == "outdated"
        found.append(count)
    return found
