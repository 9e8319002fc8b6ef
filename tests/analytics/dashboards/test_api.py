"""Every metric of the registry by program: the page's own numbers, with definition, n and the people behind them."""

import json
import random
from datetime import timedelta
from io import StringIO
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from analytics.metrics.answer import answer
from analytics.metrics.as_data import as_data
from analytics.metrics.every.every import every, every_data
from analytics.metrics.every.sources import Sources
from analytics.metrics.question import ask
from analytics.metrics.registry import METRICS
from tests.analytics.conftest import LADDER
from tests.analytics.events import climb, send
from tests.workspaces.api.conftest import Program
from workspaces.keys.models import ApiKey
from workspaces.scope import scope

DAY = timedelta(days=1)


@pytest.fixture
def program(workspace) -> Program:
    return Program(ApiKey.issue(workspace, kind="secret", name="Warehouse", scopes=["adoption:read", "views:write"])[1])


@pytest.fixture
def climbed(workspace, publish, clock):
    """Forty people of Acme, of whom some get somewhere."""
    publish(workspace)
    rng, log = random.Random(8), []
    for number in range(40):
        after, reached = timedelta(), {}
        for rung in ("connect", "invite", "report"):
            after += rng.uniform(0, 2) * DAY
            if rng.random() < 0.85:
                reached[rung] = after
        start = clock - rng.uniform(0, 30) * DAY
        log += climb(f"p{number}", start, plan=rng.choice(["pro", "free"]), **reached)
    send(workspace, [event for event in log if event.occurred_at <= clock])


def test_every_metric_is_told_with_its_definition_as_the_command_tells_it(workspace, climbed, program, clock):
    listed = program.get("metrics?limit=100").json()["data"]
    assert [one["key"] for one in listed] == list(METRICS)
    asked = f"ladder=admin&period=90&window=7&as_of={clock.date()}&split=trait:plan"
    with scope(workspace):
        question = ask(
            workspace,
            ladder="admin",
            as_of=str(clock.date()),
            window=7,
            segment="plan",
            now=timezone.now(),
            period_days=90,
        )
        known = every(Sources(question, workspace))
        expected = json.loads(json.dumps(every_data(known, question)))
    out = StringIO()
    days = {"as_of": str(clock.date()), "window": 7, "period": "90", "segment": "plan"}
    call_command("metrics", workspace=workspace.slug, ladder="admin", format="json", stdout=out, **days)
    assert json.loads(out.getvalue())["metrics"] == expected
    for key, metric in METRICS.items():
        told = program.get(f"metrics/{key}?{asked}")
        assert told.status_code == 200, (key, told.content)
        told = told.json()
        assert (told["metric"], told["definition_version"]) == (key, metric.version)
        assert told["asked"]["trait"] == "plan"
        assert told["not_computable"] == expected[key].get("not_computable")
        assert told["not_split"] == expected[key].get("not_split")
        for figure, figure_expected in zip(told["figures"], expected[key]["figures"], strict=True):
            assert {**figure, **figure.pop("value")} | {"value": None} == figure_expected | {"value": None}, key
    began = program.get(f"metrics/began?{asked}").json()["figures"]
    assert began[0]["segment"] is None
    assert began[0]["n"] == 40 == sum(one["n"] for one in began[1:])


def test_a_split_that_metrics_cannot_tell_is_said_to_be_none(climbed, program):
    told = program.get("metrics/activation?ladder=admin&split=version").json()
    assert told["not_split"].startswith("people are split by traits only; the metric version_change")
    assert program.get("metrics/activation?ladder=admin&split=everybody").json()["not_split"] is None


def test_the_people_behind_a_figure_are_as_many_as_it_says(climbed, program, clock):
    asked = f"ladder=admin&period=90&window=7&as_of={clock.date()}"
    seen, cursor = [], ""
    while cursor is not None:
        page = program.get(f"journeys?{asked}&limit=15&cursor={cursor}").json()
        seen += [one["user_id"] for one in page["data"]]
        cursor = page["next"]
    assert len(seen) == len(set(seen)) == 40
    reached = program.get(f"journeys?{asked}&limit=100&state=value").json()["data"]
    told = program.get(f"metrics/activation?{asked}").json()["figures"][0]["value"]
    assert len(reached) == told["people"] > 0


def test_before_and_after_a_version_is_told_as_the_page_tells_it(
    workspace, publish, count, crowd, versions, ben, client_for, program, clock
):
    publish(workspace, at=clock - 100 * DAY)
    publish(workspace, LADDER.read_text().replace("Data first.", "Data before all."), at=clock - 20 * DAY)
    old, new = versions(workspace)
    count(workspace, crowd(old, 120, days=60, until=clock - 20 * DAY, mean_days=6.0))
    count(workspace, crowd(new, 80, days=20, mean_days=2.0, seed=2))
    asked = {"period": "30", "window": "7", "as_of": clock.date().isoformat()}
    page = client_for(ben).get(reverse("dashboards:adoption", args=[workspace.slug]), asked)
    shown = page.context["board"].versions
    told = program.get(f"metrics/version_change?{urlencode(asked)}").json()["figures"][0]["value"]
    # Of the version before also those who began on it before the period.
    assert shown.before.people > 50
    assert (told["now"]["began"], told["before"]["began"]) == (shown.now.people, shown.before.people)
    assert told["before"]["within"]["mature"]["share"] == shown.before.within.told.value
    assert told["p"] == shown.comparison.p


def test_ladder_completion_has_a_window_of_its_own_on_the_page_by_program_and_by_command(
    workspace, publish, count, crowd, versions, ben, client_for, program, clock
):
    publish(workspace, at=clock - 100 * DAY)
    count(workspace, crowd(versions(workspace)[0], 150, days=80, mean_days=20.0))
    asked = {"ladder": "admin", "period": "90", "window": "7", "as_of": clock.date().isoformat()}
    page = client_for(ben).get(reverse("dashboards:adoption", args=[workspace.slug]), asked)
    shown = page.context["board"].completion.within
    assert shown.days == METRICS["ladder_completion"].window_days == 30
    [told] = program.get(f"metrics/ladder_completion?{urlencode(asked)}").json()["figures"]
    assert (told["window_days"], told["n"], told["immature_people"]) == (30, shown.mature.of, shown.immature)
    assert told["value"]["share"] == shown.told.value > 0
    with scope(workspace):
        days = {"as_of": str(clock.date()), "window": 7, "period_days": 90}
        question = ask(workspace, ladder="admin", now=timezone.now(), **days)
        by_command = as_data(answer(question, question.counts()))["ladder_completion"]["within"]
    assert (by_command["days"], by_command["mature"]["share"]) == (30, shown.told.value)
    definitions = {one["key"]: one["window_days"] for one in program.get("metrics?limit=100").json()["data"]}
    assert (definitions["ladder_completion"], definitions["activation"]) == (30, None)


@pytest.mark.parametrize(
    "query",
    ["ladder=nothing", "window=0", "as_of=2999-01-01", "as_of=soon", "split=trait:colour", "split=x", "period=7"],
)
def test_a_question_that_makes_no_sense_is_refused_with_a_sentence(climbed, program, query):
    told = program.get(f"metrics/activation?{query}")
    assert (told.status_code, told.json()["code"]) == (400, "bad_query")
    assert len(told.json()["detail"]) > 10


def test_a_view_is_shared_and_kept_within_the_program_s_reach(workspace, ana, climbed, program, client_for):
    made = program.post("views", {"name": "Pro", "asks": {"ladder": "admin", "split": "trait:plan"}})
    assert made.status_code == 201
    page = client_for(ana).get(f"/w/{workspace.slug}/adoption/views/").content.decode()
    assert "Pro" in page
    path = f"views/{made.json()['id']}"
    seen = program.get(path)["ETag"]
    changed = program.put(path, {"name": "Plans", "asks": {"ladder": "admin"}}, If_Match=seen)
    assert changed.json()["name"] == "Plans"
    assert program("delete", path).status_code == 204
    assert program.get(path).status_code == 404
