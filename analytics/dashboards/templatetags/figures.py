"""Results as words and figures. A result that is not computable reads as a dash; its reason stands beside it."""

from typing import Any

from django import template
from django.template import Context
from django.utils.translation import gettext as _

from analytics.dashboards.people import Having
from analytics.dashboards.words import day_of_month, duration_words, number_words, value_words
from analytics.metrics.days import Days
from analytics.metrics.reasons import reason
from analytics.metrics.sizes import FEW, WITHHELD_BELOW
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
def told(result: Any) -> bool:
    """Whether there is a number."""
    return result is not None and not isinstance(result, NotComputable | NotReached)


@register.simple_tag(takes_context=True)
def counted(context: Context, people: int) -> str:
    """How many people, or accounts: "1,204". Outside, of one to four only that they are so few."""
    if context.get("outside") and 0 < people < WITHHELD_BELOW:
        return _("under %(fewest)d") % {"fewest": WITHHELD_BELOW}
    return number_words(people)


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
