"""Forgetting what programs were answered of a person, and kept to be answered again for a day.

This room is below the one of privacy and knows nothing of it; `mentions` is one of its Mentions. Inside a scope.
"""

from typing import Any

from workspaces.api.models import KeptAnswer
from workspaces.keys.sealed import Unreadable, unseal


def stretches() -> list[Any]:
    return ["answers"]


def sweep(stretch: str, mentions: Any) -> dict[str, int]:
    """The answer goes, and that there was one stays: sent again, the request has no second effect (409). A key that
    names them goes with all.
    """
    named, told = [], []
    for kept in KeptAnswer.objects.iterator(chunk_size=100):
        if mentions.in_text(kept.key):
            named.append(kept.pk)
        elif mentions.in_text(_answer(kept)):
            told.append(kept.pk)
    KeptAnswer.objects.filter(pk__in=named).delete()
    KeptAnswer.objects.filter(pk__in=told).update(body="", headers={})
    return {"answers to programs": len(named) + len(told)}


def _answer(kept: KeptAnswer) -> str:
    try:
        return unseal(kept.body).decode("utf-8", "replace")
    except Unreadable:  # then nobody reads it
        return ""
