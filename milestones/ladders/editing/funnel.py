"""The funnel: which rungs count, in which order. Left out of a document it means all of them, in their order."""

from django.utils.translation import gettext as _

from milestones.ladders.document import Document
from milestones.ladders.editing.edit import refuse


def in_new_order(before: Document, after: Document) -> Document:
    """`after`, a reordering of `before`, with a funnel that follows the rungs if it did so before."""
    funnel = before.get("funnel")
    if not funnel or funnel != [key for key in keys(before) if key in funnel]:
        return after
    return _with(after, [key for key in keys(after) if key in funnel])


def without(document: Document, key: str) -> Document:
    """The funnel of a ladder that `key` was taken from; when none is left, all rungs count."""
    return _with(document, [other for other in document.get("funnel", []) if other != key])


def counting(document: Document, key: str, *, counts: bool) -> Document:
    """With or without `key` in the funnel. At least one rung counts."""
    everything = keys(document)
    funnel = document.get("funnel") or everything
    wanted = [other for other in everything if (counts if other == key else other in funnel)]
    if not wanted:
        raise refuse(_("At least one milestone has to count in the funnel."), "in_funnel")
    if set(wanted) == set(funnel):
        return document
    kept = [other for other in funnel if other in wanted]
    if kept == [other for other in everything if other in kept]:
        kept = wanted  # it followed the rungs' order, so it goes on doing so
    else:
        kept += [other for other in wanted if other not in kept]
    return _with(document, [] if kept == everything else kept)


def keys(document: Document) -> list[str]:
    return [rung["milestone"]["key"] for rung in document.get("rungs", [])]


def _with(document: Document, funnel: list[str]) -> Document:
    rest = {field: value for field, value in document.items() if field != "funnel"}
    return {**rest, "funnel": funnel} if funnel else rest
