"""The names that messages used, counted once more from the log."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from onboarding.intake import seen, sightings
from onboarding.intake.models import Seen
from onboarding.intake.seen import EVENT, Name, Sighting
from onboarding.progress.news import LogRow, Position
from onboarding.progress.rebuild.columns import NUMBER, TEXT, TIME, Types, fetch, moment
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import insert_rows

ALIKE = """
SELECT event, CASE WHEN event <> '' THEN properties ELSE traits END::text AS text, count(*) AS n,
    min(occurred_at) AS first_at, max(occurred_at) AS last_at
FROM intake_event
WHERE workspace_id = %(workspace)s AND (written_xid, id) <= (%(xid)s::text::xid8, %(row)s)
    AND (event <> '' OR type = 'identify')
GROUP BY event, CASE WHEN event <> '' THEN properties ELSE traits END
"""
TYPES: Types = {"event": TEXT, "text": TEXT, "n": NUMBER, "first_at": TIME, "last_at": TIME}


class Names:
    """What the log says of names that are kept otherwise.

    Which names and values were kept of more than there is room for depends on which came first; that stays as it is,
    and their counts are compared.
    """

    def __init__(self) -> None:
        self._wanted: dict[Name, Sighting] = {}
        self._strange: set[Name] = set()

    def compare(self, until: Position) -> int:
        """Count up to a position. Returns how many names are kept otherwise."""
        kept = sightings.everything()
        shown = _shown(until, kept)
        events = sum(name.kind == EVENT for name in kept)
        missing = {name: sighting for name, sighting in shown.items() if name not in kept}
        self._wanted = seen.joined(kept, missing, events=events)
        for name, known in kept.items():
            wanted = shown.get(name)
            if wanted is None:
                self._strange.add(name)
            elif (right := _as_kept(known, wanted)) != known:
                self._wanted[name] = right
        return len(self._wanted) + len(self._strange)

    def write(self, later: Iterable[LogRow]) -> None:
        """Correct what `compare` found, given the messages that came since."""
        fresh = seen.sightings_in(later, self._wanted)
        rows = {
            name: seen.settled(seen.join(sighting, fresh[name])) if name in fresh else sighting
            for name, sighting in self._wanted.items()
        }
        insert_rows(
            Seen,
            [
                {**name._asdict(), **{field: getattr(sighting, field) for field in sightings.FIELDS}}
                for name, sighting in rows.items()
            ],
            on_conflict=sightings.UPSERT,
        )
        strange = self._strange - fresh.keys()
        for kind, event, path in strange:
            Seen.objects.filter(Q(kind=kind, event=event, path=path))._raw_delete("default")


def _shown(until: Position, kept: Mapping[Name, Sighting]) -> dict[Name, Sighting]:
    rows = fetch(ALIKE, {"workspace": current_workspace_id(), "xid": str(until.transaction), "row": until.row}, TYPES)
    alike = {
        (EVENT if event else seen.TRAIT, event, text): (n, moment(first), moment(last))
        for event, text, n, first, last in zip(*(column.to_pylist() for column in rows.columns), strict=True)
    }
    return seen.shown_by(alike, kept)


def _as_kept(kept: Sighting, wanted: Sighting) -> Sighting:
    """What the log says, of those values that are kept: all of them while they are being learnt."""
    if kept.learning:
        return seen.settled(wanted)
    values = {value: wanted.values[value] for value in kept.values if value in wanted.values}
    return Sighting(wanted.count, wanted.first_at, wanted.last_at, values, learning=False)
