"""The tables of the page's further cards (dashboards/sections), as they are shown: whoever adds one gets its file."""

from django.conf import settings
from django.utils import translation

from analytics.dashboards.asked import Asked
from analytics.dashboards.board import Board
from analytics.dashboards.sections.ordered import section_named, sections
from analytics.dashboards.sections.rendered import rendered
from analytics.dashboards.sections.section import Section
from analytics.metrics.registry import METRICS
from analytics.metrics.sizes import Caution
from analytics.reports.markup import Node, read, without_what_is_for_members
from analytics.reports.provenance import Provenance, provenance
from analytics.reports.tables import PROVENANCE, TABLES, Row, Table, stamped, table
from workspaces.tenants.models import Workspace


def section_tables(asked: Asked, workspace: Workspace) -> list[tuple[str, str]]:
    """Name and title of every card that has a table now. Inside the scope."""
    return [(section.key, section.title) for section in sections() if has_table(section, asked, workspace)]


def has_table(section: Section, asked: Asked, workspace: Workspace) -> bool:
    """Inside the scope."""
    html = rendered(section, asked, workspace, inline=True)
    return html is not None and without_what_is_for_members(read(html)).first("table") is not None


def table_named(name: str, asked: Asked, board: Board, workspace: Workspace) -> Table | None:
    """A table of the page or of one of its cards; None when there is nothing to tell now. Inside the scope.

    Raises LookupError when neither has a table of this name.
    """
    if name in TABLES:
        with translation.override(settings.LANGUAGE_CODE):  # raw values, which programs read: in English, whoever asks
            return table(name, board)
    if section_named(name) is None:
        raise LookupError(name)
    if board.caution is Caution.WITHHELD:
        return None
    return section_table(name, asked, workspace, provenance(board))


def section_table(key: str, asked: Asked, workspace: Workspace, said: Provenance) -> Table | None:
    """The first table of a card; None when it has none, or there is no such card. Inside the scope.

    Its texts are the card's: a share as a percentage, a time in words. Names of people are not among them.
    """
    section = section_named(key)
    html = rendered(section, asked, workspace, inline=True) if section else None
    if section is None or html is None:
        return None
    found = without_what_is_for_members(read(html)).first("table")
    if found is None:
        return None
    lines = [_cells(row) for row in found.every("tr")]
    columns, rows = tuple(lines[0]), lines[1:]
    stamp = stamped(said, "") | {
        "definition": "; ".join(f"{METRICS[name].key} v{METRICS[name].version}" for name in section.metrics)
    }
    told: list[Row] = [{**dict(zip(columns, row, strict=False)), **stamp} for row in rows if row]
    return Table(key, section.title, columns + PROVENANCE, tuple(told))


def _cells(row: Node) -> list[str]:
    """Its texts; a cell over several columns is followed by empty ones."""
    texts: list[str] = []
    for cell in row.children:
        if isinstance(cell, Node):
            texts += [cell.text, *[""] * (int(cell.attributes.get("colspan") or 1) - 1)]
    return texts
