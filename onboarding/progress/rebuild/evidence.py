"""Kept evidence row by row, of the senders of whom it is not what the log says."""

from collections.abc import Iterator, Mapping

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
SELECT s.key, a.sender_id, a.signal, a.occurred_at, a.message_id, a.account_key
FROM people_sender s CROSS JOIN LATERAL (
    SELECT sender_id, signal, occurred_at, message_id, account_key FROM progress_activity
    WHERE workspace_id = %s AND sender_id = s.id AND signal = ANY(%s) OFFSET 0) a
WHERE s.workspace_id = %s AND s.key = ANY(%s)
"""


def fixes(loaded: Loaded, plan: Plan, roots: Mapping[str, str]) -> Iterator[list[Fix]]:
    """What is wrong about the evidence of the portion's suspects."""
    signals = sorted(plan.signals)
    for first in range(0, len(loaded.suspects), SENDERS_AT_ONCE):
        some = loaded.suspects[first : first + SENDERS_AT_ONCE]
        wanted = _wanted(loaded, some, signals)
        found: dict[str, Fix] = {}

        def fix(key: str, found: dict[str, Fix] = found) -> Fix:
            fix = found.setdefault(key, Fix(roots.get(key, key), (key,)))
            fix.found["evidence"] += 1
            return fix

        with connection.cursor() as cursor:
            cursor.execute(KEPT, [current_workspace_id(), signals, current_workspace_id(), some])
            for key, sender_id, signal, at, message_id, account in cursor:
                row = (key, signal, microseconds(at), message_id, account)
                if row in wanted:
                    wanted.discard(row)
                else:
                    fix(key).gone_activity.append((sender_id, signal, at, message_id))
        for key, signal, at, message_id, account in wanted:
            fix(key).activity.append(
                {
                    **{"sender": key, "signal": signal, "occurred_at": moment(at)},
                    **{"message_id": message_id, "account_key": account},
                }
            )
        yield list(found.values())


def _wanted(loaded: Loaded, keys: list[str], signals: list[str]) -> set[tuple[str, str, int, str, str]]:
    places = pc.index_in(pa.array(keys, loaded.names.type), value_set=loaded.names).cast(NUMBER)
    rows = loaded.activity.where("sender", places)
    return {
        (loaded.keys[sender], signals[signal], at, message_id, account)
        for _, sender, signal, at, message_id, account in zip(
            *(column.to_pylist() for column in rows.columns), strict=True
        )
    }
