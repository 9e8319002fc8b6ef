"""Forgetting a person in the log and around it: their messages, and what others' messages say of them.

Inside a scope.
"""

import itertools
import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from django.db import connection

from onboarding.intake import partitions
from onboarding.intake.imports.models import Import, RejectedLine
from onboarding.intake.models import Duplicate, Rejection, Seen
from workspaces.privacy.mentions import GONE, Mentions
from workspaces.privacy.rows import erase_senders, remove
from workspaces.privacy.subjects import Subject
from workspaces.scope import current_workspace_id

PAGE = 1_000
ROWS_AT_ONCE = 200_000
_ROWS = """
SELECT c.relname, c.reltuples FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'intake_event'::regclass"""

_MENTIONING = """
SELECT message_id, client_at, anonymous_id, previous_id, properties::text, traits::text, context::text
FROM intake_event
WHERE workspace_id = %(workspace)s AND client_at >= %(start)s AND client_at < %(end)s
  AND (anonymous_id = ANY(%(ids)s) OR previous_id = ANY(%(ids)s)
       OR lower(concat_ws(' ', properties, traits, context)) LIKE ANY(%(patterns)s))
ORDER BY message_id, client_at"""
_FOREVER = (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))


def erase(subject: Subject) -> dict[str, int]:
    """Remove their messages with all that was kept beside: receipts, and what came again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaving_erase_receipts(%s, %s)", [current_workspace_id(), list(subject.senders)])
    return {
        "messages": erase_senders("intake_event", subject),
        "repeated messages": remove(Duplicate.objects.filter(sender__in=subject.senders)),
    }


def stretches() -> list[Any]:
    """The months of the log in slices of some days, what was rejected, what imports rejected, and samples of values."""
    with connection.cursor() as cursor:
        cursor.execute(_ROWS)
        rows = {name: int(n) for name, n in cursor}
    slices = [
        f"{first}/{end}"
        for month in partitions.existing()
        for first, end in slices_of(month, rows.get(f"intake_event_{month:%Y_%m}", 0))
    ]
    return ["names", "rejections", "imports", "earlier", *slices]


def slices_of(month: date, rows: int) -> list[tuple[date, date]]:
    """A month cut by days (from, up to), so that each has about ROWS_AT_ONCE of so many rows; at least a day each.

    Looking through a million messages takes seconds, and on a busy server a quarter of a minute; somebody who was
    silent for two is taken for dead.
    """
    days = (partitions.following(month) - month).days
    parts = max(1, min(days, -(-rows // ROWS_AT_ONCE)))
    cuts = [month + timedelta(days=days * part // parts) for part in range(parts + 1)]
    return list(itertools.pairwise(cuts))


def sweep(stretch: str, mentions: Mentions) -> dict[str, int]:
    """Take what is said of them out of a stretch."""
    match stretch:
        case "names":
            return {"samples of values": _names(mentions)}
        case "rejections":
            return {"rejected messages": _rejections(mentions)}
        case "imports":
            return {"rejected lines of imports": _rejected_lines(mentions)}
    first = datetime(partitions.FIRST_YEAR, 1, 1, tzinfo=UTC)
    if stretch == "earlier":
        start, end = _FOREVER[0], first
    else:
        days = [date.fromisoformat(day) for day in stretch.split("/")]
        start, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in days)
    return {"messages of others": _log(start, end, mentions)}


def obstacle(asked_at: datetime) -> str:
    """Why it can't be said yet that nothing is left: the file of an import that began before."""
    if Import.objects.filter(made_at__lt=asked_at, ended_at=None).exists():
        return "An import that began before may hold them; once it has ended, its file is gone and this goes on."
    return ""


def _log(start: datetime, end: datetime, mentions: Mentions) -> int:
    ids = sorted(mentions.terms)
    with connection.cursor() as cursor:
        cursor.execute(
            _MENTIONING,
            {
                "workspace": current_workspace_id(),
                "start": start,
                "end": end,
                "ids": ids,
                "patterns": mentions.patterns,
            },
        )
        found = cursor.fetchall()
    rows = []
    for message_id, client_at, anonymous_id, previous_id, *texts in found:
        values = [mentions.scrubbed(json.loads(text)) for text in texts]
        known = [name for name in (anonymous_id, previous_id) if name.casefold() in mentions.terms]
        if known or any(changed for _, changed in values):
            properties, traits, context = (value for value, _ in values)
            rows.append(
                {
                    "message_id": message_id,
                    "client_at": client_at.isoformat(),
                    "anonymous_id": "" if anonymous_id in known else anonymous_id,
                    "previous_id": "" if previous_id in known else previous_id,
                    "properties": properties,
                    "traits": traits,
                    "context": context,
                }
            )
    with connection.cursor() as cursor:
        for page in range(0, len(rows), PAGE):
            some = json.dumps(rows[page : page + PAGE], ensure_ascii=False)
            cursor.execute("SELECT leaving_rewrite_events(%s, %s)", [current_workspace_id(), some])
    return len(rows)


def _rejections(mentions: Mentions) -> int:
    """Whatever was sent under their names, or speaks of them, can't be sent again either."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, message FROM intake_rejection WHERE workspace_id = %s "
            "AND lower(message || sentence) LIKE ANY(%s)",
            [current_workspace_id(), mentions.wide_patterns],
        )
        gone = [pk for pk, text in cursor if mentions.in_text(_in_letters(text))]
    return remove(Rejection.objects.filter(pk__in=gone))


def _in_letters(text: str) -> str:
    """JSON in ASCII, as it is kept, with its letters instead of their escapes; whatever is no JSON as it is."""
    try:
        return orjson.dumps(json.loads(text)).decode()
    except (ValueError, TypeError):
        return text


def _rejected_lines(mentions: Mentions) -> int:
    gone = 0
    for line in RejectedLine.objects.filter(job__workspace_id=current_workspace_id()).exclude(text=GONE).iterator():
        cells = re.split(r"[\s,;|\"']+", f"{line.text} {line.sentence}")
        if mentions.in_text(line.text) or any(cell.casefold() in mentions.terms for cell in cells):
            gone += RejectedLine.objects.filter(job_id=line.job_id, line=line.line).update(
                text=GONE, sentence="The person whom this line was about has been erased."
            )
    return gone


def _names(mentions: Mentions) -> int:
    """Samples of values keep no ids or addresses; yet a short id may look like any word."""
    changed = 0
    for row in Seen.objects.exclude(values={}):
        values = {text: n for text, n in row.values.items() if str(json.loads(text)).casefold() not in mentions.telling}
        if values != row.values:
            changed += Seen.objects.filter(kind=row.kind, event=row.event, path=row.path).update(values=values)
    return changed
