"""The tables of the page's further cards (dashboards/sections), as they are shown: whoever adds one gets its file."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain, count
from typing import Any

from django.conf import settings
from django.utils import translation

from analytics.dashboards.asked import SPLIT_TRAIT, Asked
from analytics.dashboards.board import Board
from analytics.dashboards.resting import Rest
from analytics.dashboards.sections.ordered import sections, tiles
from analytics.dashboards.sections.rendered import rendered
from analytics.dashboards.sections.section import Section
from analytics.metrics.days import Days
from analytics.metrics.registry import METRICS
from analytics.metrics.sizes import Caution
from analytics.reports.markup import Node, read, without_what_is_for_members
from analytics.reports.provenance import Provenance, provenance, split_words
from analytics.reports.tables import PROVENANCE, TABLES, Row, Table, stamped, table
from workspaces.tenants.models import Workspace


def section_tables(asked: Asked, workspace: Workspace) -> list[tuple[str, str]]:
    """Name and title of every table that the cards have now. Inside the scope."""
    return [told for section in sections() for told in tables_of(section, asked, workspace)]


def tables_of(section: Section, asked: Asked, workspace: Workspace) -> list[tuple[str, str]]:
    """Name and title of every table that the card has now. Inside the scope."""
    html = rendered(section, asked, workspace, inline=True)
    if html is None:
        return []
    return [(name, title) for name, title, _ in _tables(section, without_what_is_for_members(read(html)))]


def table_named(name: str, asked: Asked, board: Board, workspace: Workspace) -> Table | None:
    """A table of the page or of one of its cards; None when there is nothing to tell now. Inside the scope.

    Raises LookupError when neither has a table of this name.
    """
    if name in TABLES:
        with translation.override(settings.LANGUAGE_CODE):  # raw values, which programs read: in English, whoever asks
            return table(name, board)
    section = _section_of(name)
    if board.caution is Caution.WITHHELD:
        return None
    return section_table(section, name, asked, workspace, provenance(board))


def section_table(section: Section, name: str, asked: Asked, workspace: Workspace, said: Provenance) -> Table | None:
    """A table of a card; None when the card does not have it now. Inside the scope.

    Its texts are the card's: a share as a percentage, a time in words. Names of people are not among them.
    """
    html = rendered(section, asked, workspace, inline=True, filed=True)
    if html is None:
        return None
    card = without_what_is_for_members(read(html))
    title, found = next(((title, one) for own, title, one in _tables(section, card) if own == name), ("", None))
    if found is None:
        return None
    heading, *lines = found.every("tr")
    columns = distinct(_cells(heading), taken=PROVENANCE)
    metrics = [METRICS[name] for name in section.metrics]
    of_card = {"window": said.window_days} | next((_rests(one) for one in card.every("section")), {})
    told: list[Row] = []
    for line in lines:
        if cells := _cells(line):
            of_row = of_card | _rests(line)
            whose = replace(said, segment=split_words(SPLIT_TRAIT + of_row["segment"] if of_row.get("segment") else ""))
            row: Row = dict(zip(columns, [*cells, *[""] * (len(columns) - len(cells))], strict=True))
            told.append(row | stamped(whose, metrics, _rest(of_row)))
    return Table(name, title, columns + PROVENANCE, tuple(told))


def _section_of(name: str) -> Section:
    """The card with a table of this name: its key, for all but the first with what the table is called behind it."""
    for section in (*sections(), *tiles()):
        if name in (section.key, *(f"{section.key}-{own}" for own in section.tables)):
            return section
    raise LookupError(name)


def _tables(section: Section, card: Node) -> Iterator[tuple[str, str, Node]]:
    """The card's tables by name, and what each is called."""
    labels = {
        id(node): region.attributes.get("aria-label", "")
        for region in card.every(having="table-scroll")
        for node in region.every("table")
    }
    for node in card.every("table"):
        if own := node.attributes.get("data-file"):
            yield f"{section.key}-{own}", f"{section.title}: {labels.get(id(node), own)}", node
        else:
            yield section.key, section.title, node


def _rests(node: Node) -> dict[str, Any]:
    """What a card or a row says that it rests on (templatetags.resting.rests)."""
    return json.loads(node.attributes.get("data-rests") or "{}")


def _rest(said: dict[str, Any]) -> Rest:
    days = Days(*map(date.fromisoformat, said["days"])) if said.get("days") else None
    return Rest(said.get("n"), said.get("immature"), days=days, window=said.get("window"))


def distinct(headings: Sequence[str], *, taken: Sequence[str]) -> tuple[str, ...]:
    """Each heading as the name of a column; one that is taken already (traits may be called anything) with a number."""
    names: list[str] = []
    for heading in headings:
        more = (f"{heading} ({number})" for number in count(2))
        names.append(next(name for name in chain([heading], more) if name not in (*taken, *names)))
    return tuple(names)


def _cells(row: Node) -> list[str]:
    """Its texts; a cell over several columns is followed by empty ones."""
    texts: list[str] = []
    for cell in row.children:
        if isinstance(cell, Node):
            texts += [cell.text, *[""] * (int(cell.attributes.get("colspan") or 1) - 1)]
    return texts
