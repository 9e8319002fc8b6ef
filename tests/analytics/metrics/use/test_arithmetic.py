"""Numbers of use, from cells of people drawn by chance, against counting the people themselves."""

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from analytics.metrics.as_of import DAY_S, AsOf
from analytics.metrics.use.adoption import feature_adoption, told_days
from analytics.metrics.use.counts import UseCount
from analytics.metrics.use.frequency import Workflow, spread, window_within, workflow_use
from analytics.metrics.use.retention import retention_of
from analytics.metrics.use.whole_days import days_watched, last_whole_day, periods_watched
from analytics.stats import NotComputable, Share
from analytics.stats.retention import RetentionMode
from onboarding.usage.cells import Measure, cells_of, graded_days
from onboarding.usage.periods import Grain, last_day_of, period_of
from onboarding.usage.standing import ANY, Adoption, Standing

pytestmark = pytest.mark.pure

FIRST, NOW = date(2026, 1, 1), datetime(2026, 6, 15, 10, tzinfo=UTC)
KEY = "0123456789abcdef"


def people(rng, number=150):
    found = []
    for _ in range(number):
        began = FIRST + timedelta(days=rng.randrange(120))
        days = tuple(sorted({0, *rng.choices(range(160), k=rng.randrange(25))}))
        key = tuple(sorted({*rng.choices(days, k=rng.randrange(4))}))
        unlock = began + timedelta(days=rng.randrange(30))
        used = rng.choice([None, 0, 1, 5, 14, 15, 40, 100])
        used_days = {ANY: days} | ({KEY: key} if key else {})
        adopted = {"exports": Adoption(unlock, used)} if rng.random() < 0.6 else {}
        found.append(Standing(1, "{}", began, used_days, adopted))
    return found


def cells(people, measure, subject=""):
    found = Counter(cell for one in people for cell in cells_of(one))
    return [
        UseCount(cell.cohort_on, cell.p, cell.q, n)
        for cell, n in found.items()
        if (cell.measure, cell.subject) == (measure, subject)
    ]


def as_of(day, zone="UTC"):
    return AsOf.of(day, now=NOW, zone=ZoneInfo(zone))


@pytest.mark.parametrize("mode", RetentionMode)
@pytest.mark.parametrize("grain", Grain)
@pytest.mark.parametrize("day", [FIRST + timedelta(days=40), FIRST + timedelta(days=100), NOW.date()])
def test_retention_equals_counting_people_as_of_any_day(grain, mode, day):
    crowd = people(random.Random(f"{grain} {mode} {day}"))
    last = day if day < NOW.date() else day - timedelta(days=1)
    found = retention_of(
        cells(crowd, Measure.BEGAN), cells(crowd, grain.value, ANY), as_of(day), grain=grain, mode=mode, periods=30
    )
    begun = [one for one in crowd if one.cohort_on <= day]
    assert found.people == len(begun)
    told = {cell.period: cell for cell in found.overall}
    for period in range(1, 31):
        mature = [one for one in begun if last_day_of(grain, one.cohort_on, period) <= last]
        if not mature:
            assert period not in told
            continue
        returned = 0
        for one in mature:
            active = {
                period_of(grain, one.cohort_on, index)
                for index in one.days[ANY]
                if last_day_of(grain, one.cohort_on, period_of(grain, one.cohort_on, index)) <= last
            }
            returned += period in active if mode is RetentionMode.ON else any(one >= period for one in active)
        share = told[period].share
        assert (share.count, share.of, told[period].immature) == (returned, len(mature), len(begun) - len(mature))
    for row in found.rows:
        for cell in row.cells:
            assert cell.people == row.people
    assert sum(row.people for row in found.rows) == len(begun)


def test_nobody_is_lost_who_cannot_have_come_back_yet():
    """Somebody who began yesterday is in no cell of week 1: not a zero, and not in anybody's denominator."""
    old = Standing(1, "{}", date(2026, 5, 1), {ANY: (0, 8)})
    new = Standing(1, "{}", NOW.date() - timedelta(days=1), {ANY: (0,)})
    found = retention_of(
        cells([old, new], Measure.BEGAN), cells([old, new], "week", ANY), as_of(NOW.date()), grain=Grain.WEEK
    )
    assert found.at(1).share.value == 1.0
    assert (found.at(1).share.of, found.at(1).immature) == (1, 1)
    assert found.rows[-1].people == 1
    assert found.rows[-1].cells == ()


def test_a_window_of_features_beyond_ninety_days_is_one_that_is_kept():
    used_after_105 = [UseCount(FIRST, graded_days(105), 0, 10)]
    found = feature_adoption(
        "x", [UseCount(FIRST, 0, 0, 20)], used_after_105, as_of(FIRST + timedelta(days=160)), days=told_days(130)
    )
    assert [told_days(window) for window in (7, 90, 91, 119, 120, 130)] == [7, 90, 90, 90, 120, 120]
    assert (found.days, found.share.count) == (120, 10)


@pytest.mark.parametrize("day", [FIRST + timedelta(days=60), NOW.date()])
def test_adoption_equals_counting_people(day):
    crowd = [one for one in people(random.Random(3), 400) if one.adopted]
    last = day if day < NOW.date() else day - timedelta(days=1)
    found = feature_adoption(
        "exports",
        cells(crowd, Measure.UNLOCKED, "exports"),
        cells(crowd, Measure.ADOPTED, "exports"),
        as_of(day),
        days=14,
    )
    came = [one.adopted["exports"] for one in crowd if one.adopted["exports"].unlocked_on <= day]
    mature = [one for one in came if one.unlocked_on + timedelta(days=14) <= last]
    used = [one for one in mature if one.used_after is not None and one.used_after <= 14]
    assert (found.share.count, found.share.of) == (len(used), len(mature))
    assert (found.people, found.immature) == (len(came), len(came) - len(mature))
    # By Kaplan–Meier, at an age that everybody has been watched for or had, the plain share.
    whole = [one for one in came if one.unlocked_on < last]
    assert found.curve.n == len([one for one in came if one.unlocked_on <= last])
    at_once = sum(one.used_after == 0 for one in came if one.unlocked_on <= last)
    assert found.curve.at(0).survival == pytest.approx(1 - at_once / found.curve.n)
    assert whole


def test_the_time_to_first_use_does_not_take_people_on_their_way_for_lost():
    """Four got it; two used it after two days, two are watched for one day only: half is reached on day two."""
    crowd = [
        *[Standing(1, "{}", date(2026, 5, 1), {}, {"exports": Adoption(date(2026, 5, 1), 2)})] * 2,
        *[Standing(1, "{}", date(2026, 6, 13), {}, {"exports": Adoption(date(2026, 6, 13), None)})] * 2,
    ]
    found = feature_adoption(
        "exports",
        cells(crowd, Measure.UNLOCKED, "exports"),
        cells(crowd, Measure.ADOPTED, "exports"),
        as_of(NOW.date()),
        days=7,
    )
    assert found.curve.median.time == 2 * DAY_S
    assert (found.used.count, found.used.of, found.immature) == (2, 2, 2)


@pytest.mark.parametrize("window", [7, 30, 90])
def test_depth_and_repetition_equal_counting_people(window):
    crowd, last = people(random.Random(window)), NOW.date() - timedelta(days=1)
    moment = as_of(NOW.date())
    mature = [one for one in crowd if (last - one.cohort_on).days + 1 >= window]
    depth = spread(cells(crowd, Measure.BEGAN), cells(crowd, Measure.ACTIVE_DAYS, ANY), moment, window_days=window)
    assert depth.counts == Counter(sum(index < window for index in one.days[ANY]) for one in mature)
    assert depth.immature == len(crowd) - len(mature)
    different = spread(cells(crowd, Measure.BEGAN), cells(crowd, Measure.KEY_EVENTS), moment, window_days=window)
    assert different.counts == Counter(sum(i < window for i in one.days.get(KEY, ())[:1]) for one in mature)
    flow = workflow_use(
        Workflow(KEY, "Reports"),
        cells(crowd, Measure.BEGAN),
        cells(crowd, Measure.FIRST_USE, KEY),
        cells(crowd, Measure.REPEAT, KEY),
        moment,
        window_days=window,
    )
    assert flow.reach.count == sum(one.days.get(KEY, (999,))[0] < window for one in mature)
    users = [one for one in crowd if KEY in one.days and one.cohort_on + timedelta(days=one.days[KEY][0]) <= NOW.date()]
    watched = [one for one in users if days_watched(one.cohort_on + timedelta(days=one.days[KEY][0]), last) >= window]
    again = [one for one in watched if sum(i < one.days[KEY][0] + window for i in one.days[KEY]) >= 2]
    assert (flow.repeated.count, flow.repeated.of) == (len(again), len(watched))
    assert flow.again.people == len(users)


@pytest.mark.parametrize("grain", Grain)
def test_as_many_periods_are_watched_as_have_ended(grain):
    rng = random.Random(1)
    for _ in range(300):
        began = FIRST + timedelta(days=rng.randrange(400))
        last = began + timedelta(days=rng.randrange(-3, 500))
        watched = periods_watched(grain, began, last)
        assert watched == 0 or last_day_of(grain, began, watched - 1) <= last
        assert last_day_of(grain, began, watched) > last


def test_a_day_is_over_when_its_midnight_has_come_in_the_workspaces_zone():
    yesterday = NOW.date() - timedelta(days=1)
    assert last_whole_day(AsOf.of(yesterday, now=NOW, zone=ZoneInfo("UTC"))) == yesterday
    assert last_whole_day(AsOf.now(NOW, zone=ZoneInfo("UTC"))) == yesterday
    assert last_whole_day(AsOf.now(NOW, zone=ZoneInfo("Pacific/Auckland"))) == yesterday


def test_nothing_is_told_where_nobody_has_been_watched():
    new = Standing(1, "{}", NOW.date(), {ANY: (0,)}, {"exports": Adoption(NOW.date(), 0)})
    found = feature_adoption(
        "exports",
        cells([new], Measure.UNLOCKED, "exports"),
        cells([new], Measure.ADOPTED, "exports"),
        as_of(NOW.date()),
        days=7,
    )
    assert isinstance(found.share, NotComputable)
    assert isinstance(found.median, NotComputable)
    assert (found.people, found.immature) == (1, 1)
    depth = spread(
        cells([new], Measure.BEGAN), cells([new], Measure.ACTIVE_DAYS, ANY), as_of(NOW.date()), window_days=7
    )
    assert isinstance(depth.median, NotComputable)
    assert depth.immature == 1


def test_the_window_is_one_that_is_kept():
    assert [window_within(days) for days in (1, 7, 14, 29, 30, 3650)] == [7, 7, 14, 14, 30, 90]


def test_a_share_is_a_share():
    assert isinstance(feature_adoption("x", [UseCount(FIRST, 0, 0, 1)], [], as_of(NOW.date()), days=7).used, Share)
