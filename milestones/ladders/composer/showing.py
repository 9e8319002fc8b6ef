"""What the composer's pages show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from milestones.ladders import drafts
from milestones.ladders.composer.changes import Base
from milestones.ladders.composer.fields import FOLDED, GROUPS, FieldShown, rung_field
from milestones.ladders.document import PHASES, Document, missing_for_publication
from milestones.ladders.editing.order import in_phases
from milestones.ladders.models import DraftEdit, LadderVersion
from milestones.library.conditions import EventCondition
from milestones.library.criteria import describe, parse
from milestones.library.models import Milestone
from milestones.library.periods import parse_period, words_within
from milestones.library.problems import Problem


@dataclass(frozen=True)
class Row:
    """A rung in the list, closed."""

    key: str
    name: str
    event: str  # of a criterion that is one event: its name; then `done_when` is the rest
    done_when: str
    due_after: timedelta | None
    after: Sequence[str]
    first_value: bool
    unlock: str
    differs: bool  # from the library's module
    first: bool
    last: bool


@dataclass(frozen=True)
class PhaseRows:
    name: str
    rows: Sequence[Row]


@dataclass(frozen=True)
class RungForm:
    key: str
    name: str
    groups: Sequence[tuple[str, Sequence[FieldShown]]]
    folded: Sequence[tuple[str, Sequence[FieldShown]]]
    differs: bool


PREVIEW_STATES = (("fresh", gettext_lazy("Fresh")), ("half", gettext_lazy("Half-way")), ("done", gettext_lazy("Done")))


def phases(document: Document, library: Mapping[str, Document] | None = None) -> list[PhaseRows]:
    """The rungs by phase: all three phases in order, the empty ones too; or, where an imported document mixes them,
    as they follow each other.
    """
    rungs = document.get("rungs", [])
    names = {rung["milestone"]["key"]: rung["milestone"]["name"] for rung in rungs}
    rows = [(rung["phase"], _row(rung, names, library or {}, *_ends(rungs, n))) for n, rung in enumerate(rungs)]
    if in_phases(rungs):
        return [PhaseRows(phase, [row for of, row in rows if of == phase]) for phase in PHASES]
    found: list[tuple[str, list[Row]]] = []
    for phase, row in rows:
        if not found or found[-1][0] != phase:
            found.append((phase, []))
        found[-1][1].append(row)
    return [PhaseRows(phase, of) for phase, of in found]


def row(document: Document, key: str, library: Mapping[str, Document]) -> tuple[int, Row] | None:
    """One rung's row, with its number from 1."""
    rungs = document.get("rungs", [])
    names = {rung["milestone"]["key"]: rung["milestone"]["name"] for rung in rungs}
    for n, rung in enumerate(rungs):
        if rung["milestone"]["key"] == key:
            return n + 1, _row(rung, names, library, *_ends(rungs, n))
    return None


def _ends(rungs: Sequence[Document], n: int) -> tuple[bool, bool]:
    """Whether the rung can go no further up, and no further down."""
    return n == 0 and rungs[n]["phase"] == PHASES[0], n == len(rungs) - 1 and rungs[n]["phase"] == PHASES[-1]


def _row(rung: Document, names: Mapping[str, str], library: Mapping[str, Document], first: bool, last: bool) -> Row:
    milestone = rung["milestone"]
    event, done_when = _done_when(milestone["criterion"])
    return Row(
        key=milestone["key"],
        name=milestone["name"],
        event=event,
        done_when=done_when,
        due_after=parse_period(rung["due_after"]) if "due_after" in rung else None,
        after=[names[key] for key in rung.get("prerequisites", ())],
        first_value=rung.get("first_value", False),
        unlock=milestone.get("unlock", ""),
        differs=milestone["key"] in library and library[milestone["key"]] != milestone,
        first=first,
        last=last,
    )


def _done_when(criterion: Document) -> tuple[str, str]:
    """The event by itself where one event is all, so that it can be set as code, and the rest in words."""
    parsed = parse(criterion)
    if not isinstance(parsed, EventCondition) or parsed.where or parsed.by == "account":
        return "", describe(parsed)
    words = []
    if parsed.at_least > 1:
        words.append(ngettext("%(n)d time", "%(n)d times", parsed.at_least) % {"n": parsed.at_least})
    if parsed.within is not None:
        words.append(_("within %(period)s") % {"period": words_within(parsed.within)})
    return parsed.event, " ".join(words)


def library_of(document: Document, keys: Iterable[str] | None = None) -> dict[str, Document]:
    """What the library says of the ladder's milestones (or of these), by key; unknown ones are left out."""
    wanted = list(keys) if keys is not None else [rung["milestone"]["key"] for rung in document.get("rungs", [])]
    return {milestone.key: milestone.content for milestone in Milestone.objects.filter(key__in=wanted)}


def rung_form(
    document: Document, key: str, *, base: str, library: Mapping[str, Document], problems: Sequence[Problem] = ()
) -> RungForm | None:
    found = next((rung for rung in document.get("rungs", []) if rung["milestone"]["key"] == key), None)
    if found is None:
        return None

    def shown(names: Iterable[str]) -> list[FieldShown]:
        return [rung_field(document, key, name, base=base, problems=problems) for name in names]

    return RungForm(
        key=key,
        name=found["milestone"]["name"],
        groups=[(str(title), shown(names)) for title, names in GROUPS],
        folded=[(str(title), shown(names)) for title, names in FOLDED],
        differs=key in library and library[key] != found["milestone"],
    )


@dataclass(frozen=True)
class Bar:
    """The state above the page: which version, what undo and redo would do, what is missing."""

    base: Base
    draft: LadderVersion | None
    published: LadderVersion | None
    undoable: DraftEdit | None
    redoable: DraftEdit | None
    missing: Sequence[Problem]


def bar(newest: LadderVersion | None, document: Document) -> Bar:
    draft = newest if newest is not None and not newest.is_published else None
    undoable, redoable = drafts.standing(draft) if draft else (None, None)
    return Bar(
        base=Base.of(newest),
        draft=draft,
        published=newest if draft is None else None,  # only shown where there is no draft
        undoable=undoable,
        redoable=redoable,
        missing=missing_for_publication(document) if draft else (),
    )
