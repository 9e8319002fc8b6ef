from collections.abc import Sequence
from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from analytics.dashboards.compare.sides import MOST_TRAITS, Side
from analytics.dashboards.words import value_words

register = template.Library()


@register.filter
def side_words(side: Side) -> str:
    """ "who began 1 Sep 2026 – 30 Sep 2026 on version 2, with plan “pro” and role “admin”"."""
    said = {"first": _day(side.days.first), "last": _day(side.days.last), "version": side.version}
    said["traits"] = _(" and ").join(f"{trait} “{value_words(value)}”" for trait, value in side.traits)
    if side.version and side.traits:
        return _("who began %(first)s – %(last)s on version %(version)s, with %(traits)s") % said
    if side.version:
        return _("who began %(first)s – %(last)s on version %(version)s") % said
    if side.traits:
        return _("who began %(first)s – %(last)s, with %(traits)s") % said
    return _("who began %(first)s – %(last)s") % said


@register.filter
def places(side: Side) -> list[tuple[int, tuple[str, str]]]:
    """The places for traits in the form, with what is chosen in each."""
    chosen = [*side.traits, *[("", "")] * MOST_TRAITS][:MOST_TRAITS]
    return list(enumerate(chosen, start=1))


@register.filter
def with_chosen(known: Sequence[str], chosen: tuple[str, str]) -> tuple[Sequence[str], tuple[str, str]]:
    return known, chosen


@register.filter
def of_trait(offered: tuple[Sequence[str], tuple[str, str]], trait: str) -> list[str]:
    """The known values, and the chosen one even if nobody has it now."""
    known, (of, value) = offered
    return [*known, *([value] if of == trait and value not in known else [])]


def _day(day: date) -> str:
    return date_format(day, _("j M Y"))
