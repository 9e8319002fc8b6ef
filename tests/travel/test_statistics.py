"""The statistics on the travel stream's own people, read into memory: the same numbers as lifelines', and as a plain
count's, at several as-of times and in several segments; and how forecasts of its months would have done.
"""

import json
import warnings
from bisect import bisect_left
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from lifelines import KaplanMeierFitter

from analytics.stats import (
    BackTest,
    Forecast,
    Order,
    Outcome,
    back_test,
    cumulative_incidence,
    forecast,
    furthest,
    kaplan_meier,
    people_at_steps,
    risk_table,
)
from tests.travel import stream
from tests.travel.test_travel import slice_of_the_file, small, whole

pytestmark = pytest.mark.pure

DAY_S = 86_400
STEPS = ("Signed Up", *(stream.EVENT_OF[rung] for rung in stream.FUNNEL))
WHOLE = pytest.param(whole, marks=pytest.mark.exhaustive)


class Traveller(NamedTuple):
    """`value_at` is the first answer at or after the sign-up."""

    began_at: datetime
    value_at: datetime | None
    events: dict[str, list[datetime]]
    segment: str


def read(lines: list[str]) -> list[Traveller]:
    """Everybody who signed up, in that order."""
    events: dict[str, dict[str, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    places: dict[str, bool] = {}
    for line in lines:
        message = json.loads(line)
        if message["type"] == "track":
            at = datetime.fromisoformat(message["timestamp"].replace("Z", "+00:00"))
            events[message["userId"]][message["event"]].append(at)
        else:
            places[message["userId"]] = bool(message["traits"].get("location"))
    travellers = []
    for person, by_name in events.items():
        if "Signed Up" in by_name:
            began_at = min(by_name["Signed Up"])
            value_at = min((at for at in by_name.get("Answer Received", ()) if at >= began_at), default=None)
            segment = "somewhere" if places.get(person) else "nowhere"
            travellers.append(Traveller(began_at, value_at, by_name, segment))
    return sorted(travellers, key=lambda one: one.began_at)


@pytest.fixture(scope="module")
def everybody() -> list[Traveller]:
    """Those of the whole file."""
    return read(whole())


@pytest.fixture(scope="module", params=[small, slice_of_the_file, WHOLE])
def travellers(request) -> list[Traveller]:
    return request.getfixturevalue("everybody") if request.param is whole else read(request.param())


def as_ofs(travellers) -> list[datetime]:
    """A third and two thirds of the way through the stream, and its end."""
    n = len(travellers)
    return [travellers[n // 3].began_at, travellers[2 * n // 3].began_at, travellers[-1].began_at + timedelta(days=1)]


def moments(travellers, as_of):
    """(seconds, had, censored) of each person, as it was known at that time."""
    for one in travellers:
        if one.began_at <= as_of:
            had = one.value_at is not None and one.value_at <= as_of
            until = one.value_at if had else as_of
            yield (until - one.began_at).total_seconds(), int(had), int(not had)


def test_kaplan_meier_equals_lifelines_at_every_time_and_in_every_segment(travellers):
    for as_of in as_ofs(travellers):
        for segment in ("somewhere", "nowhere", None):
            chosen = [one for one in travellers if segment in (one.segment, None)]
            rows = list(moments(chosen, as_of))
            if not rows:
                continue
            curve = kaplan_meier(rows)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of limits at a survival of 1
                fitter = KaplanMeierFitter().fit([row[0] for row in rows], [row[1] for row in rows])
            theirs = fitter.survival_function_["KM_estimate"]
            assert list(theirs.index) == sorted({0.0, *curve.times})
            gaps = [
                abs(theirs.loc[time] - survival) for time, survival in zip(curve.times, curve.survival, strict=True)
            ]
            assert max(gaps) < 1e-9
            limits = fitter.confidence_interval_survival_function_.loc[list(curve.times)].to_numpy()
            for step, (low, high) in zip(curve.steps(), limits, strict=True):
                if 0 < step.survival < 1:
                    assert abs(step.interval.low - low) < 1e-9
                    assert abs(step.interval.high - high) < 1e-9
            at_risk = fitter.event_table["at_risk"].loc[list(curve.times)]
            assert list(at_risk) == list(curve.at_risk)


def test_segments_partition_the_people_at_risk(travellers):
    as_of = as_ofs(travellers)[1]
    times = [0, 60, 3600, DAY_S, 7 * DAY_S, 90 * DAY_S]
    whole_table = risk_table(kaplan_meier(moments(travellers, as_of)), times)
    parts = [
        risk_table(kaplan_meier(moments([one for one in travellers if one.segment == segment], as_of)), times)
        for segment in sorted({one.segment for one in travellers})
    ]
    for index, row in enumerate(whole_table):
        assert row.at_risk == sum(part[index].at_risk for part in parts)
        assert row.had_event == sum(part[index].had_event for part in parts)


def test_with_nobody_leaving_the_incidence_is_one_minus_kaplan_meier(travellers):
    rows = list(moments(travellers, as_ofs(travellers)[2]))
    curve = kaplan_meier(rows)
    incidence = cumulative_incidence((time, (had, 0), censored) for time, had, censored in rows)
    gaps = [abs(1 - s - i) for s, i in zip(curve.survival, incidence.incidence[0], strict=True)]
    assert max(gaps) < 1e-9


def test_the_ordered_funnel_is_that_of_a_plain_count_and_strict_and_any_order_lie_on_either_side(travellers):
    counts = {}
    for order in Order:
        reached = (
            len(
                furthest(
                    [(at, name) for name, times in one.events.items() for at in times],
                    STEPS,
                    window=timedelta(days=7),
                    order=order,
                )
            )
            for one in travellers
        )
        counts[order] = people_at_steps(reached, len(STEPS))
    funnel = [0] * len(STEPS)
    for one in travellers:
        last = one.began_at
        for place, step in enumerate(STEPS):
            times = sorted(one.events.get(step, []))
            index = bisect_left(times, last)
            if index == len(times) or times[index] - one.began_at > timedelta(days=7):
                break
            last = times[index]
            funnel[place] += 1
    assert list(counts[Order.ORDERED]) == funnel
    for strict, ordered, any_order in zip(
        *(counts[order] for order in (Order.STRICT, Order.ORDERED, Order.ANY_ORDER)), strict=True
    ):
        assert strict <= ordered <= any_order
    if len(travellers) == 44202:
        # Four engines agree on these.
        assert funnel == [44202, 12126, 9429, 2458]


def month_after(first: datetime) -> datetime:
    return (first + timedelta(days=31)).replace(day=1)


def test_forecasts_of_each_month_would_have_come_true_about_as_often_as_they_said(everybody):
    """Each month's newcomers, forecast at its end from the year before: who will have an answer within 30 days."""
    by_s = 30 * DAY_S
    began = [one.began_at for one in everybody]
    outcomes, first = [], datetime(2013, 1, 1, tzinfo=UTC)
    while first < datetime(2017, 6, 1, tzinfo=UTC):
        made_at = month_after(first)
        before, until = (bisect_left(began, at) for at in (made_at - timedelta(days=395), made_at))
        year = everybody[before:until]
        curve = kaplan_meier(moments(year, made_at))
        reached, arrived, waiting = 0, defaultdict(int), defaultdict(int)
        for one in (one for one in year if one.began_at >= first):
            took_s = (one.value_at - one.began_at).total_seconds() if one.value_at else float("inf")
            if took_s <= by_s and one.value_at <= made_at:
                reached += 1
            else:
                age = (made_at - one.began_at).total_seconds()
                waiting[age] += 1
                arrived[age] += took_s <= by_s
        made = forecast(curve, by=by_s, reached=reached, waiting=waiting.items())
        assert isinstance(made, Forecast)
        outcomes.append(Outcome(made, tuple(arrived[group.age] for group in made.waiting)))
        first = made_at
    found = back_test(outcomes)
    assert isinstance(found, BackTest)
    # Months differ by more than chance, which no interval of this kind can hold, so it is a little below 95%.
    assert found.coverage.value > 0.85
    assert found.mean_absolute_error < 0.01
    assert abs(found.bias) < 0.005
    assert found.skill > 0.7
