"""The share of each cohort that is active in each week after beginning: a triangle; what is not over yet is marked."""

from collections.abc import Sequence

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
from analytics.metrics.sizes import Caution
from analytics.metrics.use.retention import Row
from analytics.stats import Share
from analytics.stats.retention import RetentionCell
from workspaces.tenants.templatetags.ui import percent

ROW = 26
LEFT = 64
NARROW_PERIODS = 6


def spec(rows: Sequence[Row], size: Size) -> Spec | None:
    """A row for each cohort, a column for each week; None when no cell can be told."""
    periods = sorted({cell.period for row in rows for cell in row.cells if _told(row, cell)})
    if not periods:
        return None
    periods = periods[:NARROW_PERIODS] if size.narrow else periods
    told, waiting = [], []
    for row in rows:
        if not row.people:
            continue
        for period in periods:
            place = {"cohort": _name(row), "week": _week(period)}
            cell = next((cell for cell in row.cells if cell.period == period), None)
            if period in row.withheld or row.caution is Caution.WITHHELD:
                waiting.append({**place, "text": "–"})
            elif cell is not None and _told(row, cell) and isinstance(cell.share, Share):
                heat = min(len(HEAT) - 1, int(cell.share.value * len(HEAT)))
                ink = SURFACE if heat >= HEAT_NEEDS_LIGHT_TEXT_FROM else INK
                told.append({**place, "text": percent(cell.share.value, 0), "fill": HEAT[heat], "ink": ink})
            else:
                waiting.append({**place, "text": "·"})
    place_on = {
        "x": {"field": "week", "type": "nominal",
              "scale": {"domain": [_week(period) for period in periods], "paddingInner": 0.05},
              "axis": {"orient": "top", "title": None, "labelAngle": 0, "labelPadding": 4}},
        "y": {"field": "cohort", "type": "nominal",
              "scale": {"domain": [_name(row) for row in rows], "paddingInner": 0.08}, "axis": {"title": None}},
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
    framed_by = Margins(left=LEFT, top=24)
    step = (size.width - LEFT) / len(periods)
    spots = [
        Spot(
            LEFT + step * periods.index(cell.period),
            framed_by.top + ROW * place,
            step,
            ROW,
            _said(row, cell),
            people=_people(row, cell),
        )
        for place, row in enumerate(rows)
        for cell in row.cells
        if cell.period in periods and row.people
    ]
    return framed({"encoding": place_on, "layer": layers}, size, height=ROW * len(rows), margins=framed_by, spots=spots)


def _said(row: Row, cell: RetentionCell) -> str:
    people = ngettext("%(number)s person", "%(number)s people", row.people) % {"number": number_words(row.people)}
    lines = [_("Began in the week of %(when)s: %(people)s") % {"when": _name(row), "people": people}]
    if cell.period in row.withheld:
        lines.append(_("Withheld: fewer than five people, or they could be reckoned from it"))
    elif _told(row, cell) and isinstance(cell.share, Share):
        told = {"week": cell.period, "share": percent(cell.share.value, 1), "people": number_words(cell.share.count)}
        lines.append(_("Active in week %(week)d: %(share)s, %(people)s people") % told)
    else:
        lines.append(_("Week %(week)d is not over for everybody") % {"week": cell.period})
    return "\n".join(lines)


def _people(row: Row, cell: RetentionCell) -> dict[str, object] | None:
    if not _told(row, cell):
        return None
    days = {"from": row.days.first.isoformat(), "to": row.days.last.isoformat()}
    return {"use": "active", "week": cell.period, **days}


def _told(row: Row, cell: RetentionCell) -> bool:
    """Whether the week is over for the whole cohort, and may be told."""
    return cell.complete and isinstance(row.told(cell), Share)


def _name(row: Row) -> str:
    return day_of_month(row.days.first)


def _week(number: int) -> str:
    return _("W%(week)d") % {"week": number}
