"""The ordered funnel as bars: who reached each step, and where most people stop."""

from django.utils.translation import gettext as _

from analytics.dashboards.charts.look import ACCENT, INK, INK_3, SUNKEN, WARN, Margins, Size, Spec, Spot, framed
from analytics.dashboards.words import number_words
from analytics.metrics.funnel import DropOff, Funnel, Step
from analytics.stats import NotComputable, NotReached, Share
from workspaces.tenants.templatetags.ui import percent

ROW = 50
BAR = 14


def spec(funnel: Funnel, drop_off: DropOff | NotComputable, size: Size) -> Spec | None:
    """A bar for each step, as a share of those watched for the whole window; None of nobody, and of too few."""
    if not funnel.mature or funnel.withheld:
        return None
    worst = drop_off.step.key if isinstance(drop_off, DropOff) and drop_off.clear else None
    room = 96
    width = size.width - room
    # On a narrow screen the losses stand over the numbers, so that the names have the room.
    names, drops = (size.width - 46, room) if size.narrow else (width - 110, 0)
    rows = []
    for place, step in enumerate(funnel.steps):
        share = step.within.mature
        assert isinstance(share, Share)
        of_previous = step.of_previous
        rows.append(
            {
                "y": place * ROW + 26,
                "zero": 0,
                "one": 1,
                "name": step.name,
                "share": share.value,
                "n": number_words(share.count),
                "percent": percent(share.value, 0),
                "drop": "" if isinstance(of_previous, NotComputable) else _lost(of_previous, size),
                "worst": step.key == worst and place > 0,
            }
        )
    height = ROW * len(rows)
    up = {"domain": [0, height], "reverse": True, "nice": False}
    y = {"field": "y", "type": "quantitative", "scale": up, "axis": None}
    warn = {"test": "datum.worst", "value": WARN}
    bar = {"type": "bar", "height": BAR, "cornerRadius": 4}
    colour = {"condition": warn, "value": ACCENT}
    layers: list[Spec] = [
        {"mark": {**bar, "color": SUNKEN}, "encoding": {"x": _across("zero"), "x2": {"field": "one"}, "y": y}},
        {"mark": bar, "encoding": {"x": _across("zero"), "x2": {"field": "share"}, "y": y, "color": colour}},
        _text("name", "zero", y, {"align": "left", "dy": -17, "fill": INK, "fontWeight": 500, "limit": names}),
        _text("n", "one", y, {"align": "right", "dx": room - 48, "fill": INK, "fontWeight": 600}),
        _text("percent", "one", y, {"align": "right", "dx": room, "fill": INK_3}),
        _text("drop", "one", y, {"align": "right", "dy": -17, "dx": drops}, color={"condition": warn, "value": INK_3}),
    ]
    margins = Margins(right=room)
    spots = [
        Spot(0, margins.top + place * ROW, size.width, ROW, _said(step), people=_people(step))
        for place, step in enumerate(funnel.steps)
    ]
    return framed({"data": {"values": rows}, "layer": layers}, size, height=height, margins=margins, spots=spots)


def _said(step: Step) -> str:
    share = step.within.mature
    assert isinstance(share, Share)
    low, high = (0.0 if isinstance(end, NotReached) else end for end in (share.interval.low, share.interval.high))
    told = {
        "n": number_words(share.count),
        "of": number_words(share.of),
        "share": percent(share.value, 1),
        "low": percent(low, 0),
        "high": percent(high, 0),
    }
    lines = [step.name, _("%(n)s of %(of)s people: %(share)s (%(low)s–%(high)s)") % told]
    if isinstance(step.of_previous, Share) and step.key:
        lost = {"n": number_words(step.lost), "share": percent(1 - step.of_previous.value, 1)}
        lines.append(_("%(n)s stopped before it, %(share)s of the step before") % lost)
    return "\n".join(lines)


def _people(step: Step) -> dict[str, object]:
    return {"state": "reached", "rung": step.key} if step.key else {"state": "mature"}


def _lost(of_previous: Share, size: Size) -> str:
    lost = percent(1 - of_previous.value, 0)
    return f"−{lost}" if size.narrow else _("−%(share)s from previous") % {"share": lost}


def _across(field: str) -> Spec:
    return {"field": field, "type": "quantitative", "scale": {"domain": [0, 1], "nice": False}, "axis": None}


def _text(field: str, at: str, y: Spec, mark: Spec, **encoding: Spec) -> Spec:
    text = {"type": "text", "fontSize": 12.5, **mark}
    return {"mark": text, "encoding": {"x": _across(at), "y": y, "text": {"field": field}, **encoding}}
