"""Kept evidence row by row, of the senders of whom it is not what the log says."""

from collections.abc import Iterator, Mapping
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection

from onboarding.progress.plan import Plan
from onboarding.progress.rebuild.columns import NUMBER, microseconds, moment
from onboarding.progress.rebuild.fixes import Fix
from onboarding.progress.rebuild.load import Loaded
from workspaces.scope import current_workspace_id

SENDERS_AT_ONCE = 20_000

KEPT = """
SELECT s.key, a.sender_id, a.signal, a.occurred_at, a.message_id
FROM people_sender s CROSS JOIN LATERAL (
    SELECT sender_id, signal, occurred_at, message_id FROM progress_activity
    WHERE workspace_id = %s AND sender_id = s.id AND signal = ANY(%s) AND occurred_at >= %s OFFSET 0) a
WHERE s.workspace_id = %s AND s.key = ANY(%s)
"""


def fixes(loaded: Loaded, plan: Plan, roots: Mapping[str, str], *, begins: datetime | None) -> Iterator[list[Fix]]:
    """What is wrong about the evidence of the portion's suspects."""
    signals = sorted(plan.signals)
    for first in range(0, len(loaded.suspects), SENDERS_AT_ONCE):
        some = loaded.suspects[first : first + SENDERS_AT_ONCE]
        wanted = {row for row in _wanted(loaded, some, signals) if begins is None or row[2] >= microseconds(begins)}
        found: dict[str, Fix] = {}

        def fix(key: str, found: dict[str, Fix] = found) -> Fix:
            fix = found.setdefault(key, Fix(roots.get(key, key), (key,)))
            fix.found["evidence"] += 1
            return fix

        with connection.cursor() as cursor:
            cursor.execute(KEPT, [current_workspace_id(), signals, begins or "-infinity", current_workspace_id(), some])
            for key, sender_id, signal, at, message_id in cursor:
                row = (key, signal, microseconds(at), message_id)
                if row in wanted:
                    wanted.discard(row)
                else:
                    fix(key).gone_activity.append((sender_id, signal, at, message_id))
        for key, signal, at, message_id in wanted:
            fix(key).activity.append(
                {"sender": key, "signal": signal, "occurred_at": moment(at), "message_id": message_id}
            )
        yield list(found.values())


def _wanted(loaded: Loaded, keys: list[str], signals: list[str]) -> set[tuple[str, str, int, str]]:
    places = pc.index_in(pa.array(keys, loaded.names.type), value_set=loaded.names).cast(NUMBER)
    rows = loaded.activity.where("sender", places)
    return {
        (loaded.keys[sender], signals[signal], at, message_id)
        for _, sender, signal, at, message_id in zip(*(column.to_pylist() for column in rows.columns), strict=True)
    }
