"""The projection: what it does when it is stopped, asked twice, or looked for something new."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.cubes.rebuild import rebuild
from analytics.cubes.verify import differences
from onboarding.progress import engine
from onboarding.usage import counting, declaring, projection
from onboarding.usage.cells import Measure
from onboarding.usage.models import Counted, KeyEvent, Stale, UsageCell, UsageDay, UsageMark
from tests.onboarding.progress.scenes import event, identify, publish, take
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

START = datetime(2026, 2, 2, 9, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def lived(workspace, other_workspace):
    """In both workspaces ann begins on 2 February, comes back on day 3 and 10, and bob begins on day 1."""
    for one in (workspace, other_workspace):
        publish(one, at=START - DAY)
        take(
            one,
            identify(START, "ann", plan="pro"),
            event("Signed Up", START + HOUR, "ann"),
            event("Looked", START + 3 * DAY, "ann"),
            event("Looked", START + 10 * DAY, "ann"),
            event("Signed Up", START + DAY, "bob"),
        )
    return workspace


def cells(workspace, measure, subject="any"):
    """{(p, q): people}, whoever they are."""
    found: dict = {}
    with scope(workspace):
        for cell in UsageCell.objects.filter(measure=measure, subject=subject):
            found[cell.p, cell.q] = found.get((cell.p, cell.q), 0) + cell.n
    return found


def test_days_become_weeks_of_the_people_of_this_workspace_alone(lived, other_workspace):
    projection.advance(lived.pk)
    assert cells(lived, Measure.WEEK) == {(0, -1): 2, (1, 0): 1}
    assert cells(lived, Measure.BEGAN, "") == {(0, 0): 2}
    assert cells(other_workspace, Measure.WEEK) == {}


def test_a_crash_before_the_commit_leaves_all_to_the_next_turn(lived, monkeypatch):
    class Crash(Exception):
        pass

    def crash(cells):
        raise Crash

    monkeypatch.setattr(counting, "add", crash)
    with pytest.raises(Crash):
        projection.advance(lived.pk)
    with scope(lived):
        assert not UsageDay.objects.exists()
        assert not Counted.objects.exists()
        assert Stale.objects.exists()
        assert not UsageMark.objects.exclude(row=0).exists()
    monkeypatch.undo()
    projection.advance(lived.pk)
    assert cells(lived, Measure.WEEK) == {(0, -1): 2, (1, 0): 1}


def test_nothing_new_writes_nothing(lived):
    projection.advance(lived.pk)
    assert not projection.is_behind(lived.pk)
    with CaptureQueriesContext(connection) as queries:
        projection.advance(lived.pk)
    assert not [q["sql"] for q in queries if q["sql"].startswith(("UPDATE", "WITH summed"))]


def test_more_of_the_same_day_counts_nobody_again(lived):
    projection.advance(lived.pk)
    take(lived, event("Looked", START + 10 * DAY + HOUR, "ann"))
    assert projection.is_behind(lived.pk)
    with CaptureQueriesContext(connection) as queries:
        projection.advance(lived.pk)
    assert not [q for q in queries if "FROM usage_counted" in q["sql"]]
    assert list(differences(lived)) == []


def test_two_who_turn_out_to_be_one_are_counted_once(lived):
    projection.advance(lived.pk)
    take(lived, event("", START + 5 * DAY, "ann", type="alias", previous_id="bob"))
    projection.advance(lived.pk)
    assert cells(lived, Measure.BEGAN, "") == {(0, 0): 1}
    assert cells(lived, Measure.WEEK) == {(0, -1): 1, (1, 0): 1}
    assert list(differences(lived)) == []


def test_a_late_event_moves_the_way_to_the_later_one(lived):
    projection.advance(lived.pk)
    take(lived, event("Looked", START + 31 * DAY, "ann"))
    projection.advance(lived.pk)
    assert cells(lived, Measure.WEEK) == {(0, -1): 2, (1, 0): 1, (4, 1): 1}
    take(lived, event("Looked", START + 16 * DAY, "ann"))
    projection.advance(lived.pk)
    assert cells(lived, Measure.WEEK) == {(0, -1): 2, (1, 0): 1, (2, 1): 1, (4, 2): 1}


def test_a_workflow_declared_later_counts_what_was_before_in_bounded_steps(lived, monkeypatch):
    monkeypatch.setattr(projection, "SENDERS_AT_ONCE", 1)
    projection.advance(lived.pk)
    with scope(lived):
        looked = KeyEvent.objects.create(key="look", name="Look", criterion={"event": "Looked"})
    assert projection.is_behind(lived.pk)
    projection.advance(lived.pk, seconds=0)
    with scope(lived):
        mark = UsageMark.objects.get()
        assert mark.looking_back_percent is not None
        assert mark.pass_done < mark.pass_total
    projection.advance(lived.pk)
    assert cells(lived, Measure.REPEAT, looked.signal) == {
        (0, 0): 1,
        (7, 1): 1,
        (14, 2): 1,
        (30, 2): 1,
        (60, 2): 1,
        (90, 2): 1,
    }
    with scope(lived):
        assert UsageMark.objects.get().looking_back_percent is None
        declaring.archive(looked)
    projection.advance(lived.pk)
    assert cells(lived, Measure.REPEAT, looked.signal) == {}
    with scope(lived):
        assert UsageDay.objects.filter(signal=looked.signal).exists()
    assert list(differences(lived)) == []


def test_a_workflow_that_is_a_features_use_is_not_archived(lived):
    with scope(lived):
        looked = KeyEvent.objects.create(key="look", name="Look", criterion={"event": "Looked"})
        declaring.declare_use("exports", looked)
        with pytest.raises(declaring.InUse):
            declaring.archive(looked)
        declaring.declare_use("exports", None)
        declaring.archive(looked)
        assert looked.archived_at


def test_a_rebuild_puts_right_what_was_changed_behind_its_back(lived):
    projection.advance(lived.pk)
    with scope(lived):
        UsageDay.objects.filter(signal="any").order_by("day_on").first().delete()
        UsageCell.objects.filter(measure=Measure.WEEK).update(n=7)
        counted = Counted.objects.first()
        Counted.objects.filter(person_id=counted.person_id).update(days={"any": [0, 1, 2]})
    assert list(differences(lived))
    assert {"days of use", "standings of use", "cells of use"} <= set(rebuild(lived.pk).differences)
    assert list(differences(lived)) == []
    assert not rebuild(lived.pk).differences
    assert cells(lived, Measure.WEEK) == {(0, -1): 2, (1, 0): 1}


def test_the_zone_in_which_days_begin_can_change(lived):
    projection.advance(lived.pk)
    Workspace.objects.filter(pk=lived.pk).update(time_zone="Pacific/Auckland")
    take(lived, event("Looked", START + 6 * DAY + 2 * HOUR, "bob"))  # midnight of the 9th over there
    engine.settle(lived.pk)
    projection.advance(lived.pk)
    with scope(lived):
        assert (
            sorted(UsageDay.objects.filter(signal="any").values_list("day_on", flat=True))[-1].isoformat()
            == "2026-02-12"
        )
    assert list(differences(lived)) == []
