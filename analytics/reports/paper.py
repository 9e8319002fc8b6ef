"""The adoption page, read: the one source of what mails, PDFs and shared links show.

The page is rendered as for a member and then taken apart, so a number cannot differ between them, and a section that
the page gains is in the next report too. Links and what is for members only stay behind (see markup.py).
"""

import re
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from analytics.dashboards.asked import Asked
from analytics.dashboards.charts.draw import kept_or_drawn
from analytics.dashboards.sections.rendered import all_inline, tiles_inline
from analytics.dashboards.shown import shown
from analytics.metrics.sizes import Caution
from analytics.reports.blocks import Block, Rows, blocks_of, rows_of, tidy
from analytics.reports.markup import Node, read, without_what_is_for_members
from analytics.reports.provenance import Provenance, provenance
from workspaces.tenants.models import Workspace

DIGEST = re.compile(r"/([0-9a-f]+)\.svg$")


@dataclass(frozen=True)
class Kpi:
    """One of the figures at the top; each text as the page has it."""

    name: str
    value: str
    note: str


@dataclass(frozen=True)
class Figure:
    """One card of the page. `body` is its HTML; `picture` its SVG for narrow screens, or '' when it has none.

    `blocks` are what it says beside that and its first table, of which `numbers` are the rows. `notes_in_words` and
    `about_in_words` leave out what explains a drawing. `told` is what it says of itself: as of when, of how many, by
    which version of which definition.
    """

    key: str
    title: str
    about: str
    body: str
    picture: str
    label: str
    notes: tuple[str, ...]
    table: str
    told: str
    notes_in_words: tuple[str, ...] = ()
    about_in_words: str = ""
    blocks: tuple[Block, ...] = ()
    numbers: Rows | None = None

    @property
    def is_drawn(self) -> bool:
        return bool(self.picture) or any(block.kind == "plot" for block in self.blocks)

    @property
    def says_no_number_but_the_tables(self) -> bool:
        """Whether its table is needed beside its blocks, which say nothing of themselves then."""
        return not self.is_drawn and all(block.kind == "sentence" for block in self.blocks)


@dataclass(frozen=True)
class Paper:
    """`caution` is the page's warning of few people; `told` whether there are enough of them to tell anything."""

    asked: Asked
    headline: str
    lede: str
    caution: str
    kpis: tuple[Kpi, ...]
    figures: tuple[Figure, ...]
    foot: str
    provenance: Provenance
    told: bool


def paper_of(workspace: Workspace, asked: Asked, *, query: str = "", on_screen: bool = False) -> Paper:
    """What the page shows of a question. Inside the scope and the workspace's time zone.

    `query` is the question's address, of which the page takes what it says of the day that it is as of. What goes
    `on_screen` folds, and has its pictures in both sizes.
    """
    found = shown(workspace, asked, outside=True)
    board = found.board
    assert board is not None
    if not board.people:
        return Paper(asked, *_nobody(asked), "", (), (), "", provenance(board), told=False)
    request = HttpRequest()
    request.GET = QueryDict(query)
    told = board.caution is not Caution.WITHHELD
    more = {"workspace": workspace, "request": request, "layout": "reports/bare.html", "inline": True}
    more["outside"] = True
    more["tiles"] = tiles_inline(asked, workspace)
    page = read(render_to_string(found.template, found.context | more))
    for section in all_inline(asked, workspace) if told else ():
        page.children += read(section.html).children
    _draw(page, workspace.pk)
    page = without_what_is_for_members(page, folds=on_screen)
    cards = [card for card in page.every(having="card") if "kpi" not in card.classes]
    note, foot = page.first(having="small-note"), page.first(having="board-foot")
    headline, lede = page.first("h1"), page.first(having="lede")
    return Paper(
        asked=asked,
        headline=headline.text if headline else "",
        lede=tidy(lede.text) if lede else "",
        caution=note.text if note else "",
        kpis=tuple(_kpi(card) for card in page.every(having="kpi")),
        figures=tuple(_figure(card, on_screen=on_screen) for card in cards),
        foot=foot.text if foot else "",
        provenance=provenance(board),
        told=told,
    )


def _draw(page: Node, workspace_id: int) -> None:
    """Put in the pictures that the page would fetch later."""
    for place in page.every(having="chart"):
        address = DIGEST.search(place.attributes.pop("data-chart", ""))
        if address:
            svg = kept_or_drawn(workspace_id, address[1])
            place.children = list(read(svg).children) if svg else []


def _kpi(card: Node) -> Kpi:
    parts = [card.first(having=f"kpi-{part}") for part in ("label", "value", "note")]
    name, value, note = (tidy(part.text) if part else "" for part in parts)
    return Kpi(name, value, note)


def _figure(card: Node, *, on_screen: bool) -> Figure:
    picture = card.first(having="picture")
    # What follows the label's semicolon points to a table, which may be elsewhere here.
    label = picture.attributes.get("aria-label", "").partition(";")[0] if picture else ""
    heading = card.first("h2")
    about = next((p for header in card.every("header") for p in header.every("p")), None)
    narrow = next((chart for chart in card.every(having="chart") if "narrow" in chart.classes), None)
    drawing = narrow.inner.strip() if narrow else ""
    footer, table = card.first("footer"), card.first("table")
    of_foot = footer.first("table") if footer else None
    notes = [one for one in footer.children if isinstance(one, Node) and one.tag == "span"] if footer else []
    key = heading.attributes.get("id", "").removeprefix("section-").removesuffix("-title") if heading else ""
    told = card.first("p", having="told")
    blocks = blocks_of(card)
    if not on_screen:
        if narrow:
            narrow.children = []
        card = _with_its_heading_beside_the_picture(card)
    return Figure(
        key=key,
        title=tidy(heading.text) if heading else "",
        about=tidy(about.text) if about else "",
        body=card.html,
        picture=drawing,
        label=label,
        notes=_texts(notes),
        table=table.html if table else "",
        told=tidy(told.text) if told else "",
        notes_in_words=_texts([one for one in notes if "drawn" not in one.classes]),
        about_in_words=tidy(_without(about, "drawn").text) if about else "",
        blocks=blocks,
        numbers=rows_of(of_foot) if of_foot else None,
    )


def _texts(nodes: list[Node]) -> tuple[str, ...]:
    return tuple(text for one in nodes if (text := tidy(one.text)))


def _without(node: Node, name: str) -> Node:
    """Without its children of a class."""
    return Node(node.tag, children=[one for one in node.children if isinstance(one, str) or name not in one.classes])


def _with_its_heading_beside_the_picture(card: Node) -> Node:
    """Both in one block, so that no page ends between them."""
    first = [child for child in card.children if isinstance(child, Node)][:2]
    rest = [child for child in card.children if not any(child is one for one in first)]
    return Node(card.tag, card.attributes, [Node("div", {"class": "whole"}, list(first)), *rest])


def _nobody(asked: Asked) -> tuple[str, str]:
    return (
        _("Nobody began in these %(days)s days") % {"days": asked.period_days},
        _("So there is nothing to tell of “%(ladder)s” this time.") % {"ladder": asked.subject.name},
    )
