"""The adoption page as a tree, so that other places can show its figures without what only members may follow."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
# What makes sense for a member in front of the page only, or runs. Dropped with all that is in it.
FOR_MEMBERS = frozenset(("script", "style", "form", "button", "nav", "select", "input", "iframe"))
FOR_MEMBERS_CLASSES = frozenset(("toolbar", "skip-link", "section-place"))
# The page of one person. What lists such links is a list of people, and its items go.
OF_A_PERSON = re.compile(r"/people/\d+/")
# A link inside one of these is a name or a number, which stays; any other link is an invitation, which goes.
NAMES_AND_NUMBERS = frozenset(("th", "td", "dt", "dd", "li", "h1", "h2", "h3"))
NAMES_AND_NUMBERS_CLASSES = frozenset(("kpi", "interval-name"))
# A link that is a figure in the middle of a sentence stays as well: "41.2%", "1,204", "−3 points".
FIGURE = re.compile(r"[−+-]?\d[\d.,\s]*(%|points?|Punkte?)?")
KEPT_ATTRIBUTES = frozenset(
    (
        "class",
        "id",
        "scope",
        "colspan",
        "rowspan",
        "datetime",
        "title",
        "role",
        "tabindex",
        "aria-label",
        "aria-labelledby",
        "data-file",
        "data-rests",
    )
)
# HTML's parser writes names small; SVG's have capitals (the HTML standard, section 13.2.6.1, those that Vega uses).
SVG_NAMES = {
    name.lower(): name
    for name in [
        "viewBox",
        "preserveAspectRatio",
        "gradientUnits",
        "gradientTransform",
        "clipPathUnits",
        "textLength",
        "lengthAdjust",
        "clipPath",
        "linearGradient",
        "radialGradient",
    ]
}


@dataclass
class Node:
    """An element; its children are elements and texts."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        return frozenset(self.attributes.get("class", "").split())

    def every(self, tag: str = "", *, having: str = "") -> Iterator["Node"]:
        """The elements below this one, of this name and class."""
        for child in self.children:
            if isinstance(child, Node):
                if tag in ("", child.tag) and (not having or having in child.classes):
                    yield child
                yield from child.every(tag, having=having)

    def first(self, tag: str = "", *, having: str = "") -> "Node | None":
        return next(self.every(tag, having=having), None)

    @property
    def text(self) -> str:
        """All texts, with single spaces. One that holds a number and its sign together stays what it is."""
        return re.sub(r"[ \t\r\n\f]+", " ", "".join(self._texts())).strip()

    @property
    def html(self) -> str:
        inner = self.inner
        names = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes.items())
        return f"<{self.tag}{names}>" if self.tag in VOID else f"<{self.tag}{names}>{inner}</{self.tag}>"

    @property
    def inner(self) -> str:
        return "".join(child.html if isinstance(child, Node) else escape(child, quote=False) for child in self.children)

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()
                if child.tag in ("p", "td", "th", "li", "br", "small", "dt", "dd", "span"):
                    yield " "


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("div")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(SVG_NAMES.get(tag, tag), {SVG_NAMES.get(name, name): value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in VOID:
            self._open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        name = SVG_NAMES.get(tag, tag)
        if any(node.tag == name for node in self._open[1:]):
            while self._open.pop().tag != name:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def read(html: str) -> Node:
    """A fragment of HTML as a tree, under a div."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def without_what_is_for_members(node: Node, *, folds: bool = False, named: bool = False) -> Node:
    """A copy with no link, form or address in it; what folds is unfolded unless `folds`.

    Whatever says `data-members` is left out: people's names belong in there.
    """
    named = named or node.tag in NAMES_AND_NUMBERS or bool(node.classes & NAMES_AND_NUMBERS_CLASSES)
    children: list[Node | str] = []
    for child in node.children:
        if isinstance(child, str):
            children.append(child)
        elif _is_for_members(child) or (child.tag == "summary" and not folds):
            continue
        elif child.tag == "a":
            kept = named or "kept" in child.classes or FIGURE.fullmatch(child.text)
            if kept and not OF_A_PERSON.search(child.attributes.get("href", "")):
                inner = without_what_is_for_members(child, folds=folds, named=True)
                children.append(Node("span", inner.attributes, inner.children))
        elif child.tag == "svg":
            if folds or "icon" not in child.classes:  # on paper an icon has no size and says nothing
                children.append(child)
        else:
            inner = without_what_is_for_members(child, folds=folds, named=named)
            if child.tag in ("p", "footer", "header", "ul", "ol") and not inner.text and child.children:
                continue  # there was nothing but an invitation in it
            children.append(inner)
    attributes = {name: value for name, value in node.attributes.items() if name in KEPT_ATTRIBUTES}
    return Node("div" if node.tag == "details" and not folds else node.tag, attributes, children)


def _is_for_members(node: Node) -> bool:
    if node.tag in FOR_MEMBERS or node.classes & FOR_MEMBERS_CLASSES or "data-members" in node.attributes:
        return True
    return node.tag in ("li", "tr") and any(
        OF_A_PERSON.search(link.attributes.get("href", "")) for link in node.every("a")
    )
