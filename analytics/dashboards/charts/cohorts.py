"""The share of each cohort that has reached first value, by age: a triangle, with what cannot be told yet marked."""

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.dashboards.charts.look import (
    HEAT,
    HEAT_NEEDS_LIGHT_TEXT_FROM,
    INK,
    INK_3,
    SURFACE,
    Margins,
    Size,
    Spec,
    Spot,
    framed,
)
from analytics.dashboards.words import day_of_month, number_words
from analytics.metrics.cohorts import WEEK_DAYS, Cohort, CohortCell, Grain
from analytics.stats import NotComputable, Share
from workspaces.tenants.templatetags.ui import percent

ROW = 26
LEFT = 64
NARROW_AGES = 6


def spec(cohorts: Sequence[Cohort], grain: Grain, size: Size) -> Spec | None:
    """A row for each cohort, a column for each week of age; None when no cell can be told."""
    ages = [cell.days for cell in cohorts[0].cells] if cohorts else []
    ages = [age for age in ages if any(_told(cohort, age) for cohort in cohorts)]
    if not ages:
        return None
    ages = ages[:NARROW_AGES] if size.narrow else ages
    shares = [cell.told for cohort in cohorts for cell in cohort.cells]
    most = max([0.01, *(share.value for share in shares if isinstance(share, Share))])
    names = [_name(cohort, grain) for cohort in cohorts]
    told, waiting = [], []
    for cohort, name in zip(cohorts, names, strict=True):
        for cell in cohort.cells:
            if cell.days not in ages or not cohort.people:
                continue
            place = {"cohort": name, "age": _age(cell.days)}
            if cell.withheld:
                waiting.append({**place, "text": "–"})
            elif isinstance(cell.share, NotComputable):
                waiting.append({**place, "text": "·"})
            else:
                heat = min(len(HEAT) - 1, int(cell.share.value / most * len(HEAT)))
                dark = heat >= HEAT_NEEDS_LIGHT_TEXT_FROM
                text = percent(cell.share.value, 0)
                told.append({**place, "text": text, "fill": HEAT[heat], "ink": SURFACE if dark else INK})
    place_on = {
        "x": {"field": "age", "type": "nominal", "scale": {"domain": [_age(a) for a in ages], "paddingInner": 0.05},
              "axis": {"orient": "top", "title": None, "labelAngle": 0, "labelPadding": 4}},
        "y": {"field": "cohort", "type": "nominal", "scale": {"domain": names, "paddingInner": 0.08},
              "axis": {"title": None}},
    }  # fmt: skip
    layers: list[Spec] = [
        {"data": {"values": waiting}, "mark": {"type": "text", "fill": INK_3}, "encoding": {"text": {"field": "text"}}},
        {
            "data": {"values": told},
            "mark": {"type": "rect", "cornerRadius": 3},
            "encoding": {"color": {"field": "fill", "type": "nominal", "scale": None}},
        },
        {
            "data": {"values": told},
            "mark": {"type": "text", "fontSize": 11.5},
            "encoding": {"text": {"field": "text"}, "color": {"field": "ink", "type": "nominal", "scale": None}},
        },
    ]
    height = ROW * len(cohorts)
    margins = Margins(left=LEFT, top=24)
    step = (size.width - LEFT) / len(ages)
    spots = [
        Spot(
            LEFT + step * ages.index(cell.days),
            margins.top + ROW * row,
            step,
            ROW,
            _said(cohort, cell, grain),
            people=_people(cohort, cell),
        )
        for row, cohort in enumerate(cohorts)
        for cell in cohort.cells
        if cell.days in ages and cohort.people
    ]
    return framed({"encoding": place_on, "layer": layers}, size, height=height, margins=margins, spots=spots)


def _said(cohort: Cohort, cell: CohortCell, grain: Grain) -> str:
    people = ngettext("%(number)s person", "%(number)s people", cohort.people) % {"number": number_words(cohort.people)}
    began = (
        _("Began in %(when)s: %(people)s") if grain is Grain.MONTH else _("Began in the week of %(when)s: %(people)s")
    )
    lines = [began % {"when": _name(cohort, grain), "people": people}]
    if cell.withheld:
        lines.append(_("Withheld: fewer than five people, or they could be reckoned from it"))
    elif isinstance(cell.share, NotComputable):
        lines.append(cell.share.reason[:1].upper() + cell.share.reason[1:])
    else:
        told = {
            "days": cell.days,
            "share": percent(cell.share.value, 1),
            "people": number_words(cell.share.count),
        }
        lines.append(_("Within %(days)d days: %(share)s, %(people)s people") % told)
    return "\n".join(lines)


def _people(cohort: Cohort, cell: CohortCell) -> dict[str, object]:
    days = {"from": cohort.days.first.isoformat(), "to": cohort.days.last.isoformat()}
    if isinstance(cell.told, NotComputable):
        return {"state": "began", **days}
    return {"state": "value", "window": cell.days, **days}


def _told(cohort: Cohort, age: int) -> bool:
    return any(cell.days == age and not isinstance(cell.share, NotComputable) for cell in cohort.cells)


def _age(days: int) -> str:
    return _("W%(week)d") % {"week": days // WEEK_DAYS}


def _name(cohort: Cohort, grain: Grain) -> str:
    first = cohort.days.first
    return date_format(first, _("M Y")) if grain is Grain.MONTH else day_of_month(first)
