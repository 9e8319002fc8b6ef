"""What a change is, and how its result is checked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from milestones.ladders.document import Document, DocumentError, read
from milestones.library.problems import Problem

LONGEST_PLACE = 200  # that DraftEdit keeps
LONGEST_WORDS = 300


class CannotEdit(DocumentError):
    """The change cannot be made; `problems` say why, each at the field it is about ('' for the whole)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__(list(problems))


@dataclass(frozen=True)
class Edit:
    document: Document
    words: str  # for the history: "Moved Invite a teammate up"
    places: tuple[str, ...]  # what it touches: "rungs.invite-teammate.cue", "rungs.invite-teammate.order", "title"

    @property
    def place(self) -> str:
        """The places as DraftEdit keeps them: in one text, the common place above them where that is too long."""
        text = " ".join(self.places)
        if len(text) <= LONGEST_PLACE:
            return text
        above = {".".join(place.split(".")[:2]) for place in self.places}
        text = " ".join(sorted(above))
        return text if len(text) <= LONGEST_PLACE else "everything"


def checked(
    document: Document, words: str, places: Iterable[str], *, field_of: Callable[[str], str] = lambda place: place
) -> Edit:
    """The edit with its document in the canonical form. Raises CannotEdit; `field_of` turns places into fields."""
    try:
        canonical = read({"ladder": document})
    except DocumentError as error:
        raise CannotEdit(Problem(field_of(problem.place), problem.message) for problem in error.problems) from error
    return Edit(canonical, words[:LONGEST_WORDS], tuple(places))


def refuse(message: str, field: str = "") -> CannotEdit:
    return CannotEdit([Problem(field, message)])


def index_of(document: Document, key: str) -> int:
    """Where the rung stands, from 0. Raises CannotEdit when it is not there (any more)."""
    for index, rung in enumerate(document.get("rungs", [])):
        if rung["milestone"]["key"] == key:
            return index
    raise refuse(_("This milestone is no longer in the ladder; somebody removed it."))


def name_of(document: Document, key: str) -> str:
    name: str = document["rungs"][index_of(document, key)]["milestone"]["name"]
    return name


def with_rungs(document: Document, rungs: list[dict[str, Any]]) -> Document:
    return {**document, "rungs": rungs}
