"""Keeping days of use: those that messages add, and everybody's once more from the log."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection

from onboarding.people import directory
from onboarding.progress import news
from onboarding.progress.news import Position
from onboarding.usage import reading
from onboarding.usage.models import UsageDay
from onboarding.usage.plan import Plan
from onboarding.usage.reading import Row
from onboarding.usage.standing import ANY, Span
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import insert_rows

Key = tuple[int, str, date]  # the sender's id, the signal, the day

_UPSERT = (
    "(workspace_id, sender_id, signal, day_on) DO UPDATE SET first_at = excluded.first_at, last_at = excluded.last_at"
)
_KNOWN = """
SELECT x.sender_id, x.signal, x.day_on, d.first_at, d.last_at
FROM unnest(%s::bigint[], %s::text[], %s::date[]) AS x(sender_id, signal, day_on) CROSS JOIN LATERAL (
    SELECT first_at, last_at FROM usage_usageday WHERE workspace_id = %s
        AND sender_id = x.sender_id AND signal = x.signal AND day_on = x.day_on OFFSET 0) d"""
_OF_SENDERS = """
SELECT d.* FROM unnest(%s::bigint[]) AS x(sender_id) CROSS JOIN LATERAL (
    SELECT sender_id, signal, day_on, first_at, last_at FROM usage_usageday
    WHERE workspace_id = %s AND sender_id = x.sender_id OFFSET 0) d"""
_REMOVE = (
    "DELETE FROM usage_usageday WHERE workspace_id = %s AND (sender_id, signal, day_on) IN "
    "(SELECT * FROM unnest(%s::bigint[], %s::text[], %s::date[]))"
)
# A later last moment of a known day tells something new where a journey began, or a feature came, in between.
_TURNED = """
SELECT DISTINCT x.sender_id
FROM unnest(%(senders)s::bigint[], %(before)s::timestamptz[], %(now)s::timestamptz[]) AS x(sender_id, before, now)
CROSS JOIN LATERAL (
    SELECT person_id FROM people_sender WHERE workspace_id = %(workspace)s AND id = x.sender_id OFFSET 0) s
WHERE EXISTS (
    SELECT FROM progress_journey j WHERE j.workspace_id = %(workspace)s AND j.person_id = s.person_id
        AND j.started_at > x.before AND j.started_at <= x.now)
OR EXISTS (
    SELECT FROM progress_unlock u WHERE u.workspace_id = %(workspace)s AND u.person_id = s.person_id
        AND u.unlocked_at >= x.before AND u.unlocked_at < x.now)"""


def add(rows: Sequence[Row], plan: Plan) -> set[int]:
    """Keep the days that these messages tell of. Returns the ids of the senders of whom anything new is told."""
    spans = reading.spans_of(rows, plan)
    ids = {key: known.pk for key, known in directory.senders_by_key({sender for sender, _, _ in spans}).items()}
    fresh: dict[Key, Span] = {(ids[sender], signal, day): span for (sender, signal, day), span in spans.items()}
    known = _known(fresh)
    joined = {key: span.joined(known[key]) if key in known else span for key, span in fresh.items()}
    changed = {key: span for key, span in joined.items() if known.get(key) != span}
    _write(changed)
    later = [(key[0], known[key].last_at, span.last_at) for key, span in changed.items() if key in known]
    return {key[0] for key in changed if key not in known} | _turned([moved for moved in later if moved[1] != moved[2]])


def make_anew(senders: Mapping[str, int], *, until: Position, plan: Plan) -> int:
    """Make the days of these senders (key → id) what the log up to a position says. Returns how many were wrong."""
    wanted, kept = expected(senders, until=until, plan=plan)
    wrong = {key: span for key, span in wanted.items() if kept.get(key) != span}
    gone = kept.keys() - wanted.keys()
    _write(wrong)
    _remove(gone)
    return len(wrong) + len(gone)


def expected(senders: Mapping[str, int], *, until: Position, plan: Plan) -> tuple[dict[Key, Span], dict[Key, Span]]:
    """The days of these senders as the log says, and as they are kept.

    Of the time before the log begins the kept days' own moments stand for the messages that are gone. Each was the
    first or the last of a day, so they fall into every day of another zone in which there was a message.
    """
    spans = reading.spans_of(reading.of_senders(senders, until=until, plan=plan), plan)
    wanted: dict[Key, Span] = {(senders[sender], signal, day): span for (sender, signal, day), span in spans.items()}
    kept = of_senders(senders.values())
    begins = news.log_begins_at()
    if begins is not None:
        for (sender, signal, _), span in kept.items():
            for at in span:
                if at < begins and (signal in plan.tracked or signal == ANY):
                    key = (sender, signal, at.astimezone(plan.zone).date())
                    wanted[key] = Span(at, at).joined(wanted.get(key, Span(at, at)))
    return wanted, kept


def of_senders(ids: Iterable[int]) -> dict[Key, Span]:
    with connection.cursor() as cursor:
        cursor.execute(_OF_SENDERS, [list(ids), current_workspace_id()])
        return {(sender, signal, day): Span(first, last) for sender, signal, day, first, last in cursor}


def _known(keys: Iterable[Key]) -> dict[Key, Span]:
    columns = list(map(list, zip(*keys, strict=True)))
    if not columns:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [*columns, current_workspace_id()])
        return {(sender, signal, day): Span(first, last) for sender, signal, day, first, last in cursor}


def _write(spans: Mapping[Key, Span]) -> None:
    insert_rows(
        UsageDay,
        [
            {"sender_id": sender, "signal": signal, "day_on": day, "first_at": first, "last_at": last}
            for (sender, signal, day), (first, last) in spans.items()
        ],
        on_conflict=_UPSERT,
    )


def _remove(keys: Iterable[Key]) -> None:
    columns = list(map(list, zip(*keys, strict=True)))
    if columns:
        with connection.cursor() as cursor:
            cursor.execute(_REMOVE, [current_workspace_id(), *columns])


def _turned(later: Sequence[tuple[int, datetime, datetime]]) -> set[int]:
    if not later:
        return set()
    senders, before, now = map(list, zip(*later, strict=True))
    values: dict[str, Any] = {"workspace": current_workspace_id(), "senders": senders, "before": before, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_TURNED, values)
        return {sender for (sender,) in cursor}
