"""What has become of people by each age, as bands that make everybody: reached first value, left before, on the way."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analytics.dashboards.charts.look import (
    ACCENT,
    INK,
    SUNKEN,
    SURFACE,
    WARN,
    Margins,
    Size,
    Spec,
    Spot,
    framed,
)
from analytics.dashboards.words import duration_words
from analytics.metrics.as_of import DAY_S
from analytics.metrics.ends import LEFT, VALUE
from analytics.stats import Incidence, NotComputable
from workspaces.tenants.templatetags.ui import percent

HEIGHT = 190
AXIS = 42
POINTS = 90
BANDS = (
    (gettext_noop("Reached first value"), ACCENT),
    (gettext_noop("Left before"), WARN),
    (gettext_noop("On the way"), SUNKEN),
)


@dataclass(frozen=True)
class Point:
    """The shares at an age; `way` is what is left of everybody."""

    day: float
    value: float
    left: float

    @property
    def way(self) -> float:
        return max(0.0, 1 - self.value - self.left)


def points(found: Incidence, until_days: float) -> list[Point]:
    told = []
    for index in range(POINTS + 1):
        day = until_days * index / POINTS
        ends = [found.at(end, day * DAY_S) for end in (VALUE, LEFT)]
        if day * DAY_S > found.followed_until or any(isinstance(one, NotComputable) for one in ends):
            break
        value, left = (0.0 if isinstance(one, NotComputable) else one.value for one in ends)
        told.append(Point(round(day, 4), round(value, 4), round(left, 4)))
    return told


def spec(found: Incidence, until_days: float, size: Size) -> Spec | None:
    """The picture; None when nothing can be told beyond the beginning."""
    row = points(found, until_days)
    if len(row) < 2:
        return None
    margins = Margins(left=AXIS, right=10, bottom=44)
    values = []
    for point in row:
        floor = 0.0
        for (name, __), share in zip(BANDS, (point.value, point.left, point.way), strict=True):
            values.append({"d": point.day, "low": round(floor, 4), "high": round(floor + share, 4), "band": name})
            floor += share
    scale = {"domain": [name for name, __ in BANDS], "range": [colour for __, colour in BANDS]}
    x = {
        "field": "d",
        "type": "quantitative",
        "scale": {"domain": [0, until_days], "nice": False},
        "axis": {"title": _("Days since beginning"), "tickCount": 4 if size.narrow else 6, "format": ".1~f"},
    }
    shares: Spec = {
        "type": "quantitative",
        "scale": {"domain": [0, 1], "nice": False},
        "axis": {"title": None, "format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1]},
    }
    layers: list[Spec] = [
        {
            "data": {"values": values},
            "mark": {"type": "area", "interpolate": "step-after", "stroke": SURFACE, "strokeWidth": 1},
            "encoding": {
                "x": x,
                "y": {**shares, "field": "low"},
                "y2": {"field": "high"},
                "color": {"field": "band", "type": "nominal", "scale": scale, "legend": None},
            },
        },
        *_names(row[-1], until_days),
    ]
    spots = _spots(row, size, margins)
    return framed({"layer": layers}, size, height=HEIGHT, margins=margins, spots=spots)


def _names(last: Point, until_days: float) -> list[Spec]:
    """Each band's name in it, where it is high enough for one."""
    floor, layers = 0.0, list[Spec]()
    for (name, colour), share in zip(BANDS, (last.value, last.left, last.way), strict=True):
        if share >= 0.12:
            place = {"d": last.day, "s": floor + share / 2}
            ink = INK if colour == SUNKEN else SURFACE
            layers.append(
                {
                    "data": {"values": [place]},
                    "mark": {
                        "type": "text",
                        "align": "right",
                        "dx": -8,
                        "fontWeight": 600,
                        "fill": ink,
                        "text": _(name),
                    },
                    "encoding": {
                        "x": {"field": "d", "type": "quantitative", "scale": {"domain": [0, until_days]}},
                        "y": {"field": "s", "type": "quantitative", "scale": {"domain": [0, 1]}},
                    },
                }
            )
        floor += share
    return layers


def _spots(row: Sequence[Point], size: Size, margins: Margins) -> list[Spot]:
    width = size.width - margins.left - margins.right
    step = width / POINTS
    spots = []
    for index, point in enumerate(row[1:], start=1):
        text = [_("After %(time)s") % {"time": duration_words(point.day * DAY_S)}]
        shares = (point.value, point.left, point.way)
        text += [f"{_(name)}: {percent(share, 1)}" for (name, __), share in zip(BANDS, shares, strict=True)]
        days = int(point.day)
        people: dict[str, object] | None = {"state": "at-risk", "window": days} if days else None
        spots.append(
            Spot(margins.left + step * (index - 0.5), margins.top, step, HEIGHT, "\n".join(text), people=people)
        )
    return spots
