"""The log's months are made before they begin, in UTC, and again if they went."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onboarding.intake import partitions, tasks
from onboarding.intake.log import append
from onboarding.intake.message import Message


@pytest.mark.parametrize(
    ("now", "months"),
    [
        (datetime(2014, 11, 30, 23, 59, tzinfo=UTC), [date(2014, 11, 1), date(2014, 12, 1)]),
        (datetime(2015, 12, 1, tzinfo=UTC), [date(2015, 12, 1), date(2016, 1, 1)]),
        (datetime(2016, 3, 1, 1, 0, tzinfo=timezone(timedelta(hours=2))), [date(2016, 2, 1), date(2016, 3, 1)]),
    ],
)
def test_this_month_and_the_next_are_made_and_only_once(now, months):
    assert [month for month in partitions.make_ahead(now) if month not in months] == []
    assert set(months) <= set(partitions.existing())
    assert partitions.make_ahead(now) == []


def test_beat_makes_the_month_in_which_the_first_event_then_needs_nothing(workspace, monkeypatch, caplog):
    now = datetime(2010, 6, 30, 23, 30, tzinfo=UTC)
    monkeypatch.setattr(tasks.timezone, "now", lambda: now)
    caplog.set_level("INFO")
    tasks.make_partitions()
    assert "2010-06 was made ahead" in caplog.text
    assert "2010-07 was made ahead" in caplog.text
    later = now + timedelta(hours=1)
    with CaptureQueriesContext(connection) as queries:
        append(workspace.pk, [Message("track", "m1", "Looked", "u:dora", client_at=later, occurred_at=later)])
    assert not any("intake_ensure_partition" in query["sql"] for query in queries)


def test_a_month_that_was_dropped_is_made_again_though_this_process_remembers_it():
    now = datetime(2018, 5, 15, tzinfo=UTC)
    partitions.make_ahead(now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT intake_drop_expired('2018-05-01', '9999999999'::xid8, '{}', '{}')")
        assert cursor.fetchone() == ("dropped",)
    assert date(2018, 5, 1) not in partitions.existing()
    assert partitions.make_ahead(now) == [date(2018, 5, 1)]
