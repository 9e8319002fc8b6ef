"""The share of people who have reached first value, by time since they began, with its band."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from analytics.dashboards.charts.look import (
    ACCENT,
    DASHES,
    INK_3,
    SERIES,
    SERIES_TEXT,
    SURFACE,
    Margins,
    Size,
    Spec,
    Spot,
    framed,
)
from analytics.dashboards.words import duration_words, number_words
from analytics.metrics.as_of import DAY_S
from analytics.metrics.pace import Pace
from analytics.stats import Curve, NotComputable, NotReached, Step
from workspaces.tenants.templatetags.ui import percent

HEIGHT = 236
AXIS = 42
POINTS = 120
SPOTS = 60
SPANS_DAYS = (7, 14, 30, 60, 90, 180, 365)
# Where fewer are left at risk, single people make the steps.
FEWEST_AT_RISK, FEWEST_SHARE = 10, 0.05
MOST_BANDS = 2
ROOM_FOR_LABELS = 132


@dataclass(frozen=True)
class Point:
    """`share` of people who have reached first value by `day`, between `low` and `high`."""

    day: float
    share: float
    low: float
    high: float


def told_until_days(lines: Sequence[Pace]) -> float:
    """How far a picture of these curves should go: to where nine tenths of what can be told has happened."""
    ends = [_reliable_end(line.curve) for line in lines if isinstance(line.curve, Curve)]
    if not ends:
        return float(SPANS_DAYS[0])
    end = max(ends)
    for span in SPANS_DAYS:
        if span * DAY_S >= end:
            break
        if all(_share(line.curve, span * DAY_S) >= 0.9 * _share(line.curve, end) for line in lines):
            return float(span)
    return max(1.0, end / DAY_S)


def points(curve: Curve, until_days: float) -> list[Point]:
    """The curve as steps, evenly thinned; it ends where nobody has been watched any longer."""
    found = []
    for index in range(POINTS + 1):
        day = until_days * index / POINTS
        step = curve.at(min(day * DAY_S, curve.followed_until))
        if day * DAY_S > curve.followed_until or isinstance(step, NotComputable):
            break
        share = 1 - step.survival
        low, high = _band(step)
        found.append(Point(round(day, 4), round(share, 4), round(low, 4), round(high, 4)))
    return found


def spec(lines: Sequence[Pace], size: Size) -> Spec | None:
    """The picture of one to four groups; None when there is no curve to show."""
    drawn = [(line, line.curve) for line in lines if isinstance(line.curve, Curve)]
    if not drawn:
        return None
    until = told_until_days([line for line, _curve in drawn])
    labelled = len(drawn) > 1 and not size.narrow
    margins = Margins(left=AXIS, right=ROOM_FOR_LABELS if labelled else 10, bottom=44)
    rows = [points(curve, until) for _, curve in drawn]
    top = _top(max((point.high if len(drawn) <= MOST_BANDS else point.share) for row in rows for point in row))
    layers: list[Spec] = []
    for index, row in enumerate(rows):
        layers += _line(row, index, band=len(drawn) <= MOST_BANDS)
    for index, (line, _curve) in enumerate(drawn):
        layers += _median(line, until, top, SERIES[index], alone=len(drawn) == 1)
    if labelled:
        layers += _labels([line for line, _curve in drawn], [row[-1].share for row in rows], until, top)
    shared = {
        "x": {
            "type": "quantitative",
            "scale": {"domain": [0, until], "nice": False},
            "axis": {
                "title": _("Days since beginning"),
                "tickCount": 4 if size.narrow else 6,
                "domain": True,
                "format": ".1~f",
            },
        },
        "y": {
            "type": "quantitative",
            "scale": {"domain": [0, top], "nice": False},
            "axis": {
                "title": None,
                "format": ".0%",
                "grid": True,
                "values": [top * quarter / 4 for quarter in range(5)],
                "tickCount": 5,
                "labelOverlap": False,
            },
        },
    }
    spots = _spots([(line.label, curve) for line, curve in drawn], until, top, size, margins)
    return framed({"encoding": shared, "layer": layers}, size, height=HEIGHT, margins=margins, spots=spots)


def _spots(curves: Sequence[tuple[str, Curve]], until: float, top: float, size: Size, margins: Margins) -> list[Spot]:
    """A strip for each time, with what every curve says there."""
    width = size.width - margins.left - margins.right
    step = width / SPOTS
    found = []
    for index in range(1, SPOTS + 1):
        seconds, x = until * DAY_S * index / SPOTS, margins.left + step * index
        lines, dots = [_("After %(time)s") % {"time": duration_words(seconds, "dative")}], []
        for label, curve in curves:
            at = curve.at(seconds)
            if isinstance(at, NotComputable) or seconds > curve.followed_until:
                continue
            low, high = _band(at)
            share = 1 - at.survival
            said = _("%(share)s (%(low)s–%(high)s), %(people)s still watched") % {
                "share": percent(share, 1),
                "low": percent(low, 0),
                "high": percent(high, 0),
                "people": number_words(at.at_risk),
            }
            lines.append(f"{label}: {said}" if label else f"{said}")
            dots.append((x, margins.top + HEIGHT * (1 - share / top)))
        if dots:
            found.append(
                Spot(x - step / 2, margins.top, step, HEIGHT, "\n".join(lines), tuple(dots), _people(curves, seconds))
            )
    return found


def _people(curves: Sequence[tuple[str, Curve]], seconds: float) -> dict[str, object] | None:
    """Of one curve, those who were still on the way then, in whole days; several are opened by the table."""
    days = int(seconds // DAY_S)
    return {"state": "at-risk", "window": days} if len(curves) == 1 and days else None


def _line(row: list[Point], index: int, *, band: bool) -> list[Spec]:
    values = [{"d": p.day, "s": p.share, "l": p.low, "h": p.high} for p in row]
    colour = SERIES[index]
    layers: list[Spec] = []
    if band:
        layers.append(
            {
                "data": {"values": values},
                "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.16, "color": colour},
                "encoding": {"x": {"field": "d"}, "y": {"field": "l"}, "y2": {"field": "h"}},
            }
        )
    line: Spec = {"type": "line", "interpolate": "step-after", "strokeWidth": 2.25, "color": colour}
    if DASHES[index]:
        line["strokeDash"] = DASHES[index]
    layers.append({"data": {"values": values}, "mark": line, "encoding": {"x": {"field": "d"}, "y": {"field": "s"}}})
    return layers


def _median(line: Pace, until: float, top: float, colour: str, *, alone: bool) -> list[Spec]:
    """A dot where half have got there; with a single curve its time is written beside it."""
    if line.median_s is None or line.median_s > until * DAY_S or top < 0.5:
        return []
    at = [{"d": line.median_s / DAY_S, "s": 0.5}]
    encoding = {"x": {"field": "d"}, "y": {"field": "s"}}
    layers: list[Spec] = [
        {
            "data": {"values": at},
            "mark": {"type": "point", "filled": True, "size": 70, "fill": colour, "stroke": SURFACE, "strokeWidth": 2,
                     "opacity": 1},
            "encoding": encoding,
        }
    ]  # fmt: skip
    if alone:
        right = line.median_s > 0.6 * until * DAY_S
        text: Spec = {
            "type": "text",
            "fontWeight": 600,
            "fill": ACCENT,
            "text": _("half by %(time)s") % {"time": duration_words(line.median_s, "dative")},
        }
        text |= {"align": "right", "dx": -10, "dy": -12} if right else {"align": "left", "dx": 10, "dy": 14}
        layers.append({"data": {"values": at}, "mark": text, "encoding": encoding})
    return layers


def _labels(lines: Sequence[Pace], ends: Sequence[float], until: float, top: float) -> list[Spec]:
    layers: list[Spec] = []
    for index, (line, at) in enumerate(zip(lines, kept_apart(ends, top), strict=True)):
        median = _("median not yet reached")
        if line.median_s is not None:
            median = _("median %(time)s") % {"time": duration_words(line.median_s)}
        place = {"data": {"values": [{"d": until, "s": at}]}, "encoding": {"x": {"field": "d"}, "y": {"field": "s"}}}
        common = {"type": "text", "align": "left", "dx": 8, "limit": ROOM_FOR_LABELS - 8}
        layers += [
            {**place, "mark": {**common, "dy": -6, "fontWeight": 600, "fill": SERIES_TEXT[index], "text": line.label}},
            {**place, "mark": {**common, "dy": 9, "fontSize": 11, "fill": INK_3, "text": median}},
        ]
    return layers


def kept_apart(ends: Sequence[float], top: float) -> list[float]:
    """Where to write the labels of lines that end at these heights, so that no two overlap and none leaves the plot."""
    room = 38 / HEIGHT * top
    order = sorted(range(len(ends)), key=lambda index: ends[index])
    places = [0.0] * len(ends)
    floor = 0.05 * top
    for index in order:
        places[index] = max(ends[index], floor)
        floor = places[index] + room
    ceiling = top * 0.98
    for index in reversed(order):
        places[index] = min(places[index], ceiling)
        ceiling = places[index] - room
    return places


def _band(step: Step) -> tuple[float, float]:
    """The limits of the share reached; the share itself where the curve has none."""
    limits = step.interval
    if isinstance(limits, NotComputable) or isinstance(limits.low, NotReached) or isinstance(limits.high, NotReached):
        return 1 - step.survival, 1 - step.survival
    return 1 - limits.high, 1 - limits.low


def _reliable_end(curve: Curve) -> float:
    """Until when enough people are at risk for the curve to mean something."""
    enough = max(FEWEST_AT_RISK, FEWEST_SHARE * curve.n)
    times = [time for time, left in zip(curve.times, curve.at_risk, strict=True) if left >= enough]
    return max(times[-1] if times else curve.followed_until, DAY_S)


def _share(curve: object, seconds: float) -> float:
    if not isinstance(curve, Curve):
        return 0.0
    step = curve.at(min(seconds, curve.followed_until))
    return 0.0 if isinstance(step, NotComputable) else 1 - step.survival


def _top(highest: float) -> float:
    """The top of the axis: a fifth at least, so that small shares do not look large."""
    return next((top for top in (0.2, 0.4, 0.6, 0.8) if highest <= top), 1.0)
