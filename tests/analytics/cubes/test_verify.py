import random
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from analytics.cubes.fold import fold
from analytics.cubes.models import Cell
from analytics.cubes.verify import differences
from onboarding.progress.models import AccountTraitValue, Completion, CubeDelta, Journey
from tests.analytics.events import climb, group, send, track
from workspaces.scope import scope

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def climbed(workspace, publish, clock):
    """Acme, where gil, hal and ida have begun, and got to different rungs."""
    publish(workspace)
    start = clock - 20 * DAY
    send(workspace, climb("gil", start, plan="pro", connect=HOUR, invite=2 * HOUR, report=3 * HOUR))
    send(workspace, climb("hal", start + DAY, plan="free", invite=HOUR, connect=2 * DAY))
    send(workspace, climb("ida", start + 5 * DAY))
    return workspace


def test_what_the_engine_keeps_is_what_the_log_says(climbed):
    with scope(climbed):
        assert Cell.objects.filter(measure="began").count() == 3
        assert Cell.objects.filter(measure="completed").count() == 5
        assert Cell.objects.filter(measure="in_order").count() == 4
        assert Cell.objects.filter(measure="finished").count() == 1
    assert list(differences(climbed)) == []


def of_cells(workspace):
    """What is said of the cells themselves, not of the sheets that follow from them."""
    return [line for line in differences(workspace) if not line.startswith("Sheets")]


def test_what_waits_to_be_folded_counts_already(climbed, clock):
    with scope(climbed):
        cell = Cell.objects.filter(measure="began").first()
        key = {
            f: getattr(cell, f)
            for f in ("version_id", "measure", "rung_key", "segment", "cohort_on", "reached_on", "elapsed_s")
        }
        Cell.objects.filter(pk=cell.pk).delete()
        CubeDelta.objects.create(**key, n=cell.n)
    assert of_cells(climbed) == []


def test_a_cell_that_counts_too_many_is_named(climbed):
    with scope(climbed):
        Cell.objects.filter(measure="finished").update(n=F("n") + 1)
    (found,) = of_cells(climbed)
    assert "finished (whole ladder)" in found
    assert found.endswith("counted 2, the log says 1.")


def test_a_cell_that_is_missing_is_named(climbed):
    with scope(climbed):
        Cell.objects.filter(measure="completed", rung_key="report").delete()
    (found,) = of_cells(climbed)
    assert "completed report" in found
    assert found.endswith("counted 0, the log says 1.")


def test_an_empty_cell_that_was_left_behind_is_named(climbed):
    with scope(climbed):
        cell = Cell.objects.filter(measure="began").first()
        Cell.objects.create(
            version_id=cell.version_id,
            measure="began",
            segment={"plan": "gone"},
            segment_hash=cell.segment_hash,
            cohort_on=cell.cohort_on - DAY,
            reached_on=cell.reached_on,
            elapsed_s=0,
            n=0,
        )
    assert [line for line in differences(climbed) if "count nobody" in line]


def test_a_completion_that_nobody_made_is_named(climbed):
    with scope(climbed):
        journey = Journey.objects.get(person__external_id="ida")
        Completion.objects.create(journey=journey, rung_key="connect", completed_at=journey.started_at)
    assert any("rung connect" in line for line in differences(climbed))


def test_shuffled_doubled_and_late_events_leave_no_difference(workspace, publish, clock):
    publish(workspace)
    rng = random.Random(11)
    log = [
        message
        for number in range(30)
        for message in climb(
            f"p{number}",
            clock - rng.uniform(1, 60) * DAY,
            plan=rng.choice(["free", "pro"]),
            **{rung: rng.uniform(0, 20) * DAY for rung in ("connect", "invite", "report") if rng.random() < 0.7},
        )
    ]
    log += rng.choices(log, k=30)
    rng.shuffle(log)
    while log:
        batch, log = log[:17], log[17:]
        send(workspace, batch)
    assert list(differences(workspace)) == []


def test_a_late_sign_up_moves_a_person_to_another_cohort_without_a_trace(climbed, clock):
    send(climbed, [track("ida", "Signed Up", clock - 40 * DAY)])
    with scope(climbed):
        began = Cell.objects.filter(measure="began").values_list("cohort_on", "n")
        assert sum(n for _, n in began) == 3
        assert (clock - 40 * DAY).date() in dict(began)
    assert list(differences(climbed)) == []


def test_a_value_of_an_account_that_nobody_said_is_named(climbed, clock):
    climbed.values = ["seats"]
    climbed.save()
    at = clock - 15 * DAY
    send(climbed, [group("gil", at, "firm", seats=5), group("gil", at + DAY, "firm", seats=8)])
    assert list(differences(climbed)) == []
    with scope(climbed):
        AccountTraitValue.objects.filter(value=8).update(value=80)
    [sentence] = differences(climbed)
    assert sentence == "Of account firm, 1 values are kept otherwise than the log says."


def test_the_command_ends_well_when_all_is_well(climbed, capsys):
    call_command("verify", workspace=climbed.slug)
    assert "No difference" in capsys.readouterr().out


def test_the_command_prints_differences_up_to_the_limit_and_fails(climbed, capsys):
    with scope(climbed):
        Cell.objects.update(n=F("n") + 1)
    with pytest.raises(SystemExit) as ended:
        call_command("verify", workspace=climbed.slug, limit=2)
    lines = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert len(lines) == 3
    assert lines[-1] == "There are more than 2 differences."


def test_the_command_names_an_unknown_workspace():
    with pytest.raises(CommandError, match="no workspace “nowhere”"):
        call_command("verify", workspace="nowhere")


def test_another_workspace_does_not_disturb(climbed, other_workspace, publish, clock):
    publish(other_workspace)
    send(other_workspace, climb("gil", clock - DAY, connect=HOUR))
    fold(other_workspace.pk)
    assert list(differences(climbed)) == []
    assert list(differences(other_workspace)) == []
