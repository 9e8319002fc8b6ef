"""A real event stream through all of it: import, engine, cubes and metrics, by processes as in production, equals a
plain count of the same lines, however the lines arrive and whatever is killed meanwhile.
"""

import io
import json
import os
import random
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from analytics.cubes.fold import fold
from milestones.ladders.exchange import import_ladder
from milestones.ladders.yaml_text import load
from onboarding.intake.models import LoggedEvent
from onboarding.progress import engine
from onboarding.progress.grades import grade
from onboarding.progress.models import Journey
from tests.processes import celery_worker, manage, wait_until
from tests.travel import stream
from workspaces.scope import scope

LADDER = Path(__file__).with_name("ladder.yaml")


@pytest.fixture
def traveller(make_workspace, clock):
    """A workspace in which the travel ladder is published."""
    workspace = make_workspace("Travel")
    with scope(workspace):
        import_ladder(load(LADDER.read_text()), by=None).ladder.publish(by=None, at=clock)
    return workspace


def small() -> list[str]:
    return stream.own()


def slice_of_the_file() -> list[str]:
    path = stream.whole_file()
    if path is None:
        return stream.own(people=900, seed=11)
    return stream.every(stream.lines_of(path), 40)


def whole() -> list[str]:
    path = stream.whole_file()
    if path is None:
        assert not os.environ.get("CI"), "CI must have ../shared/data/travel.jsonl.gz"
        pytest.skip("The travel stream is not beside the project; the slices stand for it")
    return stream.lines_of(path)


@pytest.fixture
def written(tmp_path) -> Callable[..., Path]:
    def write(lines: list[str], name: str) -> Path:
        path = tmp_path / name
        path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        return path

    return write


def imported(workspace, *paths: Path) -> list[str]:
    """Import the files, all at once, each by a process of its own. Returns what the processes said."""
    running = [manage("import_events", str(path), "--workspace", workspace.slug) for path in paths]
    return [_said(process) for process in running]


def _said(process: subprocess.Popen[bytes]) -> str:
    said = process.communicate(timeout=300)[0].decode()
    assert process.returncode == 0, said
    return said


def measured(workspace) -> None:
    """Let the engine and the cubes come up to date here."""
    engine.settle(workspace.pk, seconds=300)
    fold(workspace.pk)


def numbers(workspace, window: int) -> dict:
    out = io.StringIO()
    call_command(
        "metrics", "--workspace", workspace.slug, "--ladder", "traveller", "--window", str(window), "--format", "json",
        stdout=out,
    )  # fmt: skip
    return json.loads(out.getvalue())


def assert_numbers_are(workspace, truth: stream.Truth) -> None:
    for window, steps in truth.funnel.items():
        found = numbers(workspace, window)
        assert [step["people"] for step in found["funnel"]["steps"]] == [truth.began, *steps]
    rungs = {rung["rung"]: rung for rung in found["rungs"]}
    assert {key: rung["people"] for key, rung in rungs.items()} == truth.reached
    for key, median in truth.median_s.items():
        # Told in steps (analytics/cubes/steps.py): never below the truth, and above it by less than a step.
        told = rungs[key]["median_of_those_who_reached_s"]
        assert median <= told <= median * 1.04 + 1, key


def assert_nothing_differs_from_the_log(workspace) -> None:
    out = io.StringIO()
    call_command("verify", "--workspace", workspace.slug, stdout=out)
    assert "No difference" in out.getvalue()


# The slice every day by the test of the killed worker, which imports the same lines in another order.
@pytest.mark.parametrize("lines_of", [small, pytest.param(slice_of_the_file, marks=pytest.mark.exhaustive)])
def test_a_slice_equals_a_plain_count(traveller, written, lines_of):
    lines = lines_of()
    imported(traveller, written(lines, "all.jsonl"))
    measured(traveller)
    assert_numbers_are(traveller, stream.count(lines))
    assert_nothing_differs_from_the_log(traveller)


def test_importing_twice_changes_nothing(traveller, written):
    lines = small()
    path = written(lines, "all.jsonl")
    imported(traveller, path)
    measured(traveller)
    with scope(traveller):
        before = (LoggedEvent.objects.count(), list(Journey.objects.order_by("pk").values()))
    assert f"0 stored, {len(lines):,} there already" in imported(traveller, path)[0]
    measured(traveller)
    with scope(traveller):
        assert (LoggedEvent.objects.count(), list(Journey.objects.order_by("pk").values())) == before
    assert_numbers_are(traveller, stream.count(lines))


def test_the_order_of_the_lines_does_not_matter(traveller, written):
    lines = small()
    shuffled = random.Random(3).sample(lines, len(lines))
    imported(traveller, written(shuffled, "shuffled.jsonl"))
    measured(traveller)
    assert_numbers_are(traveller, stream.count(lines))


def test_two_halves_at_once_that_overlap(traveller, written):
    lines = small()
    third = len(lines) // 3
    imported(traveller, written(lines[: 2 * third], "first.jsonl"), written(lines[third:], "second.jsonl"))
    measured(traveller)
    assert_numbers_are(traveller, stream.count(lines))


def test_publishing_after_the_history_came_counts_it_as_if_it_had_been_live(make_workspace, written, clock):
    workspace = make_workspace("Late")
    lines = small()
    imported(workspace, written(lines, "all.jsonl"))
    measured(workspace)
    with scope(workspace):
        assert Journey.objects.count() == 0
        import_ladder(load(LADDER.read_text()), by=None).ladder.publish(by=None, at=clock)
    measured(workspace)
    assert_numbers_are(workspace, stream.count(lines))
    assert_nothing_differs_from_the_log(workspace)


def test_killing_the_worker_half_way_repeats_and_loses_nothing(traveller, written):
    lines = slice_of_the_file()
    truth = stream.count(lines)
    first, _ = survive_a_kill(traveller, written, lines)
    half = len(lines) // 2
    assert f"0 stored, {half:,} there already" in imported(traveller, first)[0]
    measured(traveller)
    assert_numbers_are(traveller, truth)
    assert_nothing_differs_from_the_log(traveller)


@pytest.mark.exhaustive
def test_the_whole_file_shuffled_in_two_halves_at_once_with_the_worker_killed(traveller, written):
    survive_a_kill(traveller, written, whole())
    assert_nothing_differs_from_the_log(traveller)
    found = numbers(traveller, 7)
    assert [step["people"] for step in found["funnel"]["steps"]] == [44202, 12126, 9429, 2458]
    people = {rung["rung"]: rung["people"] for rung in found["rungs"]}
    assert people == {
        "fill-profile": 14910,
        "take-tour": 3357,
        "ask-question": 13789,
        "get-answer": 11981,
        "first-vote": 11383,
        "accept-answer": 4426,
        "ten-comments": 1445,
    }
    median = {rung["rung"]: rung["median_of_those_who_reached_s"] for rung in found["rungs"]}
    minute, hour, day = 60, 3600, 86_400
    assert round(median["fill-profile"] / minute) == 4
    assert round(median["take-tour"] / minute) == 5
    assert round(median["ask-question"] / minute, 1) == 2.1
    # Longer ones are told in steps of up to 4% (analytics/cubes/steps.py).
    assert median["get-answer"] / hour == pytest.approx(3.16, rel=0.04)
    assert median["first-vote"] / hour == pytest.approx(7.0, rel=0.04)
    assert median["accept-answer"] / hour == pytest.approx(80.9, rel=0.04)
    assert round(median["ten-comments"] / day) == 218


def survive_a_kill(workspace, written, lines: list[str]) -> tuple[Path, Path]:
    """Shuffled, in two halves (the files) at once, a real worker killed in mid-work, another one in its place."""
    shuffled = random.Random(8).sample(lines, len(lines))
    half = len(shuffled) // 2
    paths = written(shuffled[:half], "first.jsonl"), written(shuffled[half:], "second.jsonl")

    def journeys() -> int:
        with scope(workspace):
            return Journey.objects.count()

    with celery_worker() as worker:
        running = [manage("import_events", str(path), "--workspace", workspace.slug) for path in paths]
        wait_until(lambda: journeys() > 0, seconds=120, what="the worker had not begun")
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    truth = stream.count(lines)
    assert journeys() < truth.began
    for process in running:
        _said(process)
    with celery_worker():
        swept(workspace, truth.began)
    measured(workspace)
    assert_numbers_are(workspace, truth)
    return paths


def swept(workspace, began: int) -> None:
    """What beat does: the sweeps find the news whose call died with the worker."""
    from config.celery import app

    def all_began() -> bool:
        with scope(workspace):
            return Journey.objects.count() == began

    app.send_task("progress.sweep")
    wait_until(all_began, seconds=600, what="the sweep had not found the rest")


def test_grades_are_what_the_medians_above_allow_for():
    from datetime import timedelta

    assert grade(timedelta(seconds=126.4)) == 127
    assert grade(timedelta(seconds=11371.63)) == 11380
    assert grade(timedelta(days=7)) == 7 * 86_400
    assert grade(timedelta(days=7, microseconds=1)) == 7 * 86_400 + 3600
