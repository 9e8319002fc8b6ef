"""The event log's monthly partitions: made ahead by beat, or when their first event comes."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.db import connection

from onboarding.intake.message import Message

# Everything before lies in one partition, which the migration made.
FIRST_YEAR = 2005

# Months known to have a partition. A process may forget them at any time.
_known: set[tuple[int, int]] = set()

_NAME = re.compile(r"intake_event_(\d{4})_(\d{2})")
_PARTITIONS = """
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'public.intake_event'::regclass ORDER BY 1"""


def months_of(messages: Iterable[Message], received_at: datetime) -> set[tuple[int, int]]:
    """The (year, month) in UTC of each partition that the messages need beyond the earliest."""
    months = {(moment.year, moment.month) for message in messages if (moment := message.client_at) is not None}
    if any(message.client_at is None for message in messages):
        receipt = received_at.astimezone(UTC)
        months.add((receipt.year, receipt.month))
    return {month for month in months if month[0] >= FIRST_YEAR}


def ensure(months: Iterable[tuple[int, int]]) -> None:
    """Make the partitions of these months, where they are missing. Others go on writing meanwhile."""
    for year, month in sorted(set(months) - _known):
        with connection.cursor() as cursor:
            cursor.execute("SELECT intake_ensure_partition(%s)", [date(year, month, 1)])
        _known.add((year, month))


def ahead(now: datetime) -> list[date]:
    """This month and the next, which beat makes before anybody needs them."""
    today = now.astimezone(UTC)
    return [date(today.year, today.month, 1), following(date(today.year, today.month, 1))]


def make_ahead(now: datetime) -> list[date]:
    """Make this month's partition and the next one's, where they are missing. Returns those that were."""
    missing = [month for month in ahead(now) if month not in existing()]
    forget()  # what this process believes to be there may have been dropped meanwhile
    ensure({(month.year, month.month) for month in missing})
    return missing


def existing() -> list[date]:
    """The months that have a partition, by their first days."""
    with connection.cursor() as cursor:
        cursor.execute(_PARTITIONS)
        names = [_NAME.fullmatch(name) for (name,) in cursor]
    return [date(int(found[1]), int(found[2]), 1) for found in names if found]


def following(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def forget() -> None:
    """Know nothing any more: a partition thought to be there was not."""
    _known.clear()
