"""What there is to propose from: the library's milestones and the starter packs', each with its usual place."""

import functools
from collections.abc import Mapping

from milestones.discovery.candidates import Candidate
from milestones.discovery.roles import kind_of
from milestones.ladders.document import Document
from milestones.ladders.models import Ladder
from milestones.ladders.packs.catalogue import all_packs
from milestones.library.models import Milestone
from milestones.library.periods import parse_period


@functools.cache
def packed() -> Mapping[str, Document]:
    """The document of every starter pack, by the pack's key."""
    return {pack.key: pack.document for pack in all_packs()}


@functools.cache
def products() -> Mapping[str, str]:
    """The kinds of product that there are starter packs for: key → name."""
    return {pack.product: pack.product_name for pack in all_packs()}


def gathered() -> list[Candidate]:
    """Every milestone that might be proposed. Inside a scope.

    A milestone of the library stands where the newest version of a ladder in use has it, else where a pack has it.
    What the library archived is not proposed, from a pack neither.
    """
    placed, roles = _places()
    from_packs = _from_packs()
    usual = {one.key: one for one in reversed(from_packs)}
    library = []
    milestones = list(Milestone.objects.order_by("key"))
    archived = {milestone.key for milestone in milestones if milestone.archived_at is not None}
    for milestone in milestones:
        if milestone.key in archived:
            continue
        rung, position = placed.get(milestone.key, ({}, 1_000))
        pack = usual.get(milestone.key)
        if not rung and pack:
            library.append(
                Candidate(
                    milestone.content,
                    kind=pack.kind,
                    phase=pack.phase,
                    due_days=pack.due_days,
                    prerequisites=pack.prerequisites,
                    first_value=pack.first_value,
                    position=pack.position,
                )
            )
            continue
        place = _place(rung, position)
        library.append(Candidate(milestone.content, roles=tuple(roles.get(milestone.key, ())), **place))
    return [*library, *(one for one in from_packs if one.key not in archived)]


def _places() -> tuple[dict[str, tuple[Document, int]], dict[str, list[str]]]:
    """For each milestone that a ladder in use has: its rung and position there, and the names of all such roles."""
    placed: dict[str, tuple[Document, int]] = {}
    roles: dict[str, list[str]] = {}
    for ladder in Ladder.objects.filter(archived_at=None).select_related("role").order_by("key"):
        newest = ladder.newest
        for position, rung in enumerate(newest.document.get("rungs", []) if newest else [], 1):
            key = rung["milestone"]["key"]
            placed.setdefault(key, (rung, position))
            roles.setdefault(key, []).append(ladder.role.name)
    return placed, roles


@functools.cache
def _from_packs() -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            rung["milestone"],
            source=pack.key,
            source_name=pack.name,
            kind=kind_of(pack.role),
            product=pack.product,
            **_place(rung, position),
        )
        for pack in all_packs()
        for position, rung in enumerate(pack.document["rungs"], 1)
    )


def _place(rung: Document, position: int) -> Document:
    return {
        "phase": rung.get("phase", ""),
        "due_days": max(1, parse_period(rung["due_after"]).days) if "due_after" in rung else None,
        "prerequisites": tuple(rung.get("prerequisites", ())),
        "first_value": rung.get("first_value", False),
        "position": position,
    }
