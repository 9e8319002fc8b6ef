"""Traits, of which the latest saying holds whatever order the sayings arrive in. Pure."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

MOST_TRAITS = 200


class Sayings(NamedTuple):
    """The latest value of each trait, and when it was said and by which message (ISO in UTC, then the messageId)."""

    traits: dict[str, Any]
    traits_at: dict[str, list[str]]


def say(known: Sayings, traits: Mapping[str, Any], at: datetime, message_id: str) -> bool:
    """Let what was said at `at` hold where nothing later is known. Returns whether anything changed.

    Times in one zone with microseconds compare as text. Beyond MOST_TRAITS names, further ones are not kept here; the
    log has them.
    """
    stamp = [at.astimezone(UTC).isoformat(timespec="microseconds"), message_id]
    changed = False
    for name, value in traits.items():
        before = known.traits_at.get(name)
        if before is None and len(known.traits_at) >= MOST_TRAITS:
            continue
        if before is None or stamp > before:
            known.traits[name], known.traits_at[name] = value, stamp
            changed = True
    return changed


def latest(senders: Iterable[Sayings]) -> dict[str, Any]:
    """The traits of a person who is several senders: of each trait the latest saying."""
    found: dict[str, tuple[list[str], Any]] = {}
    for sayings in senders:
        for name, stamp in sayings.traits_at.items():
            if name not in found or stamp > found[name][0]:
                found[name] = (stamp, sayings.traits[name])
    return {name: value for name, (_, value) in sorted(found.items())}
