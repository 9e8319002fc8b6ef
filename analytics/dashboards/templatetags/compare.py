from collections.abc import Sequence
from datetime import date

from django import template
from django.utils.formats import date_format

from analytics.dashboards.compare.sides import MOST_TRAITS, Side

register = template.Library()


@register.filter
def side_words(side: Side) -> str:
    """ "who began 1 Sep 2026 – 30 Sep 2026 on version 2, with plan “pro” and role “admin”"."""
    words = f"who began {_day(side.days.first)} – {_day(side.days.last)}"
    if side.version:
        words += f" on version {side.version}"
    if side.traits:
        words += ", with " + " and ".join(f"{trait} “{value}”" for trait, value in side.traits)
    return words


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
    return date_format(day, "j M Y")
