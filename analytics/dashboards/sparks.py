"""Sparklines: the points of a small line, with gaps where a week has no number."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 96.0, 28.0, 4.0


@dataclass(frozen=True)
class Spark:
    """`lines` are SVG point lists; `end` is the last point, or None when there is no line to draw."""

    lines: tuple[str, ...]
    end: tuple[str, str] | None


def spark(values: Sequence[float | None]) -> Spark | None:
    """A line over the values in order; None with fewer than three numbers, which show no course of anything."""
    known = [value for value in values if value is not None]
    if len(known) < 3:
        return None
    low, high = min(known), max(known)
    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
    lines: list[list[str]] = [[]]
    last = ("", "")
    for index, value in enumerate(values):
        if value is None:
            lines.append([])
            continue
        height = 0.5 if high == low else (value - low) / (high - low)
        last = (f"{MARGIN + index * step:.1f}", f"{HEIGHT - MARGIN - height * (HEIGHT - 2 * MARGIN):.1f}")
        lines[-1].append(",".join(last))
    return Spark(tuple(" ".join(line) for line in lines if len(line) > 1), last)
