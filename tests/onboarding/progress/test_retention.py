"""Raw events go by months when a workspace no longer keeps them, and nothing that was made of them changes.

The scenes play in years of their own: a month is dropped only when no workspace of the whole database needs it.
"""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from analytics.cubes.fold import fold
from analytics.cubes.models import Cell
from analytics.cubes.rebuild import rebuild
from analytics.cubes.verify import differences
from onboarding.intake import partitions
from onboarding.intake import retention as log_retention
from onboarding.intake.log import append
from onboarding.intake.message import Message
from onboarding.intake.models import LoggedEvent, Seen
from onboarding.people.models import Account, AccountMembership, Person, Sender
from onboarding.progress import engine, retention, tasks
from onboarding.progress.models import Activity, Completion, Journey, TraitValue, Watermark
from tests.onboarding.progress.scenes import LADDER, event, identify, publish, reached, take
from workspaces.scope import scope

pytestmark = pytest.mark.every_workspace

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NOW = datetime(2013, 2, 15, 12, tzinfo=UTC)
ALL_READ = {"horizon": 2**60, "unread": {}}
CUT = datetime(2012, 2, 1, tzinfo=UTC)  # with a retention of twelve months


def month(number: int, now: datetime = NOW) -> datetime:
    """The tenth of the month so many months before now's, which is number 0."""
    months = now.year * 12 + now.month - 1 - number
    return datetime(months // 12, months % 12 + 1, 10, 9, tzinfo=UTC)


def keep(workspace, months):
    workspace.keep_events_months = months
    workspace.save()


def run(*workspaces, now=NOW):
    """What the beat's task does for these workspaces at a moment. Returns the months dropped."""
    for workspace in workspaces:
        retention.let_go(workspace.pk, now=now)
    dropped = retention.drop_months()
    for workspace in workspaces:
        assert not retention.remove(workspace.pk)
        workspace.refresh_from_db()
    return dropped


def told(workspace):
    """Everything that anybody is told of the workspace."""
    with scope(workspace):
        return {
            "people": sorted(
                Person.objects.filter(senders__isnull=False)
                .distinct()
                .values_list("key", "first_seen_at", "last_seen_at", "email")
            ),
            "senders": sorted(Sender.objects.values_list("key", "linked_to", "person__key")),
            "accounts": sorted(Account.objects.values_list("key", "name")),
            "members": sorted(AccountMembership.objects.values_list("sender__key", "account__key", "since")),
            "journeys": sorted(Journey.objects.values_list("person__key", "started_at", "finished_at")),
            "completions": sorted(
                Completion.objects.values_list("journey__person__key", "rung_key", "completed_at", "message_id")
            ),
            "cells": sorted(
                (str(cell), n)
                for *cell, n in Cell.objects.values_list("measure", "rung_key", "cohort_on", "elapsed_s", "n")
            ),
            "names": sorted(Seen.objects.values_list("kind", "event", "path", "count")),
        }


def assert_all_is_right(workspace):
    """The kept progress is what log and earlier evidence say, and a rebuild finds nothing to write."""
    assert list(differences(workspace)) == []
    assert not rebuild(workspace.pk).differences


def in_the_log(workspace) -> Counter:
    """How many rows by month."""
    with scope(workspace):
        return Counter(f"{at:%Y-%m}" for at in LoggedEvent.objects.values_list("client_at", flat=True))


def evidence(workspace) -> tuple[int, int]:
    with scope(workspace):
        return Activity.objects.count(), TraitValue.objects.count()


def live(workspace, now=NOW):
    """Fourteen months, in each of which somebody comes as a visitor, logs in, joins a company and gets somewhere."""
    publish(workspace, at=month(14, now) - DAY)
    messages = []
    for number in range(13, -1, -1):
        at, who = month(number, now), f"p{number}"
        messages += [
            Message("track", f"v{number}", "Signed Up", f"a:b{number}", client_at=at, occurred_at=at),
            identify(at + HOUR, who, plan="pro", email=f"{who}@example.com"),
            event("Connected", at + 2 * HOUR, who, anonymous_id=f"b{number}"),
            event("", at + 3 * HOUR, who, type="group", group_id="acme", traits={"name": "Acme"}),
            event("Looked", at + 4 * HOUR, who),
            event("Reported", at + 40 * DAY, who),
        ]
    take(workspace, *messages)
    fold(workspace.pk)


@pytest.fixture
def lived(workspace, other_workspace):
    live(workspace)
    live(other_workspace)
    assert_all_is_right(workspace)
    assert_all_is_right(other_workspace)
    return workspace


def test_what_is_no_longer_kept_goes_from_the_log_and_nothing_that_was_made_of_it_changes(lived, other_workspace):
    before, theirs, kept = told(lived), in_the_log(other_workspace), evidence(lived)
    rows = in_the_log(lived)
    assert min(rows) == "2012-01"
    keep(lived, 12)
    assert run(lived) == []
    assert lived.log_begins_at == CUT
    assert in_the_log(lived) == {month: n for month, n in rows.items() if month >= "2012-02"}
    assert_all_is_right(lived)
    assert told(lived) == before
    assert evidence(lived) == kept
    assert in_the_log(other_workspace) == theirs
    assert_all_is_right(other_workspace)


def test_a_month_is_dropped_whole_when_the_last_workspace_lets_go_of_it(workspace, other_workspace):
    now = datetime(2010, 2, 15, 12, tzinfo=UTC)
    january, february = date(2009, 1, 1), date(2009, 2, 1)
    for each in (workspace, other_workspace):
        live(each, now)
    before, theirs = told(workspace), told(other_workspace)
    keep(workspace, 12)
    assert run(workspace, now=now) == []
    assert january in partitions.existing()
    keep(other_workspace, 6)
    assert january in run(workspace, other_workspace, now=now)
    assert {january, february} & set(partitions.existing()) == {february}  # which one of them needs still
    assert min(in_the_log(workspace)) == "2009-02"
    assert min(in_the_log(other_workspace)) == "2009-08"
    for each, was in ((workspace, before), (other_workspace, theirs)):
        assert_all_is_right(each)
        assert told(each) == was


def test_killed_in_the_middle_it_says_the_same_and_the_next_run_goes_on(lived, other_workspace):
    before = told(lived)
    keep(lived, 6)
    retention.let_go(lived.pk, now=NOW)
    assert_all_is_right(lived)
    assert retention.remove(lived.pk, seconds=0, at_once=3)
    assert in_the_log(lived).total() == in_the_log(other_workspace).total() - 3
    assert_all_is_right(lived)
    take(lived, event("Reported", NOW, "p13"))
    assert_all_is_right(lived)
    run(lived)
    assert min(in_the_log(lived)) == "2012-08"
    assert_all_is_right(lived)
    after = told(lived)
    assert [row for row in after["completions"] if row[0] != "u:p13"] == [
        row for row in before["completions"] if row[0] != "u:p13"
    ]
    assert ("u:p13", "report", NOW, f"p13-Reported-{NOW.isoformat()}") in after["completions"]


def test_the_log_stays_whole_while_it_is_not_read(workspace, other_workspace):
    publish(workspace, at=month(20))
    keep(workspace, 12)
    append(workspace.pk, [event("Signed Up", month(13)), event("Connected", month(13) + HOUR)])
    assert not retention.let_go(workspace.pk, now=NOW)  # the ladder's history has not been taken into account
    with scope(workspace):
        Watermark.objects.create(names_counted=True)
        plan = engine.plan_of(workspace.pk)
        engine.history.catch_up(plan, engine.news.START, replay_people=engine.replay_people)
    assert run(workspace) == []
    assert workspace.log_begins_at == CUT
    assert in_the_log(workspace).total() == 2
    engine.settle(workspace.pk)
    assert set(reached(workspace)) == {"connect"}
    run(workspace)
    assert in_the_log(workspace).total() == 0
    assert_all_is_right(workspace)


def test_what_happened_lately_by_a_clock_that_is_years_behind_stays(workspace):
    publish(workspace, at=month(14))
    wrong = datetime(1999, 1, 1, tzinfo=UTC)
    late = Message("track", "m1", "Signed Up", "u:gil", client_at=wrong, occurred_at=NOW - DAY)
    take(workspace, late, event("Signed Up", wrong, "hal"))
    keep(workspace, 12)
    run(workspace)
    with scope(workspace):
        assert list(LoggedEvent.objects.values_list("message_id", flat=True)) == ["m1"]
    fold(workspace.pk)
    assert_all_is_right(workspace)


def test_a_retry_of_what_is_gone_has_no_second_effect_even_with_its_skew_measured_anew(lived):
    keep(lived, 12)
    run(lived)
    take(lived, event("Reported", CUT - DAY, "p13"))
    fold(lived.pk)
    run(lived)
    before, kept = told(lived), evidence(lived)
    again = event("Reported", CUT - DAY, "p13")
    again.occurred_at += timedelta(milliseconds=40)
    said = identify(month(13) + HOUR, "p13", plan="pro", email="p13@example.com")
    take(lived, again, said)
    fold(lived.pk)
    assert in_the_log(lived)["2012-01"] == 2
    assert evidence(lived) == kept
    assert told(lived) == before
    assert_all_is_right(lived)
    run(lived)
    assert in_the_log(lived)["2012-01"] == 0
    assert told(lived) == before


def test_something_late_from_before_counts_as_any_late_event_does(lived):
    keep(lived, 12)
    run(lived)
    late = event("Reported", CUT - DAY, "p13")
    take(lived, late)
    fold(lived.pk)
    assert reached(lived, "p13")["report"] == month(13) + 40 * DAY
    assert_all_is_right(lived)
    run(lived)
    assert_all_is_right(lived)
    assert reached(lived, "p13")["report"] == month(13) + 40 * DAY


def test_a_ladder_that_is_published_later_counts_what_happened_since_the_log_begins(lived, other_workspace):
    for each in (lived, other_workspace):
        keep(each, 12)
    retention.let_go(lived.pk, now=NOW)  # nothing is removed yet, which makes no difference
    run(other_workspace)
    later = LADDER.replace("key: start", "key: later").replace("event: Signed Up", "event: Looked")
    for each in (lived, other_workspace):
        publish(each, later, at=NOW)
        engine.settle(each.pk)
        fold(each.pk)
        with scope(each):
            people = set(Journey.objects.filter(ladder__key="later").values_list("person__key", flat=True))
        assert people == {f"u:p{number}" for number in range(13)}
        assert_all_is_right(each)
    run(lived)
    assert_all_is_right(lived)


def test_keeping_events_for_longer_again_stops_the_removal_at_once(lived):
    keep(lived, 6)
    retention.let_go(lived.pk, now=NOW)
    keep(lived, None)
    rows = in_the_log(lived)
    assert not retention.remove(lived.pk)
    assert in_the_log(lived) == rows
    lived.refresh_from_db()
    assert lived.log_begins_at == datetime(2012, 8, 1, tzinfo=UTC)
    assert_all_is_right(lived)


def test_the_database_refuses_to_remove_what_the_setting_says_is_kept(workspace):
    """Whatever the application says, by the database's own clock and the workspace's own setting."""
    publish(workspace)
    now = timezone.now()
    take(workspace, event("Signed Up", now - 100 * DAY), event("Connected", now - 40 * DAY))
    everything = {"transaction": 2**60, "row": 2**60}
    assert log_retention.remove(workspace.pk, **everything) == 0
    workspace.log_begins_at = now
    keep(workspace, None)
    assert log_retention.remove(workspace.pk, **everything) == 0
    keep(workspace, 2)
    assert log_retention.remove(workspace.pk, **everything) == 1
    assert reached(workspace) == {"connect": now - 40 * DAY}
    with scope(workspace):
        assert LoggedEvent.objects.get().event == "Connected"
    this = date(now.year, now.month, 1)
    partitions.make_ahead(now)
    assert log_retention.drop(this, **ALL_READ) == "needed"
    assert log_retention.drop(partitions.following(this), **ALL_READ) == "needed"
    assert log_retention.drop(date(2006, 5, 1), **ALL_READ) == "gone"


def test_the_application_itself_can_neither_delete_nor_drop(lived):
    for statement in ("DELETE FROM intake_event", "DELETE FROM intake_receipt", "DROP TABLE intake_event_2012_01"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_month_that_came_back_to_life_is_not_dropped_before_it_is_read(workspace, other_workspace):
    at = datetime(2007, 6, 10, tzinfo=UTC)
    publish(workspace, at=at - DAY)
    take(workspace, event("Signed Up", at))
    keep(workspace, 12)
    retention.let_go(workspace.pk, now=NOW)
    append(workspace.pk, [event("Connected", at)])
    assert date(2007, 6, 1) not in retention.drop_months()
    engine.settle(workspace.pk)
    assert date(2007, 6, 1) in retention.drop_months()
    assert set(reached(workspace)) == {"connect"}
    append(workspace.pk, [event("Reported", at)])  # the month comes again
    assert in_the_log(workspace).total() == 1


def test_a_month_in_use_is_left_for_the_next_run_and_senders_do_not_wait_for_it(workspace, other_workspace, in_thread):
    at = datetime(2008, 6, 10, tzinfo=UTC)
    publish(workspace, at=at - DAY)
    take(workspace, event("Signed Up", at))
    keep(workspace, 12)
    retention.let_go(workspace.pk, now=NOW)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM intake_event")  # a long question holds the log in use
        assert in_thread(lambda: log_retention.drop(date(2008, 6, 1), **ALL_READ)) == "busy"
        in_thread(lambda: append(other_workspace.pk, [event("Signed Up", NOW)]))
    assert date(2008, 6, 1) in retention.drop_months()


def test_receipts_go_with_their_rows(workspace):
    publish(workspace, at=month(20))
    untimed = [Message("track", f"m{n}", "Signed Up", "u:gil") for n in (1, 2)]
    for message, at in zip(untimed, (month(13), month(1)), strict=True):
        message.occurred_at = at
        append(workspace.pk, [message], received_at=at)
    engine.settle(workspace.pk)
    keep(workspace, 12)
    run(workspace)
    with scope(workspace), connection.cursor() as cursor:
        cursor.execute("SELECT message_id FROM intake_receipt WHERE workspace_id = %s", [workspace.pk])
        assert cursor.fetchall() == [("m2",)]


def test_the_task_lets_go_drops_and_has_the_rest_removed(lived, monkeypatch):
    called = []
    monkeypatch.setattr(tasks, "call", lambda *arguments, **_: called.append(arguments))
    monkeypatch.setattr(tasks.timezone, "now", lambda: NOW)
    keep(lived, 12)
    tasks.retain()
    assert ("progress.expire", lived.pk) in called
    tasks.expire(lived.pk)
    lived.refresh_from_db()
    assert (lived.log_begins_at, min(in_the_log(lived))) == (CUT, "2012-02")


@pytest.mark.parametrize(
    ("now", "months", "begins"),
    [
        (datetime(2026, 3, 2, tzinfo=UTC), 1, datetime(2026, 2, 1, tzinfo=UTC)),
        (datetime(2026, 3, 31, 23, 59, tzinfo=UTC), 12, datetime(2025, 3, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), 120, datetime(2016, 1, 1, tzinfo=UTC)),
        (datetime(2026, 1, 1, tzinfo=UTC), None, None),
    ],
)
def test_events_are_kept_for_so_many_whole_months_and_the_current_one(make_workspace, now, months, begins):
    assert make_workspace("Acme", keep_events_months=months).keeps_events_from(now) == begins


@pytest.mark.parametrize("seed", range(3))
def test_in_whatever_order_messages_come_and_events_go_nothing_is_told_otherwise(workspace, other_workspace, seed):
    """The same stream, late and doubled messages included, with a removal now and then and without any."""
    rng = random.Random(seed)
    for each in (workspace, other_workspace):
        publish(each, at=month(14) - DAY)
    stream = []
    for number in range(25):
        start, who = month(14) + rng.uniform(0, 360) * DAY, f"p{number}"
        stream += [
            Message("track", f"v{number}", "Signed Up", f"a:b{number}", client_at=start, occurred_at=start),
            identify(start + HOUR, who, plan=rng.choice(["free", "pro"])),
            *(
                event(name, start + rng.uniform(0, 60) * DAY, who, **rng.choice([{}, {"anonymous_id": f"b{number}"}]))
                for name in ("Connected", "Reported", "Reported")
            ),
        ]
    stream += rng.choices(stream, k=40)
    rng.shuffle(stream)
    keep(workspace, 3)
    while stream:
        batch, stream = stream[:13], stream[13:]
        for each in (workspace, other_workspace):
            take(each, *batch)
        if rng.random() < 0.3:
            retention.let_go(workspace.pk, now=NOW - rng.uniform(0, 200) * DAY)
        if rng.random() < 0.4:
            retention.remove(workspace.pk, seconds=0, at_once=rng.randrange(1, 40))
    run(workspace)
    for each in (workspace, other_workspace):
        fold(each.pk)
        assert_all_is_right(each)
    with_removal, without = told(workspace), told(other_workspace)
    assert with_removal.pop("names") != without.pop("names")
    assert with_removal == without
    assert in_the_log(workspace).total() < in_the_log(other_workspace).total()
