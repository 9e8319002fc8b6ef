"""The adoption page, read: the one source of what mails, PDFs and shared links show.

The page is rendered as for a member and then taken apart, so a number cannot differ between them, and a section that
the page gains is in the next report too. Links and what is for members only stay behind (see markup.py).
"""

import re
from dataclasses import dataclass

from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string

from analytics.dashboards.asked import Asked
from analytics.dashboards.charts.draw import kept_or_drawn
from analytics.dashboards.sections.rendered import all_inline, tiles_inline
from analytics.dashboards.shown import shown
from analytics.metrics.sizes import Caution
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
    """One card of the page. `body` is its HTML; `picture` its SVG, or '' when it has none.

    `told` is what it says of itself: as of when, of how many, by which version of which definition.
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

    `query` is the question's address, of which the page takes what it says of the day that it is as of. Only what goes
    `on_screen` has its pictures for narrow ones too.
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
    _draw(page, workspace.pk, on_screen=on_screen)
    page = without_what_is_for_members(page, folds=on_screen)
    cards = [card for card in page.every(having="card") if "kpi" not in card.classes]
    note, foot = page.first(having="small-note"), page.first(having="board-foot")
    headline, lede = page.first("h1"), page.first(having="lede")
    return Paper(
        asked=asked,
        headline=headline.text if headline else "",
        lede=_tidy(lede.text) if lede else "",
        caution=note.text if note else "",
        kpis=tuple(_kpi(card) for card in page.every(having="kpi")),
        figures=tuple(_figure(card if on_screen else _with_its_heading_beside_the_picture(card)) for card in cards),
        foot=foot.text if foot else "",
        provenance=provenance(board),
        told=told,
    )


def _draw(page: Node, workspace_id: int, *, on_screen: bool) -> None:
    """Put in the pictures that the page would fetch later."""
    for place in page.every(having="chart"):
        address = DIGEST.search(place.attributes.pop("data-chart", ""))
        if "narrow" in place.classes and not on_screen:
            place.children = []
        elif address:
            svg = kept_or_drawn(workspace_id, address[1])
            place.children = list(read(svg).children) if svg else []


def _kpi(card: Node) -> Kpi:
    parts = [card.first(having=f"kpi-{part}") for part in ("label", "value", "note")]
    name, value, note = (_tidy(part.text) if part else "" for part in parts)
    return Kpi(name, value, note)


def _figure(card: Node) -> Figure:
    picture = card.first(having="picture")
    # What follows the label's semicolon points to a table, which may be elsewhere here.
    label = picture.attributes.get("aria-label", "").partition(";")[0] if picture else ""
    heading = card.first("h2")
    about = next((p for header in card.every("header") for p in header.every("p")), None)
    wide = next((chart for chart in card.every(having="chart") if "wide" in chart.classes), None)
    footer, table = card.first("footer"), card.first("table")
    spans = [child for child in footer.children if isinstance(child, Node) and child.tag == "span"] if footer else []
    key = heading.attributes.get("id", "").removeprefix("section-").removesuffix("-title") if heading else ""
    told = card.first("p", having="told")
    return Figure(
        key=key,
        title=_tidy(heading.text) if heading else "",
        about=_tidy(about.text) if about else "",
        body=card.html,
        picture=wide.inner.strip() if wide else "",
        label=label,
        notes=tuple(note for note in (_tidy(span.text) for span in spans) if note),
        table=table.html if table else "",
        told=_tidy(told.text) if told else "",
    )


def _with_its_heading_beside_the_picture(card: Node) -> Node:
    """Both in one block, so that no page ends between them."""
    first = [child for child in card.children if isinstance(child, Node)][:2]
    rest = [child for child in card.children if not any(child is one for one in first)]
    return Node(card.tag, card.attributes, [Node("div", {"class": "whole"}, list(first)), *rest])


def _nobody(asked: Asked) -> tuple[str, str]:
    return (
        f"Nobody began in these {asked.period_days} days",
        f"So there is nothing to tell of “{asked.subject.name}” this time.",
    )


def _tidy(text: str) -> str:
    """Without the space that stood before punctuation where an element ended."""
    return re.sub(r" +([.,;:%])", r"\1", text).strip()
