"""What accounts did and were said to be: evidence that a person shares with everybody in their accounts.

An event belongs to the account that it names; one that names none belongs to every account that its sender is in. So
whoever joins an account brings what they did before into it. Nothing here ever leaves: memberships have no end. What is
kept here is read by account_facts.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from onboarding.people.accounts import Pair
from onboarding.progress.plan import AccountNeeds
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import dump

Feed = tuple[int, str]  # an account's id and a signal


@dataclass
class News:
    """What is new of accounts: of each signal the earliest of the new moments, and whose traits became otherwise."""

    moments: dict[Feed, datetime] = field(default_factory=dict)
    otherwise: set[int] = field(default_factory=set)


COLUMNS = "workspace_id, account_id, signal, occurred_at, message_id, sender_id"
# Each row's accounts are looked up through the index, whatever the planner believes about a growing table.
OF_EVENTS = f"""
INSERT INTO progress_accountactivity ({COLUMNS})
SELECT %(workspace)s, m.account_id, x.signal, x.occurred_at, x.message_id, x.sender_id
FROM json_to_recordset(%(rows)s::json)
    AS x(sender_id bigint, signal text, occurred_at timestamptz, message_id text, account_key text)
CROSS JOIN LATERAL (
    SELECT account_id FROM people_accountmembership
    WHERE workspace_id = %(workspace)s AND sender_id = x.sender_id OFFSET 0) m
CROSS JOIN LATERAL (
    SELECT key FROM people_account WHERE workspace_id = %(workspace)s AND id = m.account_id OFFSET 0) a
WHERE x.account_key IN ('', a.key)
ON CONFLICT DO NOTHING RETURNING account_id, signal, occurred_at"""
OF_JOINERS = f"""
INSERT INTO progress_accountactivity ({COLUMNS})
SELECT %(workspace)s, x.account_id, a.signal, a.occurred_at, a.message_id, x.sender_id
FROM unnest(%(senders)s::bigint[], %(accounts)s::bigint[]) AS x(sender_id, account_id)
CROSS JOIN LATERAL (
    SELECT signal, occurred_at, message_id FROM progress_activity
    WHERE workspace_id = %(workspace)s AND sender_id = x.sender_id AND signal = ANY(%(signals)s) AND account_key = ''
    OFFSET 0) a
ON CONFLICT DO NOTHING RETURNING account_id, signal, occurred_at"""
OF_EVERYBODY = f"""
INSERT INTO progress_accountactivity ({COLUMNS})
SELECT a.workspace_id, m.account_id, a.signal, a.occurred_at, a.message_id, a.sender_id
FROM progress_activity a
JOIN people_accountmembership m ON m.workspace_id = a.workspace_id AND m.sender_id = a.sender_id
JOIN people_account c ON c.workspace_id = m.workspace_id AND c.id = m.account_id
WHERE a.workspace_id = %(workspace)s AND a.signal = ANY(%(signals)s) AND a.account_key IN ('', c.key)
ON CONFLICT DO NOTHING"""
SAYINGS = """
INSERT INTO progress_accounttraitvalue (workspace_id, account_id, name, said_at, message_id, sender_id, value)
SELECT %(workspace)s, c.id, x.name, x.said_at, x.message_id, x.sender_id, x.value
FROM json_to_recordset(%(rows)s::json) AS x(
    account_key text, name text, said_at timestamptz, message_id text, sender_id bigint, value jsonb)
CROSS JOIN LATERAL (
    SELECT id FROM people_account WHERE workspace_id = %(workspace)s AND key = x.account_key OFFSET 0) c
ON CONFLICT DO NOTHING RETURNING account_id, name, said_at, message_id"""
# A saying that repeats the one before it changes no value at any time, so nobody's progress either.
OTHERWISE = """
SELECT DISTINCT x.account_id
FROM unnest(%(accounts)s::bigint[], %(names)s::text[], %(times)s::timestamptz[], %(messages)s::text[])
    AS x(account_id, name, said_at, message_id)
JOIN progress_accounttraitvalue t ON t.workspace_id = %(workspace)s
    AND (t.account_id, t.name, t.said_at, t.message_id) = (x.account_id, x.name, x.said_at, x.message_id)
LEFT JOIN LATERAL (
    SELECT true AS there, value FROM progress_accounttraitvalue
    WHERE workspace_id = %(workspace)s AND account_id = x.account_id AND name = x.name
      AND said_at <= x.said_at AND (said_at, message_id COLLATE "C") < (x.said_at, x.message_id)
    ORDER BY said_at DESC, message_id COLLATE "C" DESC LIMIT 1) before ON true
WHERE before.there IS NULL OR before.value IS DISTINCT FROM t.value"""


def store(
    activity: Iterable[Mapping[str, Any]],
    of_accounts: Iterable[Mapping[str, Any]],
    *,
    joined: Collection[Pair],
    needs: AccountNeeds,
) -> News:
    """Keep what new evidence (rows of evidence.Evidence) and new memberships say of accounts; say what is new of them.

    Evidence about persons and the memberships have been stored before.
    """
    news = News()
    rows = [row for row in activity if row["signal"] in needs.signals]
    if rows:
        _add(OF_EVENTS, {"rows": dump(rows)}, news)
    if joined and needs.signals:
        senders, accounts = map(list, zip(*joined, strict=True))
        _add(OF_JOINERS, {"senders": senders, "accounts": accounts, "signals": list(needs.signals)}, news)
    news.otherwise = hear(of_accounts)
    return news


def _add(statement: str, parameters: Mapping[str, Any], news: News) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"workspace": current_workspace_id(), **parameters})
        for account, signal, at in cursor:
            feed = (account, signal)
            news.moments[feed] = min(news.moments.get(feed, at), at)


def hear(of_accounts: Iterable[Mapping[str, Any]]) -> set[int]:
    """Keep what was said of accounts. Returns the accounts (their ids) of which a value changed at any time."""
    rows = list(of_accounts)
    if not rows:
        return set()
    workspace = current_workspace_id()
    with connection.cursor() as cursor:
        cursor.execute(SAYINGS, {"workspace": workspace, "rows": dump(rows)})
        stored = cursor.fetchall()
        columns = zip(("accounts", "names", "times", "messages"), map(list, zip(*stored, strict=True)), strict=False)
        if stored:
            cursor.execute(OTHERWISE, {"workspace": workspace, **dict(columns)})
            return {account for (account,) in cursor}
    return set()


def copy(signals: Collection[str]) -> None:
    """Make the accounts' activity say all that persons' activity and memberships say of these signals."""
    with connection.cursor() as cursor:
        cursor.execute(OF_EVERYBODY, {"workspace": current_workspace_id(), "signals": list(signals)})


BEFORE = """
SELECT x.account_id, x.signal FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::int[])
    AS x(account_id, signal, at, most)
WHERE (SELECT count(*) FROM (
    SELECT FROM progress_accountactivity
    WHERE workspace_id = %s AND account_id = x.account_id AND signal = x.signal AND occurred_at < x.at
    LIMIT x.most) found) >= x.most
"""


def that_count(moments: Mapping[Feed, datetime], needs: AccountNeeds) -> dict[Feed, datetime]:
    """Those of these moments that are among the first that are ever looked at."""
    asked = [(*feed, at, needs.signals[feed[1]]) for feed, at in moments.items()]
    asked = [row for row in asked if row[3] is not None]
    if not asked:
        return dict(moments)
    with connection.cursor() as cursor:
        cursor.execute(BEFORE, [*map(list, zip(*asked, strict=True)), current_workspace_id()])
        beyond = set(cursor.fetchall())
    return {feed: at for feed, at in moments.items() if feed not in beyond}


PEOPLE = """
SELECT x.account_id, s.person_id FROM unnest(%(accounts)s::bigint[]) AS x(account_id)
CROSS JOIN LATERAL (
    SELECT sender_id FROM people_accountmembership
    WHERE workspace_id = %(workspace)s AND account_id = x.account_id OFFSET 0) m
CROSS JOIN LATERAL (
    SELECT person_id FROM people_sender WHERE workspace_id = %(workspace)s AND id = m.sender_id OFFSET 0) s
"""


def people_in(accounts: Iterable[int]) -> dict[int, set[int]]:
    """The persons of these accounts."""
    found: dict[int, set[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"accounts": list(accounts), "workspace": current_workspace_id()})
        for account, person in cursor:
            found.setdefault(account, set()).add(person)
    return found
