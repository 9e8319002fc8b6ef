import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.metrics import fetch
from analytics.metrics import subject as goals
from analytics.metrics.as_of import AsOf
from analytics.metrics.question import ask
from analytics.metrics.registry import METRICS
from tests.analytics.events import climb, send
from workspaces.scope import scope

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def climbed(workspace, other_workspace, publish, clock):
    """Acme: of six who began, four got first value, one of them too late for a week's window, one the day before now.

    Globex has one person, who must not show.
    """
    publish(workspace)
    publish(other_workspace)
    start = clock - 30 * DAY
    whole = {"connect": HOUR, "invite": 2 * HOUR}
    log = [
        *climb("gil", start, plan="pro", **whole, report=4 * HOUR),
        *climb("hal", start, plan="pro", **whole, report=2 * DAY),
        *climb("ida", start, plan="free", **whole, report=7 * DAY + timedelta(microseconds=1)),
        *climb("jon", start, plan="free", connect=7 * DAY),
        *climb("kim", start, plan="free"),
        *climb("lea", clock - 2 * DAY, plan="pro", **whole, report=DAY),
    ]
    send(workspace, log)
    send(other_workspace, climb("mia", start, connect=HOUR))
    return workspace


def told(workspace, **options):
    out = StringIO()
    call_command("metrics", workspace=workspace.slug, ladder="admin", format="json", stdout=out, **options)
    return json.loads(out.getvalue())


def refusal(workspace, **options):
    with pytest.raises(CommandError) as raised:
        call_command("metrics", **{"workspace": workspace.slug, "ladder": "admin", **options})
    return str(raised.value)


def test_the_funnel_counts_people_within_the_window_both_ends_included(climbed, clock):
    data = told(climbed, as_of=clock.date().isoformat(), window="7")
    assert [step["people"] for step in data["funnel"]["steps"]] == [6, 5, 4, 3]
    assert [step["within"]["mature"]["people"] for step in data["funnel"]["steps"]] == [5, 4, 3, 2]
    assert (data["funnel"]["mature"], data["funnel"]["immature_people"]) == (5, 1)
    assert [step["lost"] for step in data["funnel"]["steps"]] == [0, 1, 1, 1]


def test_rungs_carry_the_median_of_those_who_reached_and_of_everybody(climbed, clock):
    data = told(climbed, as_of=clock.date().isoformat())
    report = next(line for line in data["rungs"] if line["rung"] == "report")
    # Lea began two days ago, so she has not been watched for long enough.
    assert (report["within"]["mature"]["people"], report["within"]["mature"]["of"]) == (3, 5)
    connect = next(line for line in data["rungs"] if line["rung"] == "connect")
    assert (connect["people"], connect["median_of_those_who_reached_s"]) == (5, 3_600)
    assert report["median_of_those_who_reached_s"] is None  # of four
    assert data["time_to_first_value"]["median"]["time_s"] == 2 * 86_400
    assert data["ladder_completion"]["people"] == 4


def test_numbers_can_be_told_as_of_any_past_day(climbed, clock):
    data = told(climbed, as_of=(clock - 29 * DAY).date().isoformat(), window="7")
    assert (data["began"], data["time_to_first_value"]["people"]) == (5, 1)
    assert data["funnel"]["immature_people"] == 5
    assert data["time_to_first_value"]["median"]["time_s"] is None


def test_as_of_a_moment_means_the_end_of_its_day(climbed, clock):
    assert told(climbed, as_of=(clock - 29 * DAY).isoformat()) == told(
        climbed, as_of=(clock - 29 * DAY).date().isoformat()
    )


def test_a_segment_splits_everybody(climbed, clock):
    data = told(climbed, as_of=clock.date().isoformat(), segment="plan")
    assert [(s["value"], s["began"], s["caution"]) for s in data["segments"]["segments"]] == [
        ("free", 3, "withheld"),
        ("pro", 3, "withheld"),
    ]
    assert "not_computable" in data["segments"]["comparison"]
    for one in data["segments"]["segments"]:
        assert one["people"] is None
        assert "not_computable" in one["within"]["mature"]
        assert "not_computable" in one["median"]


def test_before_anything_happened_there_is_no_number_rather_than_a_zero(climbed):
    data = told(climbed, as_of="2020-01-01")
    assert data["began"] == 0
    assert "not_computable" in data["time_to_first_value"]["median"]
    assert "not_computable" in data["funnel"]["steps"][0]["within"]["mature"]
    assert data["cohorts"] == []


def test_one_query_reads_sheets_and_none_reads_the_log(climbed, clock):
    with scope(climbed):
        question = ask(climbed, ladder="admin", now=clock)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert question.counts().towards(goals.first_value(question.subject)).people > 0
    assert [query["sql"].count("FROM cubes_sheet") for query in captured.captured_queries] == [1]


def test_the_fetched_cells_are_those_of_the_days_asked_for(climbed, clock):
    with scope(climbed):
        subject = fetch.subjects()[0]
        as_of = AsOf.now(clock, zone=climbed.zone)
        question = ask(climbed, ladder="admin", now=clock, period_days=10)
        value = goals.first_value(subject)
        plans = fetch.counts(subject, question.begun, as_of=as_of).split("plan")
        assert {plan for plan, people in plans.items() if people.towards(value).people} == {"pro"}


def test_the_text_says_the_same_numbers(climbed, clock):
    out = StringIO()
    call_command(
        "metrics", workspace=climbed.slug, ladder="admin", as_of=clock.date().isoformat(), window="7", stdout=out
    )
    text = out.getvalue()
    assert "6 began" in text
    assert "Only 6 people" in text
    assert "1 of them have not been watched for 7 days yet" in text
    assert "Build a report (first value)" in text


def test_every_definition_version_goes_with_the_numbers(climbed):
    assert told(climbed)["definitions"] == {key: metric.version for key, metric in METRICS.items()}


def test_mistakes_are_answered_with_what_to_ask_instead(climbed):
    assert refusal(climbed, ladder="users") == "There is no published ladder “users”. Published are: admin."
    assert refusal(climbed, segment="colour") == "“colour” is no segment here. Segments are: plan."
    assert "still to come" in refusal(climbed, as_of="2199-01-01")
    assert "is no date" in refusal(climbed, as_of="yesterday")
    assert "between 1 and 3650" in refusal(climbed, window="0")
    assert "between 1 and 3650" in refusal(climbed, window="99999999999")
    assert "whole number of days" in refusal(climbed, window="1.5")
    with pytest.raises(CommandError, match="There is no workspace “nowhere”"):
        call_command("metrics", workspace="nowhere", ladder="admin")


def test_a_workspace_without_a_ladder_is_told_to_publish_one(other_workspace):
    assert "No ladder has been published" in refusal(other_workspace)
