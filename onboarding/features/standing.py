"""What switches features on for one person, from the database: one statement, which is prepared for OFREP.

Senders are looked up by what a person is asked for under; everything that the person's senders are counts for them,
also after persons were merged. OFFSET 0 keeps the planner from turning look-ups into scans of a workspace, which it
does while the statistics of a growing table are old.
"""

from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.utils import timezone

from onboarding.features.evaluation import Given, Known
from onboarding.people.models import Person
from workspaces.keys.known import KeyRevoked, Sender
from workspaces.keys.models import ApiKey
from workspaces.scope import current_workspace_id
from workspaces.scope.prepared import Statements

# {workspace}, {sender}, {feature} ('' for all), {account} ('' for all of the person's) and {now}. Moments come as
# PostgreSQL writes them in JSON, in the session's time zone, which is UTC.
_STANDING = """
WITH someone AS MATERIALIZED (
    SELECT person_id FROM people_sender WHERE workspace_id = {workspace} AND key = {sender}),
senders AS MATERIALIZED (
    SELECT s.id, s.key FROM someone CROSS JOIN LATERAL (
        SELECT id, key FROM people_sender
        WHERE workspace_id = {workspace} AND person_id = someone.person_id OFFSET 0) s),
accounts AS MATERIALIZED (
    SELECT a.id, a.key, min(m.since) AS since
    FROM senders CROSS JOIN LATERAL (
        SELECT account_id, since FROM people_accountmembership
        WHERE workspace_id = {workspace} AND sender_id = senders.id OFFSET 0) m
    CROSS JOIN LATERAL (
        SELECT id, key FROM people_account WHERE workspace_id = {workspace} AND id = m.account_id OFFSET 0) a
    WHERE {account} = '' OR a.key = {account}
    GROUP BY a.id, a.key),
features AS MATERIALIZED (
    SELECT id, key, reach, named, archived_at IS NOT NULL AS archived FROM features_feature
    WHERE workspace_id = {workspace} AND ({feature} = '' OR key = {feature})),
own AS MATERIALIZED (
    SELECT u.* FROM someone CROSS JOIN LATERAL (
        SELECT feature, unlocked_at, journey_id, rung_key FROM progress_unlock
        WHERE workspace_id = {workspace} AND person_id = someone.person_id AND ({feature} = '' OR feature = {feature})
        OFFSET 0) u),
unlocks AS (
    SELECT feature, 'completion' AS source, unlocked_at AS since, journey_id, rung_key, '' AS account FROM own
    UNION ALL
    SELECT f.key, 'account', greatest(u.unlocked_at, a.since), u.journey_id, u.rung_key, a.key
    FROM (SELECT key FROM features
          WHERE reach = 'account' AND NOT archived AND key NOT IN (SELECT feature FROM own)) f
    CROSS JOIN accounts a CROSS JOIN LATERAL (
        SELECT u.unlocked_at, u.journey_id, u.rung_key
        FROM (SELECT sender_id FROM people_accountmembership
              WHERE workspace_id = {workspace} AND account_id = a.id OFFSET 0) m
        CROSS JOIN LATERAL (
            SELECT person_id FROM people_sender WHERE workspace_id = {workspace} AND id = m.sender_id OFFSET 0) s
        CROSS JOIN LATERAL (
            SELECT unlocked_at, journey_id, rung_key FROM progress_unlock
            WHERE workspace_id = {workspace} AND person_id = s.person_id AND feature = f.key OFFSET 0) u
        ORDER BY u.unlocked_at, u.journey_id, u.rung_key LIMIT 1) u),
granted AS (
    SELECT g.* FROM senders CROSS JOIN LATERAL (
        SELECT feature_id, granted_at, until, '' AS account FROM features_grant
        WHERE workspace_id = {workspace} AND sender = senders.key AND sender <> ''
          AND revoked_at IS NULL AND (until IS NULL OR until > {now}) OFFSET 0) g
    UNION ALL
    SELECT g.* FROM accounts CROSS JOIN LATERAL (
        SELECT feature_id, granted_at, until, account_key FROM features_grant
        WHERE workspace_id = {workspace} AND account_key = accounts.key AND account_key <> ''
          AND revoked_at IS NULL AND (until IS NULL OR until > {now}) OFFSET 0) g),
given AS (
    SELECT u.feature, u.source, u.since, NULL::timestamptz AS until, l.key AS ladder, u.rung_key AS step, u.account
    FROM unlocks u
    CROSS JOIN LATERAL (
        SELECT ladder_id FROM progress_journey WHERE workspace_id = {workspace} AND id = u.journey_id OFFSET 0) j
    CROSS JOIN LATERAL (
        SELECT key FROM ladders_ladder WHERE workspace_id = {workspace} AND id = j.ladder_id OFFSET 0) l
    UNION ALL
    SELECT f.key, 'grant', g.granted_at, g.until, '', '', g.account
    FROM granted g JOIN features f ON f.id = g.feature_id)
SELECT current_setting('app.workspace_id', true),
    (SELECT json_agg(json_build_array(key, named, archived)) FROM features)::text,
    (SELECT json_agg(json_build_array(feature, source, since, until, ladder, step, account))
     FROM given)::text
"""

_PREPARED = _STANDING.format(workspace="$1", sender="$2", feature="$3", account="$4", now="$5")
_PLAIN = _STANDING.format(
    workspace="%(workspace)s", sender="%(sender)s", feature="%(feature)s", account="%(account)s", now="%(now)s"
)

# The right to ask is looked up where it is used: with a key that was revoked no scope is bound, and the wall shows
# nothing. The plan is made once for all; what takes longer than this is given up.
_BIND = f"""
SELECT set_config('app.workspace_id', coalesce(
        (SELECT workspace_id::text FROM {ApiKey._meta.db_table}
         WHERE digest = $2 AND workspace_id = $1 AND revoked_at IS NULL), ''), true),
    set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true),
    set_config('statement_timeout', '5s', true)"""

STATEMENTS = Statements(f"""
PREPARE features_bind (bigint, text) AS {_BIND};
PREPARE features_standing (bigint, text, text, text, timestamptz) AS {_PREPARED}""")

_CALLS = (
    "EXECUTE features_bind(%(workspace)s, %(digest)s)",
    "EXECUTE features_standing(%(workspace)s, %(sender)s, %(feature)s, %(account)s, %(now)s)",
)


class Standing(NamedTuple):
    """The features of the workspace (or the one that was asked for, if it is known), and what is given to somebody.

    Somebody of whom nothing is known is given nothing.
    """

    features: list[Known]
    given: list[Given]


def standing_for(asker: Sender, user: str, *, feature: str = "", account: str = "", now: datetime) -> Standing:
    """How a user (by their userId) stands, by the right of a key, in one round trip; outside of any scope.

    With `feature` that one alone. With `account`, what comes by the person's other accounts is left out. Raises
    KeyRevoked.
    """
    parameters = {
        "workspace": asker.workspace_id,
        "digest": asker.digest,
        "sender": f"u:{user}",
        "feature": feature,
        "account": account,
        "now": now,
    }
    bound, features, given = STATEMENTS.row(_CALLS, parameters, anew_if_lost=True)
    if not bound:
        asker.forget()
        raise KeyRevoked
    return _read(features, given)


def standing_of(person: Person, *, now: datetime | None = None) -> Standing:
    """How a person stands. Inside their workspace's scope."""
    parameters: dict[str, Any] = {
        "workspace": current_workspace_id(),
        "sender": person.key,
        "feature": "",
        "account": "",
        "now": now or timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN, parameters)
        _, features, given = cursor.fetchone()
    return _read(features, given)


def _read(features: str | None, given: str | None) -> Standing:
    return Standing(
        [Known(*row) for row in orjson.loads(features or "[]")],
        [
            Given(feature, source, since, until or "", ladder, step, account)
            for feature, source, since, until, ladder, step, account in orjson.loads(given or "[]")
        ],
    )
