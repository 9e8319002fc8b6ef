"""Links from numbers of use to the people behind them."""

from datetime import date, timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _

from analytics.dashboards.templatetags.behind import asked_at, narrowed_to
from analytics.metrics.days import Days
from analytics.metrics.pace import Grouped
from analytics.metrics.use.frequency import Numbers

register = template.Library()


@register.simple_tag(takes_context=True)
def use_people(context: template.Context, use: str, *, days: Days | None = None, **wanted: Any) -> str:
    """The address of the people whom a number of use counts: `use`, and `week` or `about`; cut to cohort days."""
    if days is not None:
        wanted |= {"from": days.first.isoformat(), "to": days.last.isoformat()}
    return asked_at(context, "dashboards:use_people", use=use, split=None, **wanted)


@register.simple_tag(takes_context=True)
def use_people_of(context: template.Context, group: Grouped, use: str, **wanted: Any) -> str:
    """The same of a group: those who began on its version, or with its values of traits."""
    return str(use_people(context, use, **narrowed_to(group), **wanted))


@register.filter
def two_weeks_later(day: date) -> date:
    return day + timedelta(days=14)


@register.filter
def numbers_said(numbers: Numbers) -> str:
    """ "3", "2–4", or "12 or more"."""
    if numbers.high is None:
        return _("%(n)d or more") % {"n": numbers.low}
    return str(numbers.low) if numbers.low == numbers.high else f"{numbers.low}–{numbers.high}"


@register.filter
def numbers_asked(numbers: Numbers) -> str:
    """The same as addresses have it: "3", "2-4", "12-"."""
    if numbers.low == numbers.high:
        return str(numbers.low)
    return f"{numbers.low}-{'' if numbers.high is None else numbers.high}"
