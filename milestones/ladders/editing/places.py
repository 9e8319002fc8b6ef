"""Places in a document: whether two changes meet, and what stands at a place."""

from typing import Any

from milestones.ladders.document import Document


def overlap(ours: str, theirs: str) -> bool:
    """Whether two places meet: one is the other, or stands within it. Places unknown here meet everything."""
    if not theirs or theirs == "everything" or ours == "everything":
        return True
    return ours == theirs or ours.startswith(f"{theirs}.") or theirs.startswith(f"{ours}.")


def value_at(document: Document, place: str) -> Any:
    """What stands at a place such as "rungs.invite-team.cue", "impact.after" or "stories.0"; None when nothing does.

    At "rungs.KEY" the whole rung, at "rungs.KEY.order" its phase and the key of the rung above.
    """
    first, _, rest = place.partition(".")
    if first != "rungs" or not rest:
        return _below(document.get(first), rest)
    key, _, field = rest.partition(".")
    above = ""
    for rung in document.get("rungs", []):
        if rung["milestone"]["key"] == key:
            return _in_rung(document, rung, above, field)
        above = rung["milestone"]["key"]
    return None


def _in_rung(document: Document, rung: dict[str, Any], above: str, field: str) -> Any:
    if not field:
        return rung
    if field == "order":
        return rung["phase"], above
    if field == "in_funnel":
        return not document.get("funnel") or rung["milestone"]["key"] in document["funnel"]
    if field in rung:
        return rung[field]
    return _below(rung["milestone"], field)


def _below(data: Any, path: str) -> Any:
    for part in path.split(".") if path else []:
        if isinstance(data, list):
            data = data[int(part)] if part.isdigit() and int(part) < len(data) else None
        elif isinstance(data, dict):
            data = data.get(part)
        else:
            return None
    return data
