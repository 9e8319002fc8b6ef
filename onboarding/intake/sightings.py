"""Keeping and asking for what has been seen, inside a workspace's scope. The counting itself is pure: seen.py."""

import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from milestones.library.literals import write_name, write_value
from onboarding.intake import seen
from onboarding.intake.models import Seen
from onboarding.intake.seen import EVENT, PROPERTY, Name, Row, Sighting
from workspaces.scope.bulk import insert_rows

FIELDS = ("count", "first_at", "last_at", "values", "learning")
UPSERT = "(workspace_id, event, kind, path) DO UPDATE SET " + ", ".join(f'"{f}" = excluded."{f}"' for f in FIELDS)
MOST_SUGGESTED = 20


def note(rows: Sequence[Row]) -> None:
    """Count these messages of the log. The caller sees to it that each is counted once, and one batch after another."""
    known = _known({row.event for row in rows})
    fresh = seen.sightings_in(rows, known)
    new_events = any(name.kind == EVENT and name not in known for name in fresh)
    events = Seen.objects.filter(kind=EVENT).count() if new_events else 0
    insert_rows(
        Seen,
        [
            {**name._asdict(), **{field: getattr(sighting, field) for field in FIELDS}}
            for name, sighting in seen.joined(known, fresh, events=events).items()
        ],
        on_conflict=UPSERT,
    )


def _known(events: set[str]) -> dict[Name, Sighting]:
    """Everything that is known of these events; traits are of the event ''."""
    rows = Seen.objects.filter(event__in=events).values_list("kind", "event", "path", *FIELDS)
    return {Name(*row[:3]): Sighting(*row[3:]) for row in rows}


def everything() -> dict[Name, Sighting]:
    """All that has been seen in the workspace."""
    return {Name(*row[:3]): Sighting(*row[3:]) for row in Seen.objects.values_list("kind", "event", "path", *FIELDS)}


@dataclass(frozen=True)
class Suggestion:
    """A name or a value as it is typed (milestones.library.literals). When it was last seen is not known of values."""

    name: str
    count: int
    last_at: datetime | None = None


def names(kind: str, typed: str = "", *, event: str = "") -> list[Suggestion]:
    """The names of a kind that fit what was typed, the best first: equal, beginning, containing, often, recent."""
    rows = Seen.objects.filter(kind=kind, **({"event": event} if kind == PROPERTY else {}))
    field = "event" if kind == EVENT else "path"
    found = rows.values_list(field, "count", "last_at")
    return _best([Suggestion(write_name(name), count, last_at) for name, count, last_at in found], typed)


def values(kind: str, path: str, typed: str = "", *, event: str = "") -> list[Suggestion]:
    """The values of a property or trait that fit what was typed, the best first."""
    row = Seen.objects.filter(kind=kind, event=event, path=path).first()
    found = row.values.items() if row else ()
    return _best([Suggestion(write_value(json.loads(text)), count) for text, count in found], typed)


def is_known(event: str) -> bool:
    """Whether the event has ever been seen (among those that are counted)."""
    return Seen.objects.filter(kind=EVENT, event=event, path="").exists()


def like(event: str) -> list[str]:
    """Names of events that somebody may have meant who wrote this one, the likeliest first."""
    known = {name.casefold(): name for name in Seen.objects.filter(kind=EVENT).values_list("event", flat=True)}
    return [known[name] for name in difflib.get_close_matches(event.casefold(), known, n=3, cutoff=0.6)]


def _best(found: Sequence[Suggestion], typed: str) -> list[Suggestion]:
    wanted = typed.strip().casefold()

    def fit(suggestion: Suggestion) -> tuple[bool, bool, int]:
        name = suggestion.name.casefold()
        return suggestion.name != typed, not name.startswith(wanted), -suggestion.count

    fitting = [suggestion for suggestion in found if wanted in suggestion.name.casefold()]
    return sorted(fitting, key=fit)[:MOST_SUGGESTED]


def take_back(rows: Sequence[Row]) -> None:
    """Count these messages no more. When a name was seen first and last stays, of names that are still seen."""
    known = _known({row.event for row in rows})
    kept: list[dict[str, Any]] = []
    for name, gone in seen.sightings_in(rows, known).items():
        before = known.get(name)
        if before is None:
            continue
        if before.count <= gone.count:
            Seen.objects.filter(**name._asdict())._raw_delete("default")
            continue
        values = {text: n - gone.values.get(text, 0) for text, n in before.values.items()}
        kept.append(
            {
                **name._asdict(),
                **{field: getattr(before, field) for field in FIELDS},
                "count": before.count - gone.count,
                "values": {text: n for text, n in values.items() if n > 0},
            }
        )
    insert_rows(Seen, kept, on_conflict=UPSERT)
