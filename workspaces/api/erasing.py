"""Forgetting what a program was answered of a person: the answer goes, that the request was answered stays for its day.

This room is below the one of privacy and knows nothing of it; `mentions` is one of its Mentions. Inside a scope.
"""

from typing import Any

from workspaces.api.models import KeptAnswer
from workspaces.keys.sealed import Unreadable, unseal


def stretches() -> list[Any]:
    return ["answers"]


def sweep(stretch: str, mentions: Any) -> dict[str, int]:
    found = KeptAnswer.objects.values_list("pk", "key", "body").iterator(chunk_size=500)
    named, told = [], []
    for pk, key, body in found:
        if key.casefold() in mentions.terms or mentions.in_text(key):
            named.append(pk)
        elif mentions.in_text(_opened(body)):
            told.append(pk)
    KeptAnswer.objects.filter(pk__in=named)._raw_delete("default")
    KeptAnswer.objects.filter(pk__in=told).update(body="")  # which answers that it was done, and no more
    return {"answers of the API": len(named) + len(told)}


def _opened(body: str) -> str:
    try:
        return unseal(body).decode("utf-8", "replace")
    except Unreadable:
        return ""
