"""What a card says between its heading and its foot, as blocks that every mail program can lay out.

All of it travels unless it is for members, so no claim leaves the house without the sentences that stand beside it.
Pictures are not among them (see paper.py). Nothing needs more than two columns: mails are read on phones.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from analytics.reports.markup import Node

# What a cell says that has nothing to say.
NOTHING = ("", "–", "·")


@dataclass(frozen=True)
class Sentence:
    """Of kind "item" it stood in a list, as findings do. `series` is the line of the picture that it names."""

    text: str
    kind: str = "sentence"
    series: str = ""


@dataclass(frozen=True)
class Rows:
    """Each is about something, and says all of it in one text."""

    rows: tuple[tuple[str, str], ...]
    kind: str = "rows"


@dataclass(frozen=True)
class Interval:
    """A row of a plot. `before`, `low` and `high` are the widths, in percent, of the room before the line and of its
    parts on either side of the value; empty where there is none."""

    name: str
    value: str
    marked: bool = False
    before: str = ""
    low: str = ""
    high: str = ""


@dataclass(frozen=True)
class Plot:
    """`ends` are the values at the ends of the axis."""

    rows: tuple[Interval, ...]
    ends: tuple[str, str]
    kind: str = "plot"


@dataclass(frozen=True)
class Bars:
    """`bars` are widths in percent and heights in pixels; `ends` the values at the ends of the axis."""

    text: str
    bars: tuple[tuple[str, str], ...]
    ends: tuple[str, str]
    kind: str = "bars"


Block = Sentence | Rows | Plot | Bars


def blocks_of(card: Node) -> tuple[Block, ...]:
    """In the card's order; without headings, pictures and foot."""
    inner = [child for child in card.children if isinstance(child, Node) and child.tag not in ("header", "footer")]
    return tuple(block for child in inner for block in _blocks(child))


def rows_of(table: Node) -> Rows:
    """A table as rows of its first column and, in one text, of all others with what they are called."""
    lines = [[cell for cell in row.children if isinstance(cell, Node)] for row in table.every("tr")]
    has_head = bool(lines) and not any(cell.tag == "td" for cell in lines[0])
    names = [tidy(cell.text) for cell in lines.pop(0)[1:]] if has_head else []
    found = []
    for first, *cells in lines:
        wide = any(cell.attributes.get("colspan") for cell in cells)
        said = [_cell("" if wide else name, _text(cell)) for name, cell in zip_longest(names, cells) if cell]
        found.append((tidy(first.text), " · ".join(text for text in said if text)))
    return Rows(tuple(found))


def tidy(text: str) -> str:
    """Without the space that stood before punctuation where an element ended."""
    return re.sub(r" +([.,;:%)])", r"\1", text).strip()


def _cell(name: str, text: str) -> str:
    if text in NOTHING:
        return ""
    return text if not name or text.startswith(f"{name} ") else f"{name}: {text}"


def _text(cell: Node) -> str:
    """What is set small in a cell stands in brackets."""
    small = cell.first("small")
    if small is None or not small.text:
        return tidy(cell.text)
    large = Node(cell.tag, children=[child for child in cell.children if child is not small])
    return f"{tidy(large.text)} ({tidy(small.text)})"


def _blocks(node: Node) -> Iterator[Block]:
    if "picture" in node.classes:
        return
    if "interval-plot" in node.classes:
        yield _plot(node)
    elif "took" in node.classes:
        yield _bars(node)
    elif node.tag == "table":
        yield rows_of(node)
    elif node.tag == "dl":
        names, values = (tuple(tidy(one.text) for one in node.every(tag)) for tag in ("dt", "dd"))
        yield Rows(tuple(zip(names, values, strict=True)))
    elif node.tag in ("p", "li"):
        if node.text:
            series = next((name for name in node.classes if name.startswith("series-")), "")
            yield Sentence(tidy(node.text), "item" if node.tag == "li" else "sentence", series)
    else:
        for child in node.children:
            if isinstance(child, Node):
                yield from _blocks(child)


def _plot(node: Node) -> Plot:
    axis = next((row for row in node.every(having="interval-row") if "axis" in row.classes), None)
    rows = tuple(_interval(row) for row in node.every(having="interval-row") if row is not axis)
    return Plot(rows, _ends([tick.text for tick in axis.every("text")] if axis else []))


def _interval(row: Node) -> Interval:
    name, value = row.first(having="interval-name"), row.first(having="interval-value")
    line, dot = row.first(having="interval-line"), row.first(having="dot")
    said = tidy(name.text) if name else ""
    if value is None or line is None or dot is None:
        none = row.first(having="interval-none")
        return Interval(said, tidy(none.text) if none else "")
    before, width, at = (
        _percent(one) for one in (line.attributes["x"], line.attributes["width"], dot.attributes["cx"])
    )
    low = min(max(at - before, 0.0), width)
    widths = (f"{one:.1f}%" for one in (before, low, width - low))
    return Interval(said, _parts(value), "marked" in line.classes, *widths)


def _bars(node: Node) -> Bars:
    said, axis = node.first("p"), node.first(having="took-axis")
    ends = [one.text for one in axis.every("span")] if axis else []
    bars = tuple((bar.attributes["width"], f"{bar.attributes['height']}px") for bar in node.every(having="took-bar"))
    return Bars(_parts(said) if said else "", bars, _ends(ends))


def _parts(node: Node) -> str:
    return ", ".join(tidy(part.text) for part in node.children if isinstance(part, Node) and part.text)


def _ends(values: list[str]) -> tuple[str, str]:
    return (values[0], values[-1]) if values else ("", "")


def _percent(text: str) -> float:
    return float(text.removesuffix("%"))
