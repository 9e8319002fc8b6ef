import random
import threading
from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import connection

from analytics.cubes.fold import fold, fold_batch, waiting
from analytics.cubes.models import Cell
from analytics.cubes.tasks import sweep
from onboarding.progress.models import CubeDelta
from workspaces.scope import OutsideScope, scope

DAY = date(2026, 2, 2)


def delta(version, n=1, *, measure="began", rung_key="", segment=None, day=DAY, elapsed_s=0):
    return {  # a row that is made inside of the scope
        "version": version,
        "measure": measure,
        "rung_key": rung_key,
        "segment": segment or {},
        "cohort_on": day,
        "reached_on": day,
        "elapsed_s": elapsed_s,
        "n": n,
    }


def add(workspace, deltas):
    with scope(workspace):
        CubeDelta.objects.bulk_create(CubeDelta(**row) for row in deltas)


def cells(workspace):
    with scope(workspace):
        return {
            (c.measure, c.rung_key, tuple(sorted(c.segment.items())), c.cohort_on, c.elapsed_s): c.n
            for c in Cell.objects.all()
        }


def test_deltas_of_one_cell_add_up_and_are_gone(workspace, publish):
    version = publish(workspace)
    add(workspace, [delta(version, 2), delta(version, 3), delta(version, 1, segment={"plan": "pro"})])
    assert waiting(workspace)
    assert fold(workspace) == 3
    assert cells(workspace) == {("began", "", (), DAY, 0): 5, ("began", "", (("plan", "pro"),), DAY, 0): 1}
    assert not waiting(workspace)
    assert fold(workspace) == 0


def test_later_deltas_add_to_the_cells_there_are(workspace, publish):
    version = publish(workspace)
    for n in (4, -1, 7):
        add(workspace, [delta(version, n)])
        fold(workspace)
    assert cells(workspace) == {("began", "", (), DAY, 0): 10}


def test_a_cell_that_comes_to_nothing_is_removed(workspace, publish):
    version = publish(workspace)
    add(workspace, [delta(version, 4), delta(version, 1, elapsed_s=60)])
    fold(workspace)
    add(workspace, [delta(version, -4)])
    fold(workspace)
    assert cells(workspace) == {("began", "", (), DAY, 60): 1}


def test_deltas_that_cancel_out_leave_no_trace(workspace, publish):
    version = publish(workspace)
    add(workspace, [delta(version, 4), delta(version, -4)])
    assert fold(workspace) == 2
    assert cells(workspace) == {}


def test_small_batches_come_to_the_same(workspace, publish):
    version = publish(workspace)
    rng = random.Random(1)
    deltas = [delta(version, rng.choice([-1, 1, 2]), elapsed_s=rng.randrange(4)) for _ in range(50)]
    expected = Counter()
    for one in deltas:
        expected["began", "", (), DAY, one["elapsed_s"]] += one["n"]
    add(workspace, deltas)
    assert fold(workspace, batch=7) == 50
    assert cells(workspace) == {key: n for key, n in expected.items() if n}


def test_another_workspace_is_left_alone(workspace, other_workspace, publish):
    add(workspace, [delta(publish(workspace), 1)])
    add(other_workspace, [delta(publish(other_workspace), 5)])
    fold(workspace)
    assert cells(workspace) == {("began", "", (), DAY, 0): 1}
    assert cells(other_workspace) == {}
    fold(other_workspace)
    assert cells(other_workspace) == {("began", "", (), DAY, 0): 5}


def test_a_segment_longer_than_an_index_entry_is_counted_like_any_other(workspace, publish):
    rng = random.Random(2)
    long = {"plan": "".join(chr(rng.randrange(0x4E00, 0x9FFF)) for _ in range(5_000))}
    add(workspace, [delta(publish(workspace), 2, segment=long)])
    fold(workspace)
    assert cells(workspace) == {("began", "", tuple(long.items()), DAY, 0): 2}


def test_a_fold_that_dies_before_its_commit_loses_and_doubles_nothing(workspace, publish):
    add(workspace, [delta(publish(workspace), 3)])

    def die_after_folding():
        with scope(workspace):
            assert fold_batch(workspace) == 1
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        die_after_folding()
    assert cells(workspace) == {}
    assert fold(workspace) == 1
    assert cells(workspace) == {("began", "", (), DAY, 0): 3}


def test_several_folds_at_once_count_everything_once(workspace, publish):
    version = publish(workspace)
    rng = random.Random(3)
    deltas = [delta(version, rng.choice([-1, 1, 1]), day=DAY + timedelta(rng.randrange(20))) for _ in range(600)]
    expected = Counter()
    for one in deltas:
        expected["began", "", (), one["cohort_on"], 0] += one["n"]
    add(workspace, deltas)
    errors, claimed = [], []

    def work():
        try:
            claimed.append(fold(workspace.pk, batch=17))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fold(workspace)
    assert errors == []
    assert sum(claimed) == 600
    assert cells(workspace) == {key: n for key, n in expected.items() if n}


@pytest.mark.every_workspace
def test_the_sweep_finds_only_workspaces_where_something_waits(workspace, other_workspace, publish, monkeypatch):
    add(workspace, [delta(publish(workspace), 1)])
    called = []
    monkeypatch.setattr("analytics.cubes.tasks.fold.delay", called.append)
    sweep()
    assert workspace.pk in called
    assert other_workspace.pk not in called


def test_cells_cannot_be_read_outside_of_a_scope():
    with pytest.raises(OutsideScope):
        Cell.objects.count()
