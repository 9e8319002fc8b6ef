"""How a workspace's widget looks: what its members choose, whether that can be read, and the styles it becomes. Pure.

A theme is three colours (accent, background, ink) for light and three for dark pages, one of a few radii and fonts, and
which of the two sets is used. All other colours are made of the three, so that they can be read as well.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from onboarding.widget.colours import BLACK, WHITE, BadColour, Colour, contrast, nearest, told_apart

TEXT, SHAPE = 4.5, 3.0  # WCAG 2.2, success criteria 1.4.3 and 1.4.11

SCHEMES = {"auto": _("As the page around it"), "light": _("Always light"), "dark": _("Always dark")}
RADII = {0: _("Square"), 6: _("Slightly round"), 12: _("Round"), 20: _("Very round")}
# Fonts that devices have: the frame loads none.
FONTS = {
    "system": (_("As the device"), 'ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,sans-serif'),
    "humanist": (_("Humanist"), 'Seravek,"Gill Sans Nova",Ubuntu,Calibri,"DejaVu Sans",source-sans-pro,sans-serif'),
    "geometric": (_("Geometric"), 'Avenir,Montserrat,Corbel,"URW Gothic",source-sans-pro,sans-serif'),
    "rounded": (_("Rounded"), 'ui-rounded,"Hiragino Maru Gothic ProN",Quicksand,Comfortaa,Manjari,Calibri,sans-serif'),
    "serif": (_("With serifs"), 'Charter,"Bitstream Charter","Sitka Text",Cambria,serif'),
    "mono": (_("Fixed width"), 'ui-monospace,"Cascadia Code",Menlo,Consolas,"DejaVu Sans Mono",monospace'),
}
COLOURS = {"accent": _("Accent"), "background": _("Background"), "ink": _("Ink")}


@dataclass(frozen=True)
class Palette:
    """The three colours of one of the two sets, as #rrggbb."""

    accent: str
    background: str
    ink: str

    def colours(self) -> tuple[Colour, Colour, Colour]:
        return Colour.read(self.accent), Colour.read(self.background), Colour.read(self.ink)


LIGHT = Palette("#3451c9", "#ffffff", "#1b1c20")
DARK = Palette("#93a8ff", "#18191c", "#ececef")


@dataclass(frozen=True)
class Theme:
    light: Palette = LIGHT
    dark: Palette = DARK
    scheme: str = "auto"
    radius: int = 12
    font: str = "system"

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Theme":
        """The theme as WidgetSettings keeps it. What it cannot hold is as if it had never been chosen."""
        palettes = {}
        for name, usual in (("light", LIGHT), ("dark", DARK)):
            found = kept.get(name)
            try:
                palettes[name] = (
                    Palette(**{key: str(Colour.read(str(found[key]))) for key in COLOURS}) if found else usual
                )
            except (BadColour, KeyError, TypeError):
                palettes[name] = usual
        scheme, radius, font = kept.get("scheme"), kept.get("radius"), kept.get("font")
        return cls(
            **palettes,
            scheme=scheme if isinstance(scheme, str) and scheme in SCHEMES else "auto",
            radius=radius if type(radius) is int and radius in RADII else 12,
            font=font if isinstance(font, str) and font in FONTS else "system",
        )

    def kept(self) -> dict[str, Any]:
        """For WidgetSettings: empty where nothing was chosen."""
        return asdict(self) if self != Theme() else {}

    def palettes(self) -> Iterator[tuple[str, Palette]]:
        """Those that are used, by name."""
        if self.scheme != "dark":
            yield "light", self.light
        if self.scheme != "light":
            yield "dark", self.dark


@dataclass(frozen=True)
class Failing:
    """Two colours that are not told apart well enough, and what the one could be instead."""

    palette: str
    field: str
    ratio: float
    needed: float
    instead: str


def failings(theme: Theme) -> list[Failing]:
    """What of a theme could not be read. Text on the accent is never among it: on_accent chooses what can be."""
    found = []
    for name, palette in theme.palettes():
        accent, background, ink = palette.colours()
        for which, colour, needed in (("ink", ink, TEXT), ("accent", accent, SHAPE)):
            ratio = contrast(colour, background)
            if ratio < needed:
                instead = nearest(colour, background, needed=needed)
                found.append(Failing(name, which, ratio, needed, str(instead)))
    return found


def on_accent(accent: Colour) -> Colour:
    """Text on the accent: white as long as that can be read, else black, which then can."""
    return WHITE if contrast(WHITE, accent) >= TEXT else BLACK


@lru_cache(maxsize=256)
def tokens(palette: Palette) -> dict[str, Colour]:
    """Every colour of the checklist, by the name of its custom property. `palette` has no failings."""
    accent, background, ink = palette.colours()
    sunken = _sunken(accent, background, ink)
    canvas = background.mixed(sunken, 0.5)  # between two on which everything can be read
    grounds = (background, sunken)
    text = on_accent(accent)
    quiet = ink.mixed(background, 0.3)
    mark = ink.mixed(background, 0.45)
    dark = background.luminance < 0.18
    return {
        "accent": accent,
        "accent-ink": text,
        "accent-strong": accent.mixed(BLACK if text == WHITE else WHITE, 0.16),
        "canvas": canvas,
        "link": nearest(accent, *grounds, needed=TEXT) or ink,
        "surface": background,
        "sunken": sunken,
        "ink": ink,
        "muted": quiet if told_apart(quiet, grounds, TEXT) else ink,
        "line": background.mixed(ink, 0.13),
        "mark": mark if told_apart(mark, grounds, SHAPE) else ink,
        "warn": nearest(Colour.read("#f2ab67" if dark else "#a34a08"), *grounds, needed=TEXT) or ink,
    }


def _sunken(accent: Colour, background: Colour, ink: Colour) -> Colour:
    """What stands a little off from the background: as far as ink and accent still stand out from it."""
    for share in (0.055, 0.04, 0.025, 0.01):
        ground = background.mixed(ink, share)
        if contrast(ink, ground) >= TEXT and contrast(accent, ground) >= SHAPE:
            return ground
    return background


def _value(theme: Theme, token: str) -> str:
    """A token's colour, or both where they differ. Colours that were read stand in it, never what was typed."""
    values = [str(tokens(palette)[token]) for _, palette in theme.palettes()]
    return values[0] if len(set(values)) == 1 else f"light-dark({values[0]},{values[1]})"


@lru_cache(maxsize=256)
def in_frame(style: str, theme: Theme) -> str:
    """The frame's style in this theme: its own custom properties with other values, so it weighs the same."""
    if theme == Theme():
        return style
    return _with(style, _frame_values(theme))


def _frame_values(theme: Theme) -> dict[str, str]:
    """The checklist's custom properties."""
    values = {f"c-{token}": _value(theme, token) for token in tokens(theme.light)}
    return {**values, "c-radius": f"{theme.radius}px", "c-font": FONTS[theme.font][1]}


def on_page(theme: Theme) -> str:
    """What a page of ours that shows a checklist adds to css/checklist.css; nothing for Firstmile's own look.

    The checklist says itself whether it is light or dark, where that is not left to the page around it.
    """
    if theme == Theme():
        return ""
    values = "".join(f"--{name}:{value};" for name, value in _frame_values(theme).items())
    scheme = f"color-scheme:{theme.scheme};" if theme.scheme != "auto" else ""
    page = f"html:has(> .climber){{{scheme}}}" if scheme else ""
    return f".checklist,.climber{{{values}{scheme}}}{page}"


@lru_cache(maxsize=256)
def in_pill(style: str, theme: Theme) -> str:
    """Likewise for the launcher and the frame's edge, in their shadow root in the customer's page."""
    if theme == Theme():
        return style
    values = {token: _value(theme, token) for token in ("accent", "accent-ink")}
    round_ = 99 if theme.radius > 6 else theme.radius
    rest = {"radius": f"{theme.radius}px", "pill-radius": f"{round_}px", "font": FONTS[theme.font][1]}
    return _with(style, {**values, **rest})


def _with(style: str, values: Mapping[str, str]) -> str:
    """The style with these values of its custom properties, wherever they are set."""
    return _SET.sub(lambda found: f"--{found[1]}:{values.get(found[1], found[2])}", style)


_SET = re.compile(r"--([a-z-]+): ?([^;}]+)")
