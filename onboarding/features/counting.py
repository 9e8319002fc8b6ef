"""How many people have each feature now, by whatever gives it."""

from datetime import datetime

from django.db import connection

from workspaces.scope import current_workspace_id

_PEOPLE = """
WITH unlocked AS MATERIALIZED (
    SELECT DISTINCT feature, person_id FROM progress_unlock WHERE workspace_id = %(workspace)s),
known AS MATERIALIZED (
    SELECT id, key, reach FROM features_feature WHERE workspace_id = %(workspace)s AND archived_at IS NULL),
granted AS MATERIALIZED (
    SELECT k.key AS feature, g.sender, g.account_key
    FROM features_grant g JOIN known k ON k.id = g.feature_id
    WHERE g.workspace_id = %(workspace)s AND g.revoked_at IS NULL AND (g.until IS NULL OR g.until > %(now)s)),
accounts AS (
    SELECT u.feature, m.account_id
    FROM unlocked u JOIN known k ON k.key = u.feature AND k.reach = 'account'
    JOIN people_sender s ON s.workspace_id = %(workspace)s AND s.person_id = u.person_id
    JOIN people_accountmembership m ON m.workspace_id = %(workspace)s AND m.sender_id = s.id
    UNION
    SELECT g.feature, a.id
    FROM granted g JOIN people_account a ON a.workspace_id = %(workspace)s AND a.key = g.account_key
    WHERE g.account_key <> ''),
people AS (
    SELECT feature, person_id FROM unlocked WHERE feature IN (SELECT key FROM known)
    UNION
    SELECT g.feature, s.person_id
    FROM granted g JOIN people_sender s ON s.workspace_id = %(workspace)s AND s.key = g.sender
    WHERE g.sender <> ''
    UNION
    SELECT a.feature, s.person_id
    FROM accounts a
    JOIN people_accountmembership m ON m.workspace_id = %(workspace)s AND m.account_id = a.account_id
    JOIN people_sender s ON s.workspace_id = %(workspace)s AND s.id = m.sender_id)
SELECT feature, count(*) FROM people GROUP BY feature"""


def people_having(*, now: datetime) -> dict[str, int]:
    """By the feature's key, how many people it is on for. Of archived ones nobody is counted. Inside a scope."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")  # whole tables of a workspace: see snapshots.snapshot
        cursor.execute(_PEOPLE, {"workspace": current_workspace_id(), "now": now})
        found = dict(cursor.fetchall())
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return found
