"""The share of each cohort that has reached first value, by age: a triangle, with what cannot be told yet marked."""

from collections.abc import Sequence

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
from analytics.metrics.cohorts import WEEK_DAYS, Cohort, CohortCell, Grain
from analytics.stats import NotComputable, Share

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
                text = f"{cell.share.value:.0%}"
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
    people = "1 person" if cohort.people == 1 else f"{cohort.people:,} people"
    lines = [f"{'Began in' if grain is Grain.MONTH else 'Began in the week of'} {_name(cohort, grain)}: {people}"]
    if cell.withheld:
        lines.append("Withheld: fewer than five people, or they could be reckoned from it")
    elif isinstance(cell.share, NotComputable):
        lines.append(f"Not everybody has been watched for {cell.days} days yet")
    else:
        lines.append(f"Within {cell.days} days: {cell.share.value:.1%}, {cell.share.count:,} people")
    return "\n".join(lines)


def _people(cohort: Cohort, cell: CohortCell) -> dict[str, object]:
    days = {"from": cohort.days.first.isoformat(), "to": cohort.days.last.isoformat()}
    if isinstance(cell.told, NotComputable):
        return {"state": "began", **days}
    return {"state": "value", "window": cell.days, **days}


def _told(cohort: Cohort, age: int) -> bool:
    return any(cell.days == age and not isinstance(cell.share, NotComputable) for cell in cohort.cells)


def _age(days: int) -> str:
    return f"W{days // WEEK_DAYS}"


def _name(cohort: Cohort, grain: Grain) -> str:
    first = cohort.days.first
    return f"{first:%b %Y}" if grain is Grain.MONTH else f"{first.day} {first:%b}"
