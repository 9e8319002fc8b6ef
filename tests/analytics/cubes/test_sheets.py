"""What is laid out for reading says what the cells say, whatever is folded and laid out meanwhile."""

import json
import random
import threading
from datetime import UTC, date, timedelta
from importlib import import_module
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection, connections, transaction
from django.db.models import F

from analytics.cubes import sheets
from analytics.cubes.fold import fold
from analytics.cubes.models import Cell, Loose, Sheet
from analytics.cubes.rebuild import rebuild
from analytics.cubes.steps import DAY, DAY_STEP_SQL, ENDS, SCALE, STEP_SQL, cut, step_of
from analytics.cubes.tasks import bind as bind_all
from analytics.cubes.tasks import fold as fold_task
from analytics.cubes.verify import differences
from analytics.metrics import fetch
from analytics.metrics import subject as goals
from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from onboarding.progress.cells import cells_of
from onboarding.progress.models import CubeDelta
from tests.analytics.climbs import NOW, random_journeys
from tests.analytics.events import climb, send
from workspaces.scope import scope
from workspaces.scope.bulk import insert_rows

ZONE = ZoneInfo("UTC")
AS_OF = AsOf.now(NOW, zone=ZONE)
DAYS = Days(date(2026, 1, 15), date(2026, 2, 25))  # neither begins nor ends with a week


def deltas(version, seed, sign=1, zone=ZONE):
    """What the engine would write when these people began, or were taken back."""
    return [
        {**cell._asdict(), "segment": json.loads(cell.segment), "version_id": version.pk, "n": sign}
        for journey in random_journeys(seed)
        for cell in cells_of(journey, zone)
    ]


def add(workspace, rows):
    with scope(workspace):
        insert_rows(CubeDelta, rows)
    fold(workspace, batch=97)


def told(workspace, *, crossed, as_of=AS_OF):
    """All that a page could ask of these days: of everybody, and first value by each trait."""
    with scope(workspace):
        (subject,) = fetch.subjects()
        counts = fetch.counts(subject, DAYS, as_of=as_of, crossed=crossed)
        found = {}
        wanted = [goals.first_value(subject), goals.finished(subject)]
        wanted += [make(subject, rung.key) for rung in subject.rungs for make in (goals.rung, goals.in_order)]
        for goal in wanted:
            tally = counts.towards(goal)
            found[goal.measure, *goal.keys.values()] = (
                tally.people,
                tally.people_reached,
                {days: tally.within(days, as_of) for days in (1, 7, 14)},
                () if goal.measure == "in_order" else tuple(tally.moments(as_of)),
                tuple(tally.begun(Days(date(2026, 2, 1), date(2026, 2, 10))).began.tolist()),
            )
        for trait in ("plan", "size", "colour"):
            for value, people in counts.split(trait).items():
                tally = people.towards(goals.first_value(subject))
                if tally.people:
                    found[trait, value] = tally.people, tally.people_reached, tuple(tally.moments(as_of))
        return found


@pytest.mark.parametrize("seed", range(4))
def test_sheets_and_loose_counts_say_what_the_cells_say(seed, workspace, other_workspace, publish):
    rng = random.Random(seed)
    version = publish(workspace)
    add(other_workspace, deltas(publish(other_workspace), seed + 100))
    for _ in range(4):
        add(workspace, deltas(version, rng.randrange(3), rng.choice([1, 1, -1])))
        if rng.random() < 0.6:
            sheets.bind(workspace)
    add(workspace, deltas(version, 0))
    assert told(workspace, crossed=False) == told(workspace, crossed=True)
    sheets.bind(workspace)
    with scope(workspace):
        assert not Loose.objects.exists()
        assert list(sheets.differences(workspace.pk)) == []
    assert told(workspace, crossed=False) == told(workspace, crossed=True)


# Clocks go forward on 8 March in New York; Apia lies across the date line.
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"])
def test_as_of_any_past_day_sheets_and_cells_say_the_same(zone, workspace, publish):
    zone = ZoneInfo(zone)
    version = publish(workspace)
    add(workspace, [row for seed in range(4) for row in deltas(version, seed, zone=zone)])
    sheets.bind(workspace)
    add(workspace, deltas(version, 5, zone=zone))  # stays loose
    for day in (date(2026, 1, 14), date(2026, 1, 20), date(2026, 2, 8), date(2026, 2, 25), date(2026, 3, 1)):
        as_of = AsOf.of(day, now=NOW, zone=zone)
        assert as_of.is_past
        assert told(workspace, crossed=False, as_of=as_of) == told(workspace, crossed=True, as_of=as_of)


@pytest.mark.parametrize("as_of", [AS_OF, AsOf.of(date(2026, 2, 8), now=NOW, zone=ZONE)], ids=["today", "a past day"])
def test_what_is_asked_alone_is_what_is_told_with_all_the_rest(as_of, workspace, publish):
    version = publish(workspace)
    add(workspace, deltas(version, 1))
    sheets.bind(workspace)
    add(workspace, deltas(version, 2))
    with scope(workspace):
        (subject,) = fetch.subjects()
        whole = fetch.counts(subject, DAYS, as_of=as_of)
        for goal in (goals.first_value(subject), goals.rung(subject, subject.rungs[0].key)):
            alone = fetch.counts(subject, DAYS, as_of=as_of, towards=[goal]).towards(goal)
            assert alone.people == whole.towards(goal).people > 0
            assert alone.people_reached == whole.towards(goal).people_reached > 0
            assert tuple(alone.moments(as_of)) == tuple(whole.towards(goal).moments(as_of))


@pytest.mark.parametrize("as_of", [AS_OF, AsOf.of(date(2026, 2, 20), now=NOW, zone=ZONE)], ids=["today", "a past day"])
def test_of_the_days_before_only_the_paces_of_everybody_are_told(as_of, workspace, publish):
    version = publish(workspace)
    add(workspace, deltas(version, 1))
    sheets.bind(workspace)
    add(workspace, deltas(version, 2))
    before, begun = Days(DAYS.first, date(2026, 2, 4)), Days(date(2026, 2, 5), DAYS.last)  # a Thursday
    with scope(workspace):
        (subject,) = fetch.subjects()
        whole = fetch.counts(subject, DAYS, as_of=as_of)
        both = fetch.counts(subject, begun, before=before, as_of=as_of)

        def said(tally):
            return tally.people, tally.people_reached, tuple(tally.moments(as_of))

        value, rung = goals.first_value(subject), goals.rung(subject, subject.rungs[0].key)
        for goal in (value, goals.finished(subject)):
            for days in (DAYS, before, begun):
                assert said(both.begun(days).towards(goal)) == said(whole.begun(days).towards(goal))
                assert both.begun(days).towards(goal).people > 0
        assert said(both.begun(begun).towards(rung)) == said(whole.begun(begun).towards(rung))
        for trait in ("plan", "size", "colour"):
            split, expected = both.begun(begun).split(trait), whole.begun(begun).split(trait)
            for of in split.keys() | expected.keys():
                told = [said(one[of].towards(value)) if of in one else (0, 0, ()) for one in (split, expected)]
                assert told[0] == told[1]
        for days in (DAYS, before):
            with pytest.raises(ValueError, match="only everybody's paces"):
                both.begun(days).towards(rung)
            with pytest.raises(ValueError, match="only everybody's paces"):
                both.begun(days).split("plan")


def test_values_come_as_they_were_written(workspace, publish):
    version = publish(workspace)
    values = ["", "Größe 東京 \\ \"'", "null", "\t"]
    rows = [{**row, "segment": {"plan": value}} for value in values for row in deltas(version, 3)]
    add(workspace, rows)
    sheets.bind(workspace)
    with scope(workspace):
        (subject,) = fetch.subjects()
        split = fetch.counts(subject, DAYS, as_of=AS_OF).split("plan")
        people = {value: one.towards(goals.first_value(subject)).people for value, one in split.items()}
    assert people.pop(None) == 0
    assert people.keys() == set(values)
    assert len(set(people.values())) == 1
    assert people[""] > 0


def test_what_comes_to_nothing_leaves_no_sheet(workspace, publish):
    version = publish(workspace)
    add(workspace, deltas(version, 1))
    sheets.bind(workspace)
    add(workspace, deltas(version, 1, -1))
    assert sheets.bind(workspace) > 0
    with scope(workspace):
        assert not Sheet.objects.exists()


def test_folding_and_laying_out_at_once_lose_and_double_nothing(workspace, publish):
    version = publish(workspace)
    with scope(workspace):
        insert_rows(CubeDelta, [row for seed in range(3) for row in deltas(version, seed)])
    errors = []

    def work(act):
        try:
            act()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    def bind_often():
        for _ in range(6):
            sheets.bind(workspace.pk)

    acts = [lambda: fold(workspace.pk, batch=53), lambda: fold(workspace.pk, batch=31), bind_often, bind_often]
    threads = [threading.Thread(target=work, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    fold(workspace)
    assert told(workspace, crossed=False) == told(workspace, crossed=True)
    with scope(workspace):
        assert list(sheets.differences(workspace.pk)) == []


def test_while_much_comes_in_weeks_are_laid_out_once_a_minute_at_most(workspace, other_workspace, monkeypatch):
    laid_out = []
    monkeypatch.setattr("analytics.cubes.tasks.sheets.many_loose", lambda workspace_id: True)
    monkeypatch.setattr("analytics.cubes.tasks.sheets.bind", laid_out.append)
    cache.delete_many([f"cubes:bound:{one.pk}" for one in (workspace, other_workspace)])
    for _ in range(3):
        fold_task(workspace.pk)
    fold_task(other_workspace.pk)  # whose minute is its own
    assert laid_out == [workspace.pk, other_workspace.pk]
    with redis.from_url(settings.REDIS_URL) as client:
        assert 50 < client.ttl(f"firstmile:1:cubes:bound:{workspace.pk}") <= 60


def test_without_redis_they_are_laid_out_each_time(workspace, monkeypatch):
    def gone(*_, **__):
        raise redis.ConnectionError("gone")

    laid_out = []
    monkeypatch.setattr("analytics.cubes.tasks.sheets.many_loose", lambda workspace_id: True)
    monkeypatch.setattr("analytics.cubes.tasks.sheets.bind", laid_out.append)
    monkeypatch.setattr("analytics.cubes.tasks.cache.add", gone)
    fold_task(workspace.pk)
    fold_task(workspace.pk)
    assert laid_out == [workspace.pk] * 2


def test_laying_out_is_the_beats_too(workspace, other_workspace, publish):
    for one in (workspace, other_workspace):
        add(one, deltas(publish(one), 1))
    bind_all()
    for one in (workspace, other_workspace):
        with scope(one):
            assert Sheet.objects.exists()
            assert not Loose.objects.exists()


def test_a_sheet_that_is_wrong_is_named_and_laid_out_anew_by_a_rebuild(workspace, publish, clock):
    publish(workspace)
    send(workspace, climb("gil", clock - timedelta(days=20), plan="pro", report=timedelta(hours=1)))
    sheets.bind(workspace)
    assert list(differences(workspace)) == []
    with scope(workspace):
        Sheet.objects.filter(measure="began", trait="").delete()
        Sheet.objects.filter(measure="value", trait="plan").update(week_on=F("week_on") - timedelta(days=7))
        Sheet.objects.filter(measure="value", trait="").update(counts=b"\0\1\0\1\0\0\0\5")
    found = list(differences(workspace))
    assert [line.split(":")[0].split(", ", 1)[1] for line in found] == [
        "began (whole ladder)",
        "value (whole ladder)",
    ]
    assert found[0].endswith("1 people are not where the cells count them.")
    rebuild(workspace.pk)
    assert list(differences(workspace)) == []


def test_what_was_counted_before_there_were_sheets_is_loose_at_first(workspace, other_workspace, publish):
    for one in (workspace, other_workspace):
        add(one, deltas(publish(one), 1))
    with scope(workspace):
        Loose.objects.all().delete()
        counted = Cell.objects.count()
    migration = import_module("analytics.cubes.migrations.0003_sheets")
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        for statement in migration.STATEMENTS:
            cursor.execute(statement)
        cursor.execute("ALTER TABLE cubes_loose NO FORCE ROW LEVEL SECURITY")
        cursor.execute("SELECT count(*), sum(n) FROM cubes_loose WHERE workspace_id = %s", [workspace.pk])
        rows, people = cursor.fetchone()
        transaction.set_rollback(True, using="owner")
    with scope(workspace):
        assert (rows, people) == (counted, sum(Cell.objects.values_list("n", flat=True)))


class TestSteps:
    def test_a_step_ends_at_or_just_after_the_time(self):
        times = np.unique(np.concatenate([ENDS[:1500], ENDS[:1500] + 1, np.maximum(ENDS[:1500] - 1, 0)]))
        ends = ENDS[step_of(times)]
        assert np.all(ends >= times)
        late = (ends - times) / np.maximum(times, 1)
        assert late[times >= 300].max() < 0.04
        assert (ends - times)[times < 300].max() == 0

    def test_every_whole_day_ends_a_step(self):
        days = np.arange(4_000) * DAY
        assert np.array_equal(ENDS[step_of(days)], days)

    def test_postgresql_takes_the_same_steps(self, db):
        times = sorted({max(limit + by, 0) for limit, _ in SCALE for by in (-7_000, -1, 0, 1, 50)} | {0, 400 * DAY + 5})
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {STEP_SQL}, {DAY_STEP_SQL} FROM unnest(%s::bigint[]) WITH ORDINALITY t(elapsed_s, place) "
                "ORDER BY place",
                [times],
            )
            found = cursor.fetchall()
        whole_days = [-(-time // DAY) * DAY for time in times]
        assert found == list(zip(step_of(np.array(times)), step_of(np.array(whole_days)), strict=True))

    def test_follow_up_is_cut_to_the_end_of_a_step(self):
        assert cut(167 * 3_600) == 165 * 3_600
        assert cut(DAY) == DAY
        assert cut(3) == 3


def test_days_are_those_of_the_question(workspace, publish):
    add(workspace, deltas(publish(workspace), 1))
    with scope(workspace):
        (subject,) = fetch.subjects()
        value = goals.first_value(subject)
        every = fetch.counts(subject, Days(date(1970, 1, 1), NOW.astimezone(UTC).date()), as_of=AS_OF).towards(value)
        some = fetch.counts(subject, DAYS, as_of=AS_OF).towards(value)
        assert some.people == every.begun(DAYS).people < every.people
