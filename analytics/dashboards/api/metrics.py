"""Metrics: their definitions, each of a question, and the people behind a figure."""

from typing import Any

from django.http import Http404, QueryDict
from django.utils import timezone

from analytics.dashboards import asked as asking
from analytics.dashboards import people as selecting
from analytics.dashboards import people_named as naming
from analytics.dashboards.api import shapes
from analytics.dashboards.asked import SPLIT_VERSION, Asked
from analytics.metrics.every.every import UNSPLIT, every
from analytics.metrics.every.figure import Figure
from analytics.metrics.every.sources import Sources
from analytics.metrics.question import Question, Unanswerable, read_segment
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.stuck import MOST_LISTED, Filters, stuck
from analytics.stats import NotComputable
from workspaces.api.operations import Call, operation
from workspaces.api.paging import Page, page, page_of_list
from workspaces.api.problems import Refused
from workspaces.api.views import KeyedView

QUESTION = ("ladder", "period", "from", "to", "window", "as_of", "split")


class Definitions(KeyedView):
    @operation(
        "metrics_list",
        "adoption.read",
        "Every metric's definition: what it says, how it is reckoned, whom it leaves out",
        answer=shapes.Definition,
        pages=True,
    )
    def get(self, call: Call) -> Page:
        return page_of_list(list(METRICS.values()), call.asked)


class OneMetric(KeyedView):
    @operation(
        "metrics_read",
        "adoption.read",
        "One metric of a question, with its definition's version and how many people it rests on",
        answer=shapes.MetricTold,
        query=shapes.QuestionQuery,
        plain=True,
        refuses=(409,),
    )
    def get(self, call: Call, key: str) -> dict[str, Any]:
        metric = METRICS.get(key)
        if metric is None:
            raise Http404(f"There is no metric {key}; /api/v1/metrics lists them")
        asked = question_of(call)
        try:
            return _told(metric, call, asked)
        except Unanswerable as error:
            raise Refused("bad_query", str(error)) from None


class PeopleBehind(KeyedView):
    @operation(
        "journeys_list",
        "adoption.read",
        "The journeys of the people whom a figure counts, the latest to begin first",
        answer=shapes.Behind,
        query=shapes.BehindQuery,
        pages=True,
        refuses=(409,),
    )
    def get(self, call: Call) -> Page:
        asked = question_of(call)
        given = call.asked
        try:
            state = naming.read_state(given["state"])
            selection = selecting.Selection(
                asked=asked,
                state=state,
                rung=naming.read_rung(asked, given.get("rung", ""), state),
                begun=asked.begun,
                traits=_having(call),
                version=naming.read_version(asked, given.get("version", "")),
            )
        except Unanswerable as error:
            raise Refused("bad_query", str(error)) from None
        return page(selection.people().select_related("person"), call.asked, order=("-started_at", "-pk"))


class Stuck(KeyedView):
    @operation(
        "stuck_list",
        "adoption.read",
        "Who waits before a step for longer than usual, the latest to get stuck first",
        answer=shapes.StuckPerson,
        query=shapes.StuckQuery,
        pages=True,
        plain=True,
        refuses=(409,),
    )
    def get(self, call: Call) -> Page:
        asked, given = question_of(call), call.asked
        rung = given.get("rung", "")
        if rung and rung not in asked.subject.latest.funnel:
            raise Refused("bad_query", f"“{rung}” is not a step of the funnel, so nobody can be stuck before it.")
        try:
            trait = read_segment(call.workspace, given.get("trait", ""))
        except Unanswerable as error:
            raise Refused("bad_query", str(error)) from None
        seen = int(given["seen"]) if "seen" in given else None
        steps = stuck(asked, Filters(rung, seen, trait, given.get("value", "")), most=MOST_LISTED)
        people = sorted((one for step in steps for one in step.people), key=lambda one: (one.since, one.person_id))
        found = page_of_list(people[::-1], call.asked)
        return Page(
            [
                {
                    "person": one.person_id,
                    "called": one.called,
                    "account": one.account,
                    "rung": one.rung.key,
                    "since": one.since,
                    "waited_s": one.waited.total_seconds(),
                    "usual_s": one.usual.limit_s,
                    "longer_than": one.longer_than,
                    "last_seen_at": one.last_seen_at,
                }
                for one in found.items
            ],
            found.after,
        )


def _having(call: Call) -> tuple[selecting.Having, ...]:
    trait = read_segment(call.workspace, call.asked.get("trait", ""))
    return (selecting.Having(trait, (call.asked.get("value", ""),)),) if trait else ()


def question_of(call: Call) -> Asked:
    """The question that the parameters ask. Raises Refused."""
    query = QueryDict(mutable=True)
    for name in QUESTION:
        if name in call.asked:
            query[name] = str(call.asked[name])
    return read_question(call, query)


def read_question(call: Call, query: QueryDict) -> Asked:
    try:
        asked = asking.read(call.workspace, query, now=timezone.now())
    except Unanswerable as error:
        raise Refused("bad_query", str(error)) from None
    if asked is None:
        raise Refused("conflict", "No ladder has been published here yet, so there are no numbers.")
    return asked


def _told(metric: Metric, call: Call, asked: Asked) -> dict[str, Any]:
    question = Question(asked.subject, asked.as_of, asked.window_days, asked.begun, asked.trait)
    found = every(Sources(question, call.workspace), [metric.key])[metric.key]
    return {
        "metric": metric.key,
        "definition_version": metric.version,
        "unit": metric.unit,
        "asked": {
            "ladder": asked.subject.key,
            "first_day": asked.begun.first,
            "last_day": asked.begun.last,
            "window_days": asked.window_days,
            "as_of": asked.as_of.day,
            "until": asked.as_of.until,
            "trait": asked.trait or None,
        },
        "not_split": _not_split(metric, asked),
        "not_computable": found.reason if isinstance(found, NotComputable) else None,
        "figures": [] if isinstance(found, NotComputable) else [_figure(figure, asked.trait) for figure in found],
    }


def _not_split(metric: Metric, asked: Asked) -> str | None:
    if asked.split == SPLIT_VERSION:
        return "people are split by traits only; the metric version_change compares the newest version with the last"
    return UNSPLIT.get(metric.key) if asked.trait else None


def _figure(figure: Figure, trait: str) -> dict[str, Any]:
    said = figure.data(trait)
    around = ("about", "segment", "window_days", "n", "immature_people", "immature_share", "caution")
    return {**{name: said[name] for name in around}, "value": figure.told}
