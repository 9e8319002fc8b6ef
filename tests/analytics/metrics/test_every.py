"""Every metric of the registry from the command: with what it takes to believe it, or why there is no number."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from analytics.metrics.every.every import FIGURES
from analytics.metrics.registry import METRICS
from onboarding.feedback.models import Answer
from onboarding.usage import projection
from onboarding.usage.models import KeyEvent
from tests.analytics.events import climb, group, send
from workspaces.scope import scope

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUICK = {"connect": HOUR, "invite": 2 * HOUR, "report": 4 * HOUR}
SLOW = {"connect": HOUR, "invite": 2 * HOUR, "report": 10 * DAY}


@pytest.fixture
def climbed(workspace, other_workspace, publish, clock):
    """Sixty people of Acme, each of a firm of their own with five seats.

    Those on the plan pro reach first value after four hours, recommend the product and get a sixth seat; the others
    after ten days, and they don't mind. Five more of each plan began two days ago, and one of another firm at Globex.
    """
    workspace.values = ["seats"]
    workspace.save()
    publish(workspace, at=clock - 100 * DAY)
    publish(other_workspace, at=clock - 100 * DAY)
    with scope(workspace):
        KeyEvent.objects.create(key="report", name="Build a report", criterion={"event": "Reported"})
    log = []
    for number in range(60):
        person, start, is_pro = f"p{number}", clock - (45 - number % 5) * DAY, number % 2
        log += [group(person, start - HOUR, f"firm{number}", seats=5)]
        log += climb(person, start, plan="pro" if is_pro else "free", **(QUICK if is_pro else SLOW))
        log += [group(person, clock - 20 * DAY, f"firm{number}", seats=5 + is_pro)]
    for number in range(5):
        log += climb(f"new-pro-{number}", clock - 2 * DAY, plan="pro", **QUICK)
        log += climb(f"new-free-{number}", clock - 2 * DAY, plan="free", connect=HOUR)
    send(workspace, log)
    send(other_workspace, climb("mia", clock - 40 * DAY, connect=HOUR))
    with scope(workspace):
        Answer.objects.bulk_create(
            Answer(sender=f"u:p{number}", score=10 if number % 2 else 8, said_at=clock - DAY, source="survey")
            for number in range(60)
        )
    for one in (workspace, other_workspace):
        projection.advance(one.pk)
    return workspace


@pytest.fixture
def told(climbed, clock):
    def ask(**options):
        out = StringIO()
        options = {"ladder": "admin", "as_of": clock.date().isoformat(), "format": "json", "stdout": out, **options}
        call_command("metrics", workspace=climbed.slug, **options)
        return json.loads(out.getvalue()) if options["format"] == "json" else " ".join(out.getvalue().split())

    return ask


def figure(data, key, about=None, value=None):
    """The one figure of a metric that is about this, of the people with this plan."""
    segment = value and {"trait": "plan", "value": value}
    [found] = [f for f in data["metrics"][key]["figures"] if f["about"] == about and f["segment"] == segment]
    return found


def test_every_metric_of_the_registry_is_told_with_what_it_takes_to_believe_it(told):
    data = told()
    assert list(data["metrics"]) == list(METRICS) == list(FIGURES)
    for key, metric in data["metrics"].items():
        assert metric["definition_version"] == METRICS[key].version
        assert metric["as_of"] == data["as_of"]["until"]
        assert metric["figures"] or metric["not_computable"]
        for one in metric["figures"]:
            assert {"about", "segment", "window_days", "n", "immature_people", "immature_share"} <= set(one)
            assert 0 <= (one["immature_share"] or 0) <= 1
    assert figure(data, "activation")["share"] == data["time_to_first_value"]["within"]["mature"]["share"]
    assert data["metrics"]["version_change"]["not_computable"].startswith("no two versions")


def test_the_planted_numbers_are_found(told):
    data = told()
    activation = figure(data, "activation")
    assert (activation["people"], activation["n"], activation["immature_people"]) == (60, 60, 10)
    assert figure(data, "nps")["score"] == 50
    seats = figure(data, "expansion", "seats")
    assert (seats["people"], seats["of"], seats["window_days"]) == (30, 60, 30)
    assert seats["net_change"]["value"] == pytest.approx(330 / 300 - 1)
    new = figure(data, "forecast", "everybody who is new")
    # Half are there; the others have waited for a day or two, and thirty of sixty had to wait for ten.
    assert (new["n"], new["reached"], new["share"]) == (10, 5, 1.0)
    assert figure(data, "repeat_usage", "Build a report")["of"] == 60
    assert figure(data, "segment_pace", "plan")["clear"] is True


def test_who_is_too_new_is_counted_or_not_known_and_never_a_zero_that_nobody_counted(told):
    """Ten of the seventy began two days ago: not watched for the window of 14 days, nor until the landmark on day 3."""
    data = told()
    for key in ("early_steps", "time_to_convert"):
        assert {one["immature_people"] for one in data["metrics"][key]["figures"]} == {10}, key
    assert figure(data, "time_to_convert", "report")["immature_share"] == 10 / 70
    by_plan = figure(data, "segment_pace", "plan")
    assert (by_plan["n"], by_plan["immature_people"]) == (70, 0)
    for key in ("forecast", "stuck", "nps"):
        for one in data["metrics"][key]["figures"]:
            assert (one["immature_people"], one["immature_share"]) == (None, None), key
    assert figure(data, "began")["immature_people"] == 0
    assert ") 60 –" in told(metric=["nps"], format="text")


def test_each_value_of_the_segment_is_told_beside_everybody(told):
    data = told(segment="plan")
    for key, pro, free in (("activation", 1.0, 1.0), ("forecast", 1.0, 1.0)):
        about = "everybody who is new" if key == "forecast" else None
        assert figure(data, key, about, "pro")["share"] == pro
        assert figure(data, key, about, "free")["share"] == free
    assert figure(data, "time_to_first_value", None, "pro")["time_s"] == 4 * 3_600
    assert figure(data, "time_to_first_value", None, "free")["time_s"] == 10 * 86_400
    assert (figure(data, "nps", None, "pro")["score"], figure(data, "nps", None, "free")["score"]) == (100, 0)
    # Day 10 is in week 1; it was over for everybody but those two.
    assert figure(data, "retention", "week 1, on", "free")["people"] == 30
    assert figure(data, "retention", "week 1, on", "pro")["people"] == 0
    assert figure(data, "rung_conversion", "report", "pro")["n"] == 30
    assert "accounts" in data["metrics"]["expansion"]["not_split"]
    assert [part["value"] for part in data["use"]["segments"]] == ["free", "pro"]
    began = [figure(data, "began", None, value)["people"] for value in (None, "free", "pro")]
    assert began == [70, 35, 35]
    assert data["people_of_other_values"] == 0


def test_one_metric_can_be_asked_for_by_its_key(told):
    data = told(metric=["nps"])
    assert list(data["metrics"]) == ["nps"]
    assert "funnel" not in data
    text = told(metric=["nps", "expansion"], format="text", segment="plan")
    assert "everybody pro +100 (" in text
    assert "seats everybody 50.0% (37.7% to 62.3%) 60 0" in text
    with pytest.raises(CommandError, match=r"There is no metric “happiness”\. Metrics are: began, activation"):
        told(metric=["happiness"])


def test_where_there_is_no_number_there_is_a_reason(told, climbed):
    climbed.values = []
    climbed.save()
    data = told(as_of="2020-01-01")
    assert "names no value of accounts" in data["metrics"]["expansion"]["not_computable"]
    for key in ("activation", "time_to_first_value", "forecast", "nps", "drop_off", "engagement_depth"):
        for one in data["metrics"][key]["figures"]:
            assert one["not_computable"]
            assert one["n"] == 0
    assert "not computable: fewer than 5 people have answered" in told(as_of="2020-01-01", format="text")


def test_the_command_asks_the_page_s_questions_of_a_period_and_of_days(told, clock):
    began = told(metric=["began"], period="30")
    assert began["begun"] == {"from": (clock - 29 * DAY).date().isoformat(), "to": clock.date().isoformat()}
    assert figure(began, "began")["people"] == 10
    first, last = (clock - 45 * DAY).date().isoformat(), (clock - 44 * DAY).date().isoformat()
    assert figure(told(metric=["began"], **{"from": first, "to": last}), "began")["people"] == 24
    assert f"24 began from {first} to {last}" in told(format="text", **{"from": first, "to": last})
    with pytest.raises(CommandError, match="The period is one of 30, 90, 365 days"):
        told(period="7")
    with pytest.raises(CommandError, match="would end"):
        told(**{"from": last, "to": first})
