"""Links from a figure to the people whom it counts."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from analytics.metrics.cohorts import Cohort
from analytics.metrics.days import Days
from analytics.metrics.forecast import Earlier, Expected
from analytics.metrics.pace import Grouped, Pace
from analytics.metrics.segments import NOT_SET

register = template.Library()


@register.simple_tag(takes_context=True)
def asked_at(context: template.Context, view: str, *args: Any, **wanted: Any) -> str:
    """The address of a page of this workspace for the question that this one answers, with some parts changed.

    None or "" leaves a part out; of several values each is named.
    """
    query = {**context["asked"].address, **wanted}
    path = reverse(view, args=[context["workspace"].slug, *args])
    named = {name: value for name, value in query.items() if value not in ("", None, ())}
    return f"{path}?{urlencode(named, doseq=True)}"


@register.simple_tag(takes_context=True)
def people_behind(context: template.Context, **wanted: Any) -> str:
    """The address of the people that a figure counts: this page's question with `state`, `rung`, `value` and so on."""
    return asked_at(context, "dashboards:people", split=None, **wanted)


@register.simple_tag(takes_context=True)
def people_of(context: template.Context, group: Pace, **wanted: Any) -> str:
    """The same, of a group: who began on its days, on its version, with its values of traits."""
    return str(people_behind(context, **narrowed_to(group), **wanted))


def narrowed_to(group: Grouped) -> dict[str, Any]:
    """A group as parameters of a list of people."""
    whose, found = group.whose, dict[str, Any]()
    if whose.days is not None:
        found |= {"from": whose.days.first.isoformat(), "to": whose.days.last.isoformat(), "period": None}
    if whose.version is not None:
        found["version"] = whose.version
    for number, (trait, values) in enumerate(whose.traits, start=1):
        mark = "" if number == 1 else str(number)
        found |= {f"trait{mark}": trait, f"value{mark}": tuple(value or NOT_SET for value in values)}
    return found


@register.simple_tag(takes_context=True)
def days_people(context: template.Context, days: Days, *, state: str = "began", **wanted: Any) -> str:
    """Who began on these days."""
    first, last = (day.isoformat() for day in days)
    return str(people_behind(context, state=state, period=None, **{"from": first, "to": last}, **wanted))


@register.simple_tag(takes_context=True)
def cohort_people(
    context: template.Context, cohort: Cohort | Expected | Earlier, *, state: str = "began", window: int | None = None
) -> str:
    """Who began in a cohort; or those of them who reached first value within the window, in days."""
    wanted: dict[str, Any] = {} if window is None else {"window": window}
    return str(days_people(context, cohort.days, state=state, **wanted))


@register.simple_tag(takes_context=True)
def answers_of(context: template.Context, row: Mapping[str, Any]) -> str:
    """The answers behind a row of the net promoter score: of its days, and of its value of the trait."""
    first, last = (day.isoformat() for day in row["days"])
    wanted: dict[str, Any] = {"from": first, "to": last, "period": None, "split": None}
    if row["line"].value:
        wanted |= {"trait": context["trait"], "value": row["line"].value}
    return asked_at(context, "dashboards:answers", **wanted)


@register.filter
def value_asked(value: str | None) -> str:
    """The value of a trait as addresses have it."""
    return value or NOT_SET
