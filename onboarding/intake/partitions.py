"""The event log's monthly partitions, made when their first event comes."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from django.db import connection

from onboarding.intake.message import Message

# Everything before lies in one partition, which the migration made.
FIRST_YEAR = 2005

# Months known to have a partition. A process may forget them at any time.
_known: set[tuple[int, int]] = set()


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


def forget() -> None:
    """Know nothing any more: a partition thought to be there was not."""
    _known.clear()
