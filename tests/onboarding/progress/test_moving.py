"""People who are moved to a new version, by scenes: what they keep, what they gain, what they are shown."""

from datetime import timedelta

import pytest

from onboarding.intake.log import append
from onboarding.progress import engine
from onboarding.progress.models import Completion, CubeDelta, Journey, Unlock
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

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
INVITE = """
    - milestone: {key: invite, name: Invite, purpose: Invite., unlock: limits, criterion: {event: Invited}}
      phase: core
"""
LINKED = LADDER.replace("{event: Connected}", "{event: Linked}")
ONLY_REPORT = (
    LADDER[: LADDER.index("    - milestone: {key: connect")] + LADDER[LADDER.index("    - milestone: {key: rep") :]
)


@pytest.fixture
def under_way(workspace, clock):
    """Version 1 is published; gil began two days ago and connected a day ago; hal began and did nothing."""
    publish(workspace, at=clock - 9 * DAY)
    take(
        workspace,
        event("Signed Up", clock - 2 * DAY),
        event("Connected", clock - DAY),
        event("Signed Up", clock - 2 * DAY, "hal"),
    )
    return workspace


def republish(workspace, text, at, *, moves=True):
    publish(workspace, text, at=at, moves=moves)
    engine.settle(workspace.pk)
    assert_counts_follow_from_the_log(workspace)


def journey(workspace, user="gil"):
    with scope(workspace):
        return Journey.objects.select_related("version", "began_version").get(person__external_id=user)


def versions(workspace, user="gil"):
    found = journey(workspace, user)
    return found.began_version.number, found.version.number


def test_people_under_way_stay_on_their_version_unless_they_are_moved(under_way, clock):
    republish(under_way, LINKED, clock, moves=False)
    assert versions(under_way) == (1, 1)
    republish(under_way, LADDER + INVITE, clock + DAY)
    assert versions(under_way) == (1, 3)


def test_a_done_rung_is_kept_by_its_key_at_its_time_with_its_evidence_whatever_the_new_criterion_says(under_way, clock):
    republish(under_way, LINKED, clock)
    with scope(under_way):
        kept = Completion.objects.get(journey__person__external_id="gil", rung_key="connect")
    assert kept.completed_at == clock - DAY
    assert kept.message_id == f"gil-Connected-{(clock - DAY).isoformat()}"
    assert reached(under_way, "hal") == {}


def test_what_is_not_done_is_judged_by_the_new_version_from_the_journeys_start(under_way, clock):
    take(
        under_way,
        event("Linked", clock - 3 * DAY, "hal"),  # before the start
        event("Invited", clock - DAY, "hal"),
        event("Linked", clock - 5 * HOUR, "hal"),
    )
    republish(under_way, LINKED + INVITE, clock)
    assert reached(under_way, "hal") == {"connect": clock - 5 * HOUR, "invite": clock - DAY}


def test_what_the_old_version_asked_for_counts_no_more_after_the_move(under_way, clock):
    republish(under_way, LINKED, clock)
    take(under_way, event("Connected", clock + HOUR + MINUTE, "hal"))
    assert reached(under_way, "hal") == {}
    take(under_way, event("Linked", clock + 2 * HOUR, "hal"))
    assert reached(under_way, "hal") == {"connect": clock + 2 * HOUR}
    assert_counts_follow_from_the_log(under_way)


def test_a_late_event_from_before_the_move_counts_as_if_it_had_come_in_time(under_way, clock):
    republish(under_way, LINKED, clock)
    take(under_way, event("Connected", clock - HOUR, "hal"))
    assert reached(under_way, "hal") == {"connect": clock - HOUR}
    assert_counts_follow_from_the_log(under_way)


def test_what_a_clock_that_runs_ahead_had_reached_is_not_lost(under_way, clock):
    take(under_way, event("Connected", clock + 50 * MINUTE, "hal"))
    republish(under_way, LINKED, clock)
    assert reached(under_way, "hal") == {"connect": clock + 50 * MINUTE}
    take(under_way, event("Linked", clock + 20 * MINUTE, "hal"))
    assert reached(under_way, "hal") == {"connect": clock + 20 * MINUTE}
    assert_counts_follow_from_the_log(under_way)


def test_a_rung_that_the_new_version_lacks_stays_done_and_counts_when_it_comes_back(under_way, clock):
    republish(under_way, ONLY_REPORT, clock)
    assert reached(under_way) == {"connect": clock - DAY}
    republish(under_way, LINKED, clock + DAY)
    assert versions(under_way) == (1, 3)
    take(under_way, event("Reported", clock + 2 * DAY), event("Reported", clock + 3 * DAY))
    assert journey(under_way).finished_at == clock + 3 * DAY


def test_whoever_has_finished_stays_finished_is_shown_what_they_finished_and_gathers_what_is_new(under_way, clock):
    take(under_way, event("Reported", clock - 3 * HOUR), event("Reported", clock - 2 * HOUR))
    republish(under_way, LINKED + INVITE, clock)
    assert versions(under_way) == (1, 1)
    assert journey(under_way).finished_at == clock - 2 * HOUR
    take(under_way, event("Invited", clock + 5 * DAY))
    assert reached(under_way)["invite"] == clock + 5 * DAY
    assert journey(under_way).finished_at == clock - 2 * HOUR
    with scope(under_way):
        features = set(Unlock.objects.filter(person__external_id="gil").values_list("feature", flat=True))
    assert features == {"dashboards", "limits"}
    assert_counts_follow_from_the_log(under_way)


def test_to_be_moved_can_mean_to_have_finished(under_way, clock):
    republish(under_way, LADDER[: LADDER.index("    - milestone: {key: report")] + "      first_value: true\n", clock)
    assert versions(under_way) == (1, 2)
    assert journey(under_way).finished_at == clock - DAY
    assert journey(under_way).first_value_at == clock - DAY
    assert journey(under_way, "hal").finished_at is None


def test_first_value_stays_at_its_time_though_the_new_version_marks_another_rung(under_way, clock):
    take(under_way, event("Reported", clock - 3 * HOUR), event("Reported", clock - 2 * HOUR))
    take(under_way, event("Connected", clock - HOUR, "hal"))
    marked = LADDER.replace("      first_value: true\n", "").replace(
        "quick wins\n", "quick wins\n      first_value: true\n"
    )
    republish(under_way, marked + INVITE, clock)
    assert journey(under_way).first_value_at == clock - 2 * HOUR
    assert journey(under_way, "hal").first_value_at == clock - HOUR


def test_a_feature_once_unlocked_stays_so_and_the_new_versions_is_added(under_way, clock):
    republish(under_way, LADDER.replace("unlock: dashboards", "unlock: boards"), clock)
    take(under_way, event("Connected", clock + 2 * HOUR, "hal"))
    with scope(under_way):
        unlocked = list(Unlock.objects.order_by("person", "feature").values_list("person__external_id", "feature"))
    assert unlocked == [("gil", "boards"), ("gil", "dashboards"), ("hal", "boards")]
    assert_counts_follow_from_the_log(under_way)


def test_rolling_back_takes_nothing_of_what_was_done_in_between(under_way, clock):
    republish(under_way, LINKED + INVITE, clock)
    take(under_way, event("Linked", clock + 2 * DAY, "hal"), event("Invited", clock + 2 * DAY, "hal"))
    republish(under_way, LADDER, clock + 3 * DAY)
    assert versions(under_way, "hal") == (1, 3)
    assert reached(under_way, "hal") == {"connect": clock + 2 * DAY, "invite": clock + 2 * DAY}
    assert reached(under_way) == {"connect": clock - DAY}


def test_newcomers_begin_on_the_newest_version_and_are_moved_from_there(under_way, clock):
    republish(under_way, LADDER + INVITE, clock, moves=False)
    take(under_way, event("Signed Up", clock, "ida"), event("Invited", clock + HOUR, "ida"))
    republish(under_way, LINKED, clock + DAY)
    assert [versions(under_way, user) for user in ("gil", "hal", "ida")] == [(1, 3), (1, 3), (2, 3)]
    assert reached(under_way, "ida") == {"invite": clock + HOUR}


def test_a_step_of_the_funnel_counts_in_the_order_of_the_version_that_they_began_on(under_way, clock):
    reversed_funnel = LINKED.replace("  rungs:\n", "  funnel: [report, connect]\n  rungs:\n")
    republish(under_way, reversed_funnel, clock)
    take(
        under_way,
        event("Linked", clock + 2 * HOUR, "hal"),
        *(event("Reported", clock + hours * HOUR, user) for user in ("gil", "hal") for hours in (3, 4)),
    )
    with scope(under_way):
        found = Completion.objects.values_list("journey__person__external_id", "rung_key", "in_order_at")
        in_order = {(user, rung): at for user, rung, at in found}
    assert in_order == {
        ("gil", "connect"): clock - DAY,
        ("gil", "report"): clock + 4 * HOUR,
        ("hal", "connect"): clock + 2 * HOUR,
        ("hal", "report"): clock + 4 * HOUR,
    }


def test_people_count_for_ever_under_the_version_that_they_began_on(under_way, clock):
    republish(under_way, LINKED, clock)
    take(under_way, event("Linked", clock + DAY, "hal"), event("Signed Up", clock + DAY, "ida"))
    take(under_way, *(event("Reported", clock + hours * HOUR) for hours in (3, 4)))
    with scope(under_way):
        counted = {}
        for number, measure, rung, n in CubeDelta.objects.values_list("version__number", "measure", "rung_key", "n"):
            counted[number, measure, rung] = counted.get((number, measure, rung), 0) + n
    assert {cell: n for cell, n in counted.items() if n} == {
        (1, "began", ""): 2,
        (1, "completed", "connect"): 2,
        (1, "in_order", "connect"): 2,
        (1, "completed", "report"): 1,
        (1, "in_order", "report"): 1,
        (1, "value", ""): 1,
        (1, "finished", ""): 1,
        (2, "began", ""): 1,
    }


def test_whom_nothing_can_change_any_more_costs_no_replay_after_a_move_either(under_way, clock, assert_replays):
    republish(under_way, LINKED + INVITE, clock)
    take(under_way, event("Reported", clock + 2 * HOUR), event("Reported", clock + 3 * HOUR))
    with assert_replays(False):
        take(under_way, event("Connected", clock + 4 * HOUR), event("Connected", clock + 4 * HOUR, "hal"))
        take(under_way, event("Reported", clock + 5 * HOUR))
    with assert_replays(True):
        take(under_way, event("Invited", clock + 6 * HOUR))
    assert_counts_follow_from_the_log(under_way)


def test_a_move_is_not_taken_into_account_before_its_publication_is(under_way, clock):
    append(under_way.pk, [identify(clock, "hal", plan="pro")])
    publish(under_way, LADDER + INVITE, at=clock, moves=True)
    assert engine.is_behind(under_way.pk)
    engine.settle(under_way.pk)
    assert not engine.is_behind(under_way.pk)
    assert versions(under_way) == (1, 2)
