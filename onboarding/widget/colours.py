"""Colours: how well two of them are told apart (WCAG 2.2), and the nearest one that is told apart well enough. Pure.

Lightness is that of OKLCH (B. Ottosson, "A perceptual color space for image processing", 2020): a colour that is moved
along it keeps its hue to the eye, so what is offered still looks like what was chosen.
"""

import math
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache

_HEX = re.compile(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", re.ASCII)
STEPS = 1000  # of lightness, from black to white


class BadColour(ValueError):
    """What was typed is no colour; the message says what to write."""


@dataclass(frozen=True)
class Colour:
    """An opaque sRGB colour of three channels from 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def read(cls, typed: str) -> "Colour":
        """#rrggbb or #rgb, with or without #. Raises BadColour."""
        found = _HEX.fullmatch(typed.strip())
        if found is None:
            raise BadColour(f"“{typed.strip()[:30]}” is no colour; write one such as #3451c9.")
        digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
        return cls(*bytes.fromhex(digits))

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @cached_property
    def luminance(self) -> float:
        """Relative luminance, from 0 (black) to 1 (white): WCAG 2.2, definition of the term."""
        red, green, blue = (_linear(channel) for channel in (self.red, self.green, self.blue))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def mixed(self, other: "Colour", share: float) -> "Colour":
        """So much of `other` in it, from 0 to 1, channel by channel."""
        pairs = zip((self.red, self.green, self.blue), (other.red, other.green, other.blue), strict=True)
        return Colour(*(round(own + (its - own) * share) for own, its in pairs))


BLACK, WHITE = Colour(0, 0, 0), Colour(255, 255, 255)


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio, from 1 to 21: WCAG 2.2, definition of the term."""
    darker, lighter = sorted((one.luminance, other.luminance))
    return (lighter + 0.05) / (darker + 0.05)


def told_apart(colour: Colour, grounds: tuple[Colour, ...], needed: float) -> bool:
    return all(contrast(colour, ground) >= needed for ground in grounds)


def nearest(colour: Colour, *grounds: Colour, needed: float) -> Colour | None:
    """The colour of the same hue and the nearest lightness that has `needed` contrast with each ground.

    The colour itself where it has; None where neither lighter nor darker ones have, which for one ground and up to
    4.58 cannot be.

    Each ground is told apart from all that is lighter than some lightness and from all that is darker than another. So
    the nearest stands at one of these bounds, which are found by halving, as luminance rises with lightness. Channels
    are whole numbers, so a bound may be a step or two off.
    """
    if told_apart(colour, grounds, needed):
        return colour
    lightness, chroma, hue = _oklch(colour)
    bounds = [bound for ground in grounds for bound in _bounds(ground, chroma, hue, needed)]
    near = {min(max(bound + off, 0), STEPS) for bound in bounds for off in (-2, -1, 0, 1, 2)}
    found = [step for step in near if told_apart(_at(step, chroma, hue), grounds, needed)]
    return _at(min(found, key=lambda step: abs(step - lightness * STEPS)), chroma, hue) if found else None


def _bounds(ground: Colour, chroma: float, hue: float, needed: float) -> tuple[int, int]:
    """The lightest of those dark enough and the darkest of those light enough, as steps; beyond the ends: none."""

    def luminance(step: int) -> float:
        return _at(step, chroma, hue).luminance

    every = range(STEPS + 1)
    dark = bisect_right(every, (ground.luminance + 0.05) / needed - 0.05, key=luminance) - 1
    light = bisect_left(every, (ground.luminance + 0.05) * needed - 0.05, key=luminance)
    return dark, light


@lru_cache(maxsize=4096)
def _at(step: int, chroma: float, hue: float) -> Colour:
    """The colour of this lightness and hue, with as much of the chroma as sRGB has there."""
    if step <= 0 or step >= STEPS:
        return BLACK if step <= 0 else WHITE
    least, most = 0.0, chroma
    found = _srgb(step / STEPS, chroma, hue)
    if found is None:
        for _ in range(20):
            middle = (least + most) / 2
            least, most = (middle, most) if _srgb(step / STEPS, middle, hue) else (least, middle)
        found = _srgb(step / STEPS, least, hue)
    assert found is not None, "a grey of any lightness is there"
    return found


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _channel(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055


def _oklch(colour: Colour) -> tuple[float, float, float]:
    """Lightness (0 to 1), chroma and hue (radians)."""
    red, green, blue = (_linear(channel) for channel in (colour.red, colour.green, colour.blue))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


# How far outside of sRGB a colour may lie and still count as one of its edge.
_EDGE = 1e-4


def _srgb(lightness: float, chroma: float, hue: float) -> Colour | None:
    """None where sRGB has no such colour."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    channels = (
        +4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    if not all(-_EDGE <= channel <= 1 + _EDGE for channel in channels):
        return None
    return Colour(*(round(255 * _channel(min(max(channel, 0.0), 1.0))) for channel in channels))
