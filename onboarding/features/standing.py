"""What switches features on for one person, from the database; for OFREP by statements that are prepared.

Senders are looked up by what a person is asked for under; everything that the person's senders are counts for them,
also after persons were merged. OFFSET 0 keeps the planner from turning look-ups into scans of a workspace, which it
does while the statistics of a growing table are old.
"""

from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.utils import timezone

from onboarding.features.evaluation import Given, Known, evaluate_all
from onboarding.people.models import Person
from workspaces.keys.known import KeyRevoked, Sender
from workspaces.keys.models import ApiKey
from workspaces.scope import current_workspace_id
from workspaces.scope.prepared import Statements

# {workspace}, {sender}, {feature} ('' for all), {account} ('' for all of the person's) and {now}. Moments come as
# PostgreSQL writes them in JSON, in the session's time zone, which is UTC.
_SENDERS = """
senders AS MATERIALIZED (
    SELECT s.* FROM people_sender asked CROSS JOIN LATERAL (
        SELECT id, key, person_id FROM people_sender
        WHERE workspace_id = {workspace} AND person_id = asked.person_id OFFSET 0) s
    WHERE asked.workspace_id = {workspace} AND asked.key = {sender})"""
_FEATURES = """
features AS MATERIALIZED (
    SELECT id, key, reach, named, archived_at IS NOT NULL AS archived FROM features_feature
    WHERE workspace_id = {workspace} AND ({feature} = '' OR key = {feature}))"""
_OWN = """
own AS (
    SELECT u.* FROM (SELECT person_id FROM senders LIMIT 1) someone CROSS JOIN LATERAL (
        SELECT feature, unlocked_at, journey_id, rung_key FROM progress_unlock
        WHERE workspace_id = {workspace} AND person_id = someone.person_id AND ({feature} = '' OR feature = {feature})
        OFFSET 0) u)"""
_GRANTED = """
granted AS (
    SELECT g.* FROM senders CROSS JOIN LATERAL (
        SELECT feature_id, granted_at, until, '' AS account FROM features_grant
        WHERE workspace_id = {workspace} AND sender = senders.key AND sender <> ''
          AND revoked_at IS NULL AND (until IS NULL OR until > {now}) OFFSET 0) g)"""
_ACCOUNTS = """
accounts AS MATERIALIZED (
    SELECT a.id, a.key, min(m.since) AS since
    FROM senders CROSS JOIN LATERAL (
        SELECT account_id, since FROM people_accountmembership
        WHERE workspace_id = {workspace} AND sender_id = senders.id OFFSET 0) m
    CROSS JOIN LATERAL (
        SELECT id, key FROM people_account WHERE workspace_id = {workspace} AND id = m.account_id OFFSET 0) a
    WHERE {account} = '' OR a.key = {account}
    GROUP BY a.id, a.key)"""
# Everybody in the account is looked at once, for all features together; of each feature the first unlock is told.
_OF_COLLEAGUES = """
wide AS MATERIALIZED (SELECT key FROM features WHERE reach = 'account' AND NOT archived),
of_colleagues AS (
    SELECT DISTINCT ON (a.key, u.feature)
        u.feature, greatest(u.unlocked_at, a.since) AS since, u.journey_id, u.rung_key, a.key AS account
    FROM accounts a
    CROSS JOIN LATERAL (
        SELECT sender_id FROM people_accountmembership
        WHERE workspace_id = {workspace} AND account_id = a.id OFFSET 0) m
    CROSS JOIN LATERAL (
        SELECT person_id FROM people_sender WHERE workspace_id = {workspace} AND id = m.sender_id OFFSET 0) s
    CROSS JOIN LATERAL (
        SELECT feature, unlocked_at, journey_id, rung_key FROM progress_unlock
        WHERE workspace_id = {workspace} AND person_id = s.person_id AND feature IN (SELECT key FROM wide) OFFSET 0) u
    WHERE EXISTS (SELECT FROM wide)
    ORDER BY a.key, u.feature, u.unlocked_at, u.journey_id, u.rung_key)"""
_GRANTED_TO_ACCOUNTS = """
granted_to_accounts AS (
    SELECT g.* FROM accounts CROSS JOIN LATERAL (
        SELECT feature_id, granted_at, until, account_key FROM features_grant
        WHERE workspace_id = {workspace} AND account_key = accounts.key AND account_key <> ''
          AND revoked_at IS NULL AND (until IS NULL OR until > {now}) OFFSET 0) g)"""
_TOLD = """
SELECT current_setting('app.workspace_id', true),
    (SELECT json_agg(json_build_array(key, named, archived)) FROM features)::text, (
    SELECT json_agg(json_build_array(
        given.feature, given.source, given.since, given.until, given.ladder, given.step, given.account))
    FROM (
        SELECT u.feature, u.source, u.since, NULL::timestamptz AS until, l.key AS ladder, u.rung_key AS step, u.account
        FROM ({unlocks}) u
        CROSS JOIN LATERAL (
            SELECT ladder_id FROM progress_journey WHERE workspace_id = {workspace} AND id = u.journey_id OFFSET 0) j
        CROSS JOIN LATERAL (
            SELECT key FROM ladders_ladder WHERE workspace_id = {workspace} AND id = j.ladder_id OFFSET 0) l
        UNION ALL
        SELECT f.key, 'grant', g.granted_at, g.until, '', '', g.account
        FROM ({grants}) g JOIN features f ON f.id = g.feature_id) given)::text"""
_OWN_UNLOCKS = (
    "SELECT feature, 'completion' AS source, unlocked_at AS since, journey_id, rung_key, '' AS account FROM own"
)

# What concerns the person alone, and whether anything might come by an account: mostly nothing does, and preparing to
# look for it takes PostgreSQL longer than all the rest.
_PERSON = f"""
WITH {_SENDERS}, {_FEATURES}, {_OWN}, {_GRANTED}
{_TOLD.replace("{unlocks}", _OWN_UNLOCKS).replace("{grants}", "TABLE granted")},
    EXISTS (SELECT FROM features WHERE reach = 'account' AND NOT archived) OR EXISTS (
        SELECT FROM features_grant WHERE workspace_id = {{workspace}} AND account_key <> ''
        AND revoked_at IS NULL AND (until IS NULL OR until > {{now}}))"""
# All there is.
_WHOLE = f"""
WITH {_SENDERS}, {_FEATURES}, {_OWN}, {_GRANTED}, {_ACCOUNTS}, {_OF_COLLEAGUES}, {_GRANTED_TO_ACCOUNTS}
{
    _TOLD.replace(
        "{unlocks}",
        f"{_OWN_UNLOCKS} UNION ALL SELECT feature, 'account', since, journey_id, rung_key, account FROM of_colleagues",
    ).replace("{grants}", "TABLE granted UNION ALL TABLE granted_to_accounts")
}, false"""


def _prepared(statement: str) -> str:
    return statement.format(workspace="$1", sender="$2", feature="$3", account="$4", now="now()")


_PLAIN = _WHOLE.format(
    workspace="%(workspace)s", sender="%(sender)s", feature="%(feature)s", account="%(account)s", now="%(now)s"
)

# The right to ask is looked up where it is used: with a key that was revoked no scope is bound, and the wall shows
# nothing. The plan is made once for all; what takes longer than this is given up.
_BIND = f"""
SELECT set_config('app.workspace_id', coalesce(
        (SELECT workspace_id::text FROM {ApiKey._meta.db_table}
         WHERE digest = $2 AND workspace_id = $1 AND revoked_at IS NULL
             AND (expires_at IS NULL OR expires_at > now())), ''), true),
    set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true),
    set_config('statement_timeout', '5s', true)"""

STATEMENTS = Statements(f"""
PREPARE features_bind (bigint, text) AS {_BIND};
PREPARE features_of_person (bigint, text, text, text) AS {_prepared(_PERSON)};
PREPARE features_whole (bigint, text, text, text) AS {_prepared(_WHOLE)}""")

_CALL_BIND = "EXECUTE features_bind(%(workspace)s, %(digest)s)"
_PARAMETERS = "(%(workspace)s, %(sender)s, %(feature)s, %(account)s)"
_CALLS_PERSON = (_CALL_BIND, f"EXECUTE features_of_person{_PARAMETERS}")
_CALLS_WHOLE = (_CALL_BIND, f"EXECUTE features_whole{_PARAMETERS}")

# The workspaces in which things came by accounts when they were asked last: there the whole is asked at once.
_by_accounts: set[int] = set()
MOST_REMEMBERED = 10_000


class Standing(NamedTuple):
    """The features of the workspace (or the one that was asked for, if it is known), and what is given to somebody.

    Somebody of whom nothing is known is given nothing.
    """

    features: list[Known]
    given: list[Given]


def standing_for(asker: Sender, user: str, *, feature: str = "", account: str = "") -> Standing:
    """How a user (by their userId) stands now, by the right of a key; outside of any scope. One round trip, but for
    the first time that anything in the workspace comes by accounts.

    With `feature` that one alone. With `account`, what comes by the person's other accounts is left out. Grants expire
    by the database's clock. Raises KeyRevoked.
    """
    parameters = {
        "workspace": asker.workspace_id,
        "digest": asker.digest,
        "sender": f"u:{user}",
        "feature": feature,
        "account": account,
    }
    remembered = asker.workspace_id in _by_accounts
    calls = _CALLS_WHOLE if remembered else _CALLS_PERSON
    bound, features, given, by_accounts = STATEMENTS.row(calls, parameters, anew_if_lost=True)
    if by_accounts:
        if len(_by_accounts) >= MOST_REMEMBERED:
            _by_accounts.clear()
        _by_accounts.add(asker.workspace_id)
        bound, features, given, _ = STATEMENTS.row(_CALLS_WHOLE, parameters, anew_if_lost=True)
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
        _, features, given, _ = cursor.fetchone()
    return _read(features, given)


def features_on(person: Person) -> dict[str, datetime]:
    """The keys of the features that a person has now, and since when. Inside a scope."""
    standing = standing_of(person)
    return {
        one.key: datetime.fromisoformat(str(one.metadata["since"]))
        for one in evaluate_all(standing.features, standing.given)
        if one.value
    }


def _read(features: str | None, given: str | None) -> Standing:
    return Standing(
        [Known(*row) for row in orjson.loads(features or "[]")],
        [
            Given(feature, source, since, until or "", ladder, step, account)
            for feature, source, since, until, ladder, step, account in orjson.loads(given or "[]")
        ],
    )
