"""What all pictures have in common. The colours are the light theme's; CSS turns them into tokens by attribute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import formats
from django.utils.translation import get_language

from workspaces.tenants.templatetags.ui import percent

Spec = dict[str, Any]

ACCENT, GREY, PALE, DEEP, WARN = "#3451c9", "#7c8494", "#93a9ee", "#2a3f9e", "#a34a08"
INK, INK_2, INK_3, LINE, LINE_2, SUNKEN = "#1b1c20", "#4a4e57", "#666b76", "#e4e4e1", "#d0d0cc", "#f2f2f0"
# The palette's fifth blue is left out: neither dark nor light text is legible on it.
HEAT = ("#f1f4fd", "#dce4fb", "#bccaf6", "#93a9ee", "#3b58cc", "#2a3f9e")
HEAT_NEEDS_LIGHT_TEXT_FROM = 4
SURFACE = "#ffffff"

# Lines are told apart by colour, by dashes and by a label at their end.
SERIES = (ACCENT, GREY, DEEP, PALE)
# Their labels, where the line's own colour would be too faint for text.
SERIES_TEXT = (ACCENT, INK_3, DEEP, INK_2)
DASHES: tuple[list[int], ...] = ([], [], [6, 3], [2, 2])

FONT = "Inter Variable, Inter, system-ui, sans-serif"


@dataclass(frozen=True)
class Size:
    """A picture's name and width in CSS pixels; each is drawn for both kinds of screen, so that text stays legible."""

    name: str
    width: int

    @property
    def narrow(self) -> bool:
        return self.width < 480


WIDE, NARROW = Size("wide", 560), Size("narrow", 312)
SIZES = (WIDE, NARROW)


@dataclass(frozen=True)
class Margins:
    """Room around the plot, in CSS pixels, for axes and labels. Fixed, so that all pictures have one scale."""

    left: int = 0
    right: int = 0
    top: int = 6
    bottom: int = 4


@dataclass(frozen=True)
class Spot:
    """A part of a picture that says its exact values when it is pointed at: a box, and dots to mark in it.

    In CSS pixels of the picture. The first line of `text` is a heading. `people` are the parameters of the list of
    those whom it counts, beside the page's question; none where it counts nobody.
    """

    x: float
    y: float
    width: float
    height: float
    text: str
    dots: tuple[tuple[float, float], ...] = ()
    people: Mapping[str, object] | None = None

    def as_data(self) -> list[Any]:
        box = [round(side, 1) for side in (self.x, self.y, self.width, self.height)]
        data = [*box, self.text, [[round(x, 1), round(y, 1)] for x, y in self.dots]]
        return data if self.people is None else [*data, urlencode(self.people)]


def framed(spec: Spec, size: Size, *, height: int, margins: Margins, spots: Sequence[Spot] = ()) -> Spec:
    """The spec as a whole picture `size` wide, with a plot `height` high: no frame, no ground, our type.

    `spots` are no part of the drawing: the page lays them over it.
    """
    whole = height + margins.top + margins.bottom
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "background": "transparent",
        "autosize": {"type": "none"},
        "width": size.width - margins.left - margins.right,
        "height": height,
        "padding": {"left": margins.left, "right": margins.right, "top": margins.top, "bottom": margins.bottom},
        "usermeta": {"size": [size.width, whole], "spots": [spot.as_data() for spot in spots]},
        **spec,
        "config": {
            **_locale(),
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "domain": False,
                "ticks": False,
                "grid": False,
                "labelColor": INK_3,
                "labelFontSize": 12,
                "labelPadding": 8,
                "titleColor": INK_3,
                "titleFontSize": 12,
                "titleFontWeight": "normal",
                "titlePadding": 6,
                "gridColor": LINE,
                "domainColor": LINE_2,
            },
            "text": {"fontSize": 12, "fill": INK_3},
        },
    }


def _locale() -> Spec:
    """How Vega writes the numbers of axes, in the language that is active; nothing for English, which is Vega's own."""
    if get_language() in (None, settings.LANGUAGE_CODE):
        return {}
    number = {
        "decimal": formats.get_format("DECIMAL_SEPARATOR"),
        "thousands": formats.get_format("THOUSAND_SEPARATOR"),
        "grouping": [3],
        "currency": ["", ""],
        "percent": percent(0.0, 0).removeprefix("0"),
    }
    return {"locale": {"number": number}}
