"""The engine by scenes: what changes when something is late, repeated, renamed, republished or declared anew."""

from contextlib import closing, contextmanager
from datetime import timedelta

import psycopg2
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from milestones.ladders.models import Ladder
from onboarding.intake.log import append
from onboarding.intake.message import Message
from onboarding.people.models import Person
from onboarding.progress import engine
from onboarding.progress.models import Completion, Journey, Unlock
from tests.onboarding.progress.scenes import (
    LADDER,
    assert_counts_follow_from_the_log,
    event,
    identify,
    publish,
    reached,
    take,
)
from workspaces.scope import scope


def test_an_event_completes_a_rung_and_unlocks_its_feature(workspace, clock):
    publish(workspace)
    take(workspace, event("Signed Up", clock), event("Connected", clock + timedelta(hours=1)))
    assert reached(workspace) == {"connect": clock + timedelta(hours=1)}
    with scope(workspace):
        assert Unlock.objects.get().feature == "dashboards"
    assert_counts_follow_from_the_log(workspace)


def test_a_late_event_moves_the_completion_back(workspace, clock):
    publish(workspace)
    take(workspace, event("Signed Up", clock), event("Connected", clock + timedelta(hours=5)))
    take(workspace, event("Connected", clock + timedelta(hours=2)))
    assert reached(workspace) == {"connect": clock + timedelta(hours=2)}
    assert_counts_follow_from_the_log(workspace)


def test_a_late_sign_up_that_is_earlier_moves_the_start(workspace, clock):
    publish(workspace)
    take(workspace, event("Signed Up", clock), event("Connected", clock + timedelta(hours=5)))
    take(workspace, event("Signed Up", clock - timedelta(days=3)))
    with scope(workspace):
        assert Journey.objects.get().started_at == clock - timedelta(days=3)
    assert_counts_follow_from_the_log(workspace)


def test_visitors_climb_nothing_until_they_say_who_they_are_and_then_keep_their_evidence(workspace, clock):
    publish(workspace)
    visit = Message("track", "v1", "Signed Up", "a:browser", client_at=clock, occurred_at=clock)
    take(workspace, visit)
    with scope(workspace):
        assert not Journey.objects.exists()
    take(workspace, event("Connected", clock + timedelta(hours=1), anonymous_id="browser"))
    assert set(reached(workspace)) == {"connect"}
    with scope(workspace):
        assert not Person.objects.filter(key="a:browser").exists()
    assert_counts_follow_from_the_log(workspace)


def test_a_shared_browser_stays_with_whoever_logged_in_first_even_if_that_arrives_last(workspace, clock):
    publish(workspace)
    visit = Message("track", "v1", "Signed Up", "a:browser", client_at=clock, occurred_at=clock)
    take(workspace, visit, event("Connected", clock + timedelta(hours=9), "hal", anonymous_id="browser"))
    assert set(reached(workspace, "hal")) == {"connect"}
    take(workspace, event("Connected", clock + timedelta(hours=1), "gil", anonymous_id="browser"))
    assert reached(workspace, "hal") == {}
    assert set(reached(workspace, "gil")) == {"connect"}
    assert_counts_follow_from_the_log(workspace)


def test_publishing_later_counts_history_and_a_new_version_concerns_newcomers(workspace, clock):
    take(workspace, event("Signed Up", clock), event("Connected", clock + timedelta(hours=1)))
    publish(workspace, at=clock + timedelta(days=1))
    engine.settle(workspace.pk)
    assert set(reached(workspace)) == {"connect"}
    publish(workspace, LADDER.replace("{event: Connected}", "{event: Linked}"), at=clock + timedelta(days=2))
    later = clock + timedelta(days=3)
    take(workspace, event("Signed Up", later, "hal"), event("Connected", later, "hal"), event("Linked", later, "hal"))
    with scope(workspace):
        versions = dict(Journey.objects.values_list("person__external_id", "version__number"))
    assert versions == {"gil": 1, "hal": 2}
    assert set(reached(workspace)) == set(reached(workspace, "hal")) == {"connect"}
    assert_counts_follow_from_the_log(workspace)


def test_archiving_a_ladder_keeps_what_there_is_and_lets_nobody_begin(workspace, clock):
    publish(workspace)
    take(workspace, event("Signed Up", clock), event("Connected", clock))
    archived_at = clock + timedelta(days=1)
    with scope(workspace):
        Ladder.objects.get().close(at=archived_at)
    take(
        workspace,
        event("Reported", archived_at),
        event("Reported", archived_at + timedelta(hours=1)),
        event("Signed Up", archived_at - timedelta(microseconds=1), "hal"),
        event("Signed Up", archived_at, "ida"),
    )
    assert set(reached(workspace)) == {"connect", "report"}
    with scope(workspace):
        assert set(Journey.objects.values_list("person__external_id", flat=True)) == {"gil", "hal"}
    assert_counts_follow_from_the_log(workspace)
    with scope(workspace):
        Ladder.objects.get().reopen(at=archived_at + timedelta(days=1))
    engine.settle(workspace.pk)
    with scope(workspace):
        assert set(Journey.objects.values_list("person__external_id", flat=True)) == {"gil", "hal", "ida"}
    assert_counts_follow_from_the_log(workspace)


def test_a_new_segment_splits_everybody_by_what_they_were_at_the_start(workspace, clock):
    publish(workspace)
    take(
        workspace,
        event("Signed Up", clock),
        identify(clock + timedelta(seconds=1), plan="free", size="small"),
        identify(clock + timedelta(days=1), plan="pro", size="large"),
    )
    workspace.segments = ["plan", "size"]
    workspace.save()
    engine.settle(workspace.pk)
    with scope(workspace):
        assert Journey.objects.get().segment == {"plan": "free", "size": "small"}
    assert_counts_follow_from_the_log(workspace)


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles"])
def test_another_time_zone_moves_everybodys_days(workspace, clock, zone):
    publish(workspace)
    take(
        workspace,
        event("Signed Up", clock),
        event("Connected", clock + timedelta(hours=10)),
        event("Signed Up", clock - timedelta(hours=9), "hal"),
        event("Connected", clock + timedelta(hours=13), "hal"),
    )
    workspace.time_zone = zone
    workspace.save()
    engine.settle(workspace.pk)
    assert_counts_follow_from_the_log(workspace)


def test_someone_who_is_done_costs_no_replay_however_long_their_history(workspace, clock):
    publish(workspace)
    take(
        workspace,
        event("Signed Up", clock),
        *(event("Connected", clock + timedelta(minutes=m)) for m in range(50)),
        event("Reported", clock + timedelta(hours=1)),
        event("Reported", clock + timedelta(hours=2)),
    )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        take(workspace, event("Reported", clock + timedelta(hours=3)))
    assert not any("FROM progress_activity" in query["sql"] for query in queries)
    with CaptureQueriesContext(connection) as queries:
        take(workspace, event("Reported", clock + timedelta(minutes=90)))
    assert any("FROM progress_activity" in query["sql"] for query in queries)
    assert reached(workspace)["report"] == clock + timedelta(minutes=90)


def test_workspaces_do_not_share_people_or_progress(workspace, other_workspace, clock):
    publish(workspace)
    publish(other_workspace)
    take(workspace, event("Signed Up", clock), event("Connected", clock))
    take(other_workspace, event("Signed Up", clock))
    assert set(reached(workspace)) == {"connect"}
    assert reached(other_workspace) == {}


def test_nothing_is_skipped_behind_a_transaction_that_commits_late(workspace, clock):
    """A row with a smaller id and transaction appears after the engine has passed by."""
    import threading

    from django.db import connections

    publish(workspace)
    written, go_on = threading.Event(), threading.Event()

    def slowly():
        with scope(workspace):
            append(workspace.pk, [event("Signed Up", clock)])
            written.set()
            go_on.wait(20)
        connections.close_all()

    slow = threading.Thread(target=slowly)
    slow.start()
    written.wait(20)
    append(workspace.pk, [event("Connected", clock + timedelta(hours=1))])
    advanced = engine.advance(workspace.pk)
    assert (advanced.messages, advanced.more_to_come) == (0, True)
    go_on.set()
    slow.join()
    engine.settle(workspace.pk)
    assert set(reached(workspace)) == {"connect"}
    assert_counts_follow_from_the_log(workspace)


def test_two_engines_at_once_take_each_message_once(workspace, clock):
    import threading

    from django.db import connections

    publish(workspace)
    append(workspace.pk, [event("Signed Up", clock + timedelta(seconds=n), f"user-{n}") for n in range(300)])
    taken = []

    def run():
        taken.append(engine.advance(workspace.pk, batch=20).messages)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.append(engine.settle(workspace.pk).messages)
    assert sum(taken) == 300
    assert_counts_follow_from_the_log(workspace)


def test_a_worker_does_not_wait_for_another_that_is_at_work_on_the_workspace(
    workspace, other_workspace, clock, monkeypatch
):
    """Even if that one froze: what is to be done is looked for again, and other workspaces are served."""
    from onboarding.progress import tasks
    from onboarding.progress.models import Watermark

    called = []
    monkeypatch.setattr(tasks, "call", lambda task, workspace_id, **how: called.append((task, workspace_id, how)))
    for tenant in (workspace, other_workspace):
        publish(tenant)
        append(tenant.pk, [event("Signed Up", clock), event("Connected", clock + timedelta(hours=1))])
    with another_connection() as frozen:
        frozen.execute("SELECT set_config('app.workspace_id', %s, true)", [str(workspace.pk)])
        frozen.execute(
            "INSERT INTO progress_watermark (workspace_id, transaction, row, names_counted) VALUES (%s, 0, 0, false)",
            [workspace.pk],
        )
        frozen.connection.commit()
        frozen.execute("SELECT set_config('app.workspace_id', %s, true)", [str(workspace.pk)])
        frozen.execute("SELECT 1 FROM progress_watermark WHERE workspace_id = %s FOR UPDATE", [workspace.pk])
        tasks.advance(workspace.pk)
        tasks.advance(other_workspace.pk)
    assert called == [("progress.advance", workspace.pk, {"countdown": tasks.LOOK_AGAIN_SECONDS})]
    assert reached(workspace) == {}
    assert reached(other_workspace) == {"connect": clock + timedelta(hours=1)}
    tasks.advance(workspace.pk)
    assert reached(workspace) == {"connect": clock + timedelta(hours=1)}
    with scope(workspace):
        assert Watermark.objects.count() == 1


def test_a_process_that_froze_in_a_transaction_loses_it_after_five_minutes():
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("5min",)


@contextmanager
def another_connection():
    """A cursor of a process of its own, as PostgreSQL sees it."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    with closing(psycopg2.connect(**parameters)) as another, another.cursor() as cursor:
        yield cursor


def alias(former, user, at):
    return event("", at, user, type="alias", previous_id=former, message_id=f"alias-{former}-{user}")


def test_a_chain_of_aliases_said_in_three_batches_ends_in_one_person(workspace, clock):
    publish(workspace)
    take(workspace, event("Signed Up", clock, "b"))
    take(workspace, alias("b", "c", clock + timedelta(hours=1)))
    take(workspace, alias("c", "d", clock + timedelta(hours=2)))
    take(workspace, event("Connected", clock + timedelta(hours=3), "b", anonymous_id="browser"))
    assert set(reached(workspace, "d")) == {"connect"}
    assert_counts_follow_from_the_log(workspace)


def test_a_ring_of_aliases_is_its_first_user(workspace, clock):
    publish(workspace)
    take(workspace, event("Signed Up", clock, "1"))
    take(workspace, alias("1", "2", clock + timedelta(hours=1)))
    take(workspace, alias("2", "1", clock + timedelta(hours=2)))
    take(workspace, event("Connected", clock + timedelta(hours=3), "1", anonymous_id="browser"))
    assert set(reached(workspace, "1")) == {"connect"}
    assert_counts_follow_from_the_log(workspace)


def test_one_event_serves_one_step_of_the_funnel_even_with_a_trait_between(workspace, clock):
    ladder = (
        LADDER.replace("{event: Reported, at_least: 2}", "{trait: plan, equals: pro}")
        + """
    - milestone: {key: again, name: Again, purpose: Again., criterion: {event: Connected}}
      phase: core
"""
    )
    publish(workspace, ladder)
    take(workspace, event("Signed Up", clock), identify(clock, plan="pro"), event("Connected", clock))
    with scope(workspace):
        in_order = dict(Completion.objects.values_list("rung_key", "in_order_at"))
    assert in_order == {"connect": clock, "report": clock, "again": None}


def test_the_same_message_id_at_two_times_is_two_messages_in_one_batch_or_in_two(workspace, other_workspace, clock):
    twice = [event("Connected", clock + timedelta(hours=h), message_id="same") for h in (1, 2)]
    assert append(workspace.pk, twice).stored == 2
    assert sum(append(other_workspace.pk, [message]).stored for message in twice) == 2
    assert append(workspace.pk, twice).duplicates == 2


@pytest.mark.every_workspace
def test_the_sweep_calls_the_engine_only_where_it_is_behind(workspace, other_workspace, clock, monkeypatch):
    from onboarding.progress import tasks

    publish(workspace)
    publish(other_workspace)
    take(other_workspace, event("Signed Up", clock))
    engine.settle(workspace.pk)
    append(workspace.pk, [event("Signed Up", clock)])
    called = []
    monkeypatch.setattr(tasks, "call", lambda task, workspace_id, **_: called.append(workspace_id))
    tasks.sweep()
    assert workspace.pk in called
    assert other_workspace.pk not in called


def test_what_is_done_out_of_order_can_still_be_reached_in_order(workspace, clock):
    publish(workspace)
    take(
        workspace,
        event("Signed Up", clock),
        *(event("Reported", clock + timedelta(hours=hour)) for hour in (1, 2)),
        event("Connected", clock + timedelta(hours=3)),
    )
    take(workspace, event("Reported", clock + timedelta(hours=4)))
    take(workspace, event("Reported", clock + timedelta(hours=5)))
    with scope(workspace):
        report = Completion.objects.get(rung_key="report")
    assert (report.completed_at, report.in_order_at) == (clock + timedelta(hours=2), clock + timedelta(hours=5))
    assert_counts_follow_from_the_log(workspace)


def test_a_feature_goes_with_the_completion_that_a_late_event_takes_away(workspace, clock):
    publish(workspace, LADDER.replace("{event: Connected}", "{event: Connected, within: 2 days}"))
    take(workspace, event("Signed Up", clock), event("Connected", clock + timedelta(days=1)))
    with scope(workspace):
        assert Unlock.objects.count() == 1
    take(workspace, event("Signed Up", clock - timedelta(days=3)))
    assert reached(workspace) == {}
    with scope(workspace):
        assert Unlock.objects.count() == 0
    assert_counts_follow_from_the_log(workspace)
