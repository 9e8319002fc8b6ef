"""Moving rungs. A rung stands in a phase; in most ladders the phases follow each other, and moves keep it so."""

from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from milestones.ladders.document import PHASES, Document
from milestones.ladders.editing.edit import Edit, checked, index_of, name_of, refuse, with_rungs
from milestones.ladders.editing.funnel import in_new_order

Rung = dict[str, Any]


def move_up(document: Document, key: str) -> Edit:
    """One place up; from the top of a phase into the phase before, as its last."""
    rungs = document["rungs"] if document.get("rungs") else []
    index = index_of(document, key)
    phase = rungs[index]["phase"]
    if index and rungs[index - 1]["phase"] == phase:
        return _moved(document, key, phase, index - 1, "up")
    earlier = _neighbour(rungs, index, phase, -1)
    if earlier is None:
        raise refuse(_("%(name)s is the first step already.") % {"name": name_of(document, key)})
    return _moved(document, key, earlier, index, f"up into {earlier}")


def move_down(document: Document, key: str) -> Edit:
    """One place down; from the end of a phase into the phase after, as its first."""
    rungs = document["rungs"] if document.get("rungs") else []
    index = index_of(document, key)
    phase = rungs[index]["phase"]
    if index + 1 < len(rungs) and rungs[index + 1]["phase"] == phase:
        return _moved(document, key, phase, index + 1, "down")
    later = _neighbour(rungs, index, phase, +1)
    if later is None:
        raise refuse(_("%(name)s is the last step already.") % {"name": name_of(document, key)})
    return _moved(document, key, later, index, f"down into {later}")


def move_to(document: Document, key: str, *, phase: str, after: str = "") -> Edit:
    """Into `phase`, right after the rung with the key `after` ('': as its first), as the phases' order allows."""
    if phase not in PHASES:
        raise refuse(
            _("There is no phase “%(phase)s”; choose one of %(known)s.") % {"phase": phase, "known": ", ".join(PHASES)},
            "phase",
        )
    index = index_of(document, key)
    others = [rung for rung in document["rungs"] if rung["milestone"]["key"] != key]
    position = place_for(others, phase, after)
    words = "to another place" if document["rungs"][index]["phase"] == phase else f"to {phase}"
    return _moved(document, key, phase, position, words)


def place_for(others: list[Rung], phase: str, after: str | None) -> int:
    """The index at which a rung of `phase` belongs among `others`: after `after`; '' at the phase's beginning, None at
    its end. In a ladder whose phases follow each other it stays inside its phase.
    """
    keys = [rung["milestone"]["key"] for rung in others]
    wished = keys.index(after) + 1 if after in keys else 0 if after == "" else len(others)
    if not in_phases(others):
        return wished
    rank = PHASES.index(phase)
    first = sum(PHASES.index(rung["phase"]) < rank for rung in others)
    last = sum(PHASES.index(rung["phase"]) <= rank for rung in others)
    return min(max(wished, first), last)


def in_phases(rungs: list[Rung]) -> bool:
    """Whether the phases follow each other, as they do unless a document was imported that says otherwise."""
    ranks = [PHASES.index(rung["phase"]) for rung in rungs]
    return all(before <= after for before, after in pairwise(ranks))


def _neighbour(rungs: list[Rung], index: int, phase: str, step: int) -> str | None:
    """The phase that a rung at the edge of its own gets into: the next in order, be it empty."""
    if in_phases(rungs):
        rank = PHASES.index(phase) + step
        return PHASES[rank] if 0 <= rank < len(PHASES) else None
    return rungs[index + step]["phase"] if 0 <= index + step < len(rungs) else None


def _moved(document: Document, key: str, phase: str, position: int, words: str) -> Edit:
    index = index_of(document, key)
    rungs = list(document["rungs"])
    rung = {**rungs.pop(index), "phase": phase}
    rungs.insert(position, rung)
    _refuse_above_its_prerequisites(rungs)
    name = rung["milestone"]["name"]
    return checked(in_new_order(document, with_rungs(document, rungs)), f"Moved {name} {words}", [f"rungs.{key}.order"])


def _refuse_above_its_prerequisites(rungs: list[Rung]) -> None:
    names = {rung["milestone"]["key"]: rung["milestone"]["name"] for rung in rungs}
    above: set[str] = set()
    for rung in rungs:
        for needed in rung.get("prerequisites", []):
            if needed not in above:
                words = _(
                    "%(name)s opens after %(needed)s, so it stays below it. "
                    "To change that, open %(name)s and untick %(needed)s under “Opens after”."
                )
                raise refuse(words % {"name": rung["milestone"]["name"], "needed": names[needed]})
        above.add(rung["milestone"]["key"])
