"""The list: what was stored, came again or was rejected, newest first, merged from three tables. In a scope.

Each table is read backwards from its own place, so that the next page goes on where this one ended whatever arrives
meanwhile. Where a table could only be looked at in part (log_stretches), the page ends there, and says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from onboarding.debugger import cursor, log_stretches
from onboarding.debugger.entries import Entry, Ref
from onboarding.debugger.filters import Filters
from onboarding.intake.models import Duplicate, Rejection
from workspaces.scope import current_workspace_id

PER_PAGE = 30
REJECTIONS_AT_ONCE = 2_000  # texts that are looked into for one page


@dataclass(frozen=True)
class Page:
    """`older` is the cursor of what comes before, if anything does.

    `stopped_at`: the page is not full because only so much is looked at for one page; the look ended there.
    """

    entries: list[Entry]
    older: str = ""
    stopped_at: datetime | None = None


class Found(NamedTuple):
    """What a table had, newest first; `end`: time and place where the look ended with more before it."""

    entries: list[Entry]
    end: tuple[datetime, list[Any]] | None = None


def page(filters: Filters, at: str = "", *, limit: int = PER_PAGE) -> Page:
    """At most `limit` entries before the cursor `at`. Raises cursor.BadCursor."""
    places = cursor.read(at)
    if "stored" in places and isinstance(places["stored"][0], str) != bool(filters.senders):
        raise cursor.BadCursor("This cursor belongs to other filters; begin without one.")
    found: dict[str, Found] = {}
    for outcome in filters.outcomes:
        found[outcome] = READERS[outcome](filters, places.get(outcome), limit + 1)
    stopped_at = max((end[0] for _, end in found.values() if end), default=None)
    chosen = _newest(found.values(), limit, stopped_at)
    more = False
    for outcome, (entries, end) in found.items():
        taken = [entry for entry in chosen if entry.outcome == outcome]
        if taken:
            places[outcome] = list(taken[-1].position)
        if len(taken) == len(entries) and end is not None:
            places[outcome] = end[1]
        more = more or len(taken) < len(entries) or end is not None
    stopped = stopped_at if len(chosen) < limit else None
    return Page(chosen, cursor.write(places) if more else "", stopped)


def _newest(found: Iterable[Found], limit: int, stopped_at: datetime | None) -> list[Entry]:
    """The newest of all, each table in its own order, which is that of time but for what overlapped."""
    keyed: list[tuple[datetime, Entry]] = []
    for entries, _ in found:
        latest: datetime | None = None
        for entry in entries:
            latest = entry.at if latest is None else min(latest, entry.at)
            keyed.append((latest, entry))
    keyed = [pair for pair in keyed if stopped_at is None or pair[0] >= stopped_at]
    keyed.sort(key=lambda pair: pair[0], reverse=True)  # stable, so within a table the order stays
    return [entry for _, entry in keyed[:limit]]


def _stored(filters: Filters, before: list[Any] | None, limit: int) -> Found:
    return Found(*log_stretches.read(filters, before, limit))


def _duplicates(filters: Filters, before: list[Any] | None, limit: int) -> Found:
    rows: QuerySet[Duplicate] = Duplicate.objects.filter(_timed(filters, before))
    if filters.senders:
        rows = rows.filter(sender__in=filters.senders)
    if filters.message_id:
        rows = rows.filter(message_id=filters.message_id)
    if filters.type:
        rows = rows.filter(type=filters.type)
    elif filters.event:
        rows = rows.filter(event=filters.event)
    return Found([_of_duplicate(row) for row in rows.order_by("-received_at", "-pk")[:limit]])


def _rejections(filters: Filters, before: list[Any] | None, limit: int) -> Found:
    rows: QuerySet[Rejection] = Rejection.objects.filter(_timed(filters, before))
    if filters.reason:
        rows = rows.filter(reason=filters.reason)
    looked_at = REJECTIONS_AT_ONCE if filters.reads_texts else limit
    entries: list[Entry] = []
    number = 0
    for number, row in enumerate(rows.order_by("-received_at", "-pk")[:looked_at].iterator(200), start=1):  # noqa: B007
        entry = _of_rejection(row)
        if not filters.reads_texts or filters.lets_through(entry):
            entries.append(entry)
            if len(entries) == limit:
                return Found(entries)
    if not filters.reads_texts or number < looked_at:
        return Found(entries)
    return Found(entries, (row.received_at, [row.received_at.isoformat(), row.pk]))


READERS = {"stored": _stored, "duplicate": _duplicates, "rejected": _rejections}


def _timed(filters: Filters, before: list[Any] | None) -> Q:
    wanted = Q()
    if filters.since:
        wanted &= Q(received_at__gte=filters.since)
    if filters.until:
        wanted &= Q(received_at__lte=filters.until)
    if before:
        moment = datetime.fromisoformat(str(before[0]))
        wanted &= Q(received_at__lt=moment) | Q(received_at=moment, pk__lt=before[1])
    return wanted


def _of_rejection(row: Rejection) -> Entry:
    place = (row.received_at.isoformat(), row.pk)
    return Entry(Ref("rejected", pk=row.pk), row.received_at, rejection=row, position=place)


def _of_duplicate(row: Duplicate) -> Entry:
    place = (row.received_at.isoformat(), row.pk)
    return Entry(Ref("duplicate", pk=row.pk), row.received_at, duplicate=row, position=place)


def entry_of(ref: Ref) -> Entry | None:
    """The one entry of this name. A duplicate comes with the message of the log that it repeats."""
    if ref.outcome == "stored":
        return log_stretches.one(ref.position)
    if ref.outcome == "rejected":
        rejection = Rejection.objects.filter(pk=ref.pk).first()
        return _of_rejection(rejection) if rejection else None
    duplicate = Duplicate.objects.filter(pk=ref.pk).first()
    if duplicate is None:
        return None
    first = log_stretches.by_key(duplicate.message_id, duplicate.client_at)
    return replace(_of_duplicate(duplicate), logged=first.logged if first else None)


_STATE = """
SELECT (SELECT ROW(written_xid, id)::text FROM intake_event WHERE workspace_id = %(workspace)s
        ORDER BY written_xid DESC, id DESC LIMIT 1),
       (SELECT id FROM intake_rejection WHERE workspace_id = %(workspace)s ORDER BY id DESC LIMIT 1),
       (SELECT ROW(received_at, id)::text FROM intake_duplicate WHERE workspace_id = %(workspace)s
        ORDER BY received_at DESC, id DESC LIMIT 1),
       (SELECT ROW("transaction", "row", advanced_at)::text FROM progress_watermark
        WHERE workspace_id = %(workspace)s)"""


def state() -> str:
    """A text that stays the same as long as nothing arrived and the engine did nothing: one short query."""
    with connection.cursor() as cursor_:
        cursor_.execute(_STATE, {"workspace": current_workspace_id()})
        return repr(cursor_.fetchone())
