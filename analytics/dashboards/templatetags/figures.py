"""Results as words and figures. A result that is not computable reads as a dash; its reason stands beside it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from analytics.dashboards.people import Having
from analytics.dashboards.words import day_of_month, duration_words, number_words, value_words
from analytics.metrics.cohorts import Cohort
from analytics.metrics.days import Days
from analytics.metrics.forecast import Earlier, Expected
from analytics.metrics.pace import Grouped, Pace
from analytics.metrics.question import Asks
from analytics.metrics.reasons import reason
from analytics.metrics.registry import METRICS
from analytics.metrics.segments import NOT_SET
from analytics.metrics.sizes import FEW
from analytics.metrics.triangles import WITHHELD
from analytics.stats import Difference, Interval, NotComputable, NotReached, Quantile, RestrictedMean, Share, Step
from onboarding.progress.models import Journey
from workspaces.tenants.templatetags.ui import percent

register = template.Library()

DASH = "–"
OF_FEW = (FEW, WITHHELD)
# Below this many people a tenth of a percent is finer than one person.
TENTHS_FROM = 200


@register.filter
def why(result: NotComputable) -> str:
    """Why there is no number."""
    return reason(result)


@register.filter
def value_said(value: str) -> str:
    """The value of a trait as people read it."""
    return value_words(value)


@register.filter
def values_said(having: Having) -> str:
    """The values that a list of people is narrowed to, as people read them."""
    return _("”, “").join(value_words(value) for value in having.values)


@register.filter
def value_asked(value: str | None) -> str:
    """The value of a trait as addresses have it."""
    return value or NOT_SET


@register.filter
def told(result: Any) -> bool:
    """Whether there is a number."""
    return result is not None and not isinstance(result, NotComputable | NotReached)


@register.filter
def share(found: Share | NotComputable) -> str:
    """ "41.2%", or "41%" where tenths would be finer than one person; "withheld" of few."""
    if isinstance(found, NotComputable):
        return _none(found)
    return percent(found.value, 1 if found.of >= TENTHS_FROM else 0)


@register.filter
def of_people(found: Share | NotComputable) -> str:
    """ "12 of 29 people": what a share is of, and how many the list behind it holds."""
    if isinstance(found, NotComputable):
        return ""
    return _("%(count)s of %(of)s people") % {"count": number_words(found.count), "of": number_words(found.of)}


@register.filter
def percent_of(value: float | NotReached | None) -> str:
    return DASH if value is None or isinstance(value, NotReached) else percent(value, 0)


@register.filter
def exact_share(value: float) -> str:
    """ "41.2%", of an estimate."""
    return percent(value, 1)


@register.filter
def span_of_shares(interval: Interval | NotComputable) -> str:
    """ "38–44%"."""
    if isinstance(interval, NotComputable):
        return DASH
    return _span(_end(interval.low), _end(interval.high))


@register.filter
def points(difference: Difference) -> str:
    """ "4.6 points", without a sign: the words beside it say whether more or fewer."""
    return points_of(difference.value)


@register.filter
def points_of(value: float) -> str:
    """The same of a plain number: 0.046 is "4.6 points"."""
    size = abs(100 * value)
    if size < 0.1:
        return _("less than a tenth of a point")
    return _("%(n)s points") % {"n": number_words(size, 1)}


@register.filter
def score_points(value: float) -> str:
    """A net promoter score between −1 and 1 as it is told: "32", "−8"."""
    rounded = round(100 * value)
    return f"{'−' if rounded < 0 else ''}{abs(rounded)}"


@register.filter
def span_of_scores(interval: Interval) -> str:
    """ "24 to 40"."""
    return _to(score_points(_end(interval.low)), score_points(_end(interval.high)))


@register.filter
def seconds(value: float | None, case: str = "") -> str:
    return DASH if value is None else duration_words(value, case)


@register.filter
def time_of(quantile: Quantile | NotComputable, case: str = "") -> str:
    """ "7.2 days", or "not yet reached". `time_of:"dative"` after "within"."""
    if isinstance(quantile, NotComputable):
        return _none(quantile)
    return _("not yet reached") if isinstance(quantile.time, NotReached) else duration_words(quantile.time, case)


@register.filter
def span_of_times(quantile: Quantile | NotComputable) -> str:
    """ "6.1 days to 8 days", or "from 6.1 days" where the data give no upper end."""
    if isinstance(quantile, NotComputable):
        return DASH
    low, high = quantile.interval.low, quantile.interval.high
    if isinstance(low, NotReached):
        return _("not yet known")
    if isinstance(high, NotReached):
        return _("from %(time)s") % {"time": duration_words(low)}
    return _to(duration_words(low), duration_words(high))


@register.filter
def span_of_mean(mean: RestrictedMean | NotComputable) -> str:
    """ "6.1 days to 8 days", or a dash where too few had got there."""
    if isinstance(mean, NotComputable) or isinstance(mean.interval, NotComputable):
        return DASH
    return _to(duration_words(_end(mean.interval.low)), duration_words(_end(mean.interval.high)))


@register.filter
def p_value(p: float) -> str:
    return f"p < {number_words(0.001, 3)}" if p < 0.001 else f"p = {number_words(p, 3)}"


@register.filter
def growth(now: int, before: int) -> str:
    """ "22%": by how much the larger exceeds the smaller, as a share of `before`."""
    return percent(abs(now - before) / before, 0)


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
def asked_at(context: template.Context, view: str, *args: Any, **wanted: Any) -> str:
    """The address of a page of this workspace for the question that this one answers, with some parts changed.

    None or "" leaves a part out; of several values each is named.
    """
    query = {**context["asked"].address, **wanted}
    path = reverse(view, args=[context["workspace"].slug, *args])
    named = {name: value for name, value in query.items() if value not in ("", None, ())}
    return f"{path}?{urlencode(named, doseq=True)}"


@register.inclusion_tag("dashboards/_told_by.html", takes_context=True)
def told_by(
    context: template.Context,
    metrics: str | Sequence[str],
    *,
    n: int | None = None,
    immature: int | None = None,
    window: int | None = None,
    segment: str = "",
) -> dict[str, Any]:
    """What a figure rests on, closed until it is asked for: as of when, whom, how many, and by which definitions.

    `metrics`: keys, in words or separated by commas; `n`: people in the figure; `immature`: how many of those who
    began are too new for it; `window`: when it is another one than the question's.
    """
    keys = metrics.split(",") if isinstance(metrics, str) else metrics
    asked = context["asked"]
    # A template that says nothing of a number hands over "".
    shown = n if isinstance(n, int) else None
    new = immature if isinstance(immature, int) else None
    return {
        "asked": asked,
        "workspace": context["workspace"],
        "inline": context.get("inline", False),
        "told_metrics": [METRICS[key] for key in keys],
        "n": shown,
        "immature": new,
        "immature_share": new / (shown + new) if shown is not None and new is not None and shown + new else None,
        "window": window or asked.window_days,
        "segment": segment,
    }


@register.simple_tag(takes_context=True)
def answers_of(context: template.Context, row: Mapping[str, Any]) -> str:
    """The answers behind a row of the net promoter score: of its days, and of its value of the trait."""
    first, last = (day.isoformat() for day in row["days"])
    wanted: dict[str, Any] = {"from": first, "to": last, "period": None, "split": None}
    if row["line"].value:
        wanted |= {"trait": context["trait"], "value": row["line"].value}
    return asked_at(context, "dashboards:answers", **wanted)


@register.simple_tag(takes_context=True)
def before_words(context: template.Context) -> str:
    """What a change is a change on, after “than”: "the 90 days before", or "before" where these are not whole."""
    board = context.get("board")
    if board is None or not board.before_is_whole:
        return pgettext("than", "before")
    return _("the %(days)d days before") % {"days": context["asked"].period_days}


@register.filter
def as_of_words(asked: Asks) -> str:
    """The moment that a figure is as of, in the workspace's zone, in which its days are counted."""
    return date_format(asked.as_of.until.astimezone(asked.as_of.zone), _("j M Y, H:i"))


@register.filter
def in_short(days: Days) -> str:
    """Days of a month as “9 – 15 Nov”, others as “30 Nov – 6 Dec”."""
    first, last = (day_of_month(day) for day in days)
    if days.first.month != days.last.month:
        return f"{first} – {last}"
    return _("%(day)d – %(last)s") % {"day": days.first.day, "last": last}


def _none(result: NotComputable) -> str:
    return _("withheld") if result in OF_FEW else DASH


def _end(end: float | NotReached) -> float:
    assert not isinstance(end, NotReached)
    return end


def _span(low: float, high: float) -> str:
    """The percent sign once, as people write it."""
    return f"{number_words(100 * low)}–{percent(high, 0)}"


def _to(low: str, high: str) -> str:
    return _("%(low)s to %(high)s") % {"low": low, "high": high}


@register.filter
def reached_share(step: Step) -> str:
    """The share who have had the event at a step of a curve."""
    return percent(1 - step.survival, 1)


@register.filter
def reached_span(step: Step) -> str:
    if isinstance(step.interval, NotComputable):
        return DASH
    return _span(1 - _end(step.interval.high), 1 - _end(step.interval.low))


@register.filter
def signed_points(difference: Difference) -> str:
    """ "+4.6 points"."""
    return _("%(n)s points") % {"n": _signed(difference.value)}


@register.filter
def signed_percent(value: float) -> str:
    """ "+12%", of a change."""
    return f"{'−' if value < 0 else '+'}{percent(abs(value), 0)}"


@register.filter
def span_of_points(difference: Difference) -> str:
    return _to(_signed(_end(difference.interval.low)), _signed(_end(difference.interval.high)))


def _signed(share: float) -> str:
    """ "+4.6", in hundredths."""
    return f"{'−' if share < 0 else '+'}{number_words(abs(100 * share), 1)}"


@register.filter
def stop_words(of_previous: Share | NotComputable, step: str) -> str:
    """How many of those at the step before stop: "A third stop before “Invite”", "44% stop before “Invite”"."""
    if isinstance(of_previous, NotComputable):
        return _("People stop before “%(step)s”") % {"step": step}
    lost = 1 - of_previous.value
    words = {
        1 / 4: _("A quarter stop before “%(step)s”"),
        1 / 3: _("A third stop before “%(step)s”"),
        1 / 2: _("Half stop before “%(step)s”"),
        2 / 3: _("Two thirds stop before “%(step)s”"),
    }
    for share_of, said in words.items():
        if abs(lost - share_of) < 0.015:
            return said % {"step": step}
    return _("%(share)s stop before “%(step)s”") % {"share": percent(lost, 0), "step": step}


@register.filter
def value_after(journey: Journey, case: str = "") -> str:
    """How long after beginning a person reached first value."""
    assert journey.first_value_at is not None
    return duration_words((journey.first_value_at - journey.started_at).total_seconds(), case)


@register.simple_tag(takes_context=True)
def cohort_people(
    context: template.Context, cohort: Cohort | Expected | Earlier, *, state: str = "began", window: int | None = None
) -> str:
    """Who began in a cohort; or those of them who reached first value within the window, in days."""
    wanted: dict[str, Any] = {} if window is None else {"window": window}
    return str(days_people(context, cohort.days, state=state, **wanted))


@register.simple_tag(takes_context=True)
def days_people(context: template.Context, days: Days, *, state: str = "began", **wanted: Any) -> str:
    """Who began on these days."""
    first, last = (day.isoformat() for day in days)
    return str(people_behind(context, state=state, period=None, **{"from": first, "to": last}, **wanted))
