"""Cards as HTML, the same for the page that fetches one and for the report that takes all."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from analytics.dashboards.asked import Asked
from analytics.dashboards.sections.ordered import sections, tiles
from analytics.dashboards.sections.section import Section
from workspaces.tenants.models import Workspace


@dataclass(frozen=True)
class Rendered:
    """A card that has something to show."""

    section: Section
    html: SafeString


def rendered(
    section: Section,
    asked: Asked,
    workspace: Workspace,
    *,
    inline: bool = False,
    outside: bool = False,
    filed: bool = False,
) -> SafeString | None:
    """The card for a question, or None when it has nothing to show. Inside the workspace's scope.

    No request is at hand here: everybody who may read the page sees the same. Templates know `inline`: on paper, in
    mail and in files nothing is fetched, opened or hovered over; `outside`: who reads it may not see single people;
    and `filed`: files are made of it, whose rows say what they rest on.
    """
    figures = section.figures(asked, workspace)
    if figures is None:
        return None
    context = {
        "section": section,
        "asked": asked,
        "workspace": workspace,
        "inline": inline,
        "outside": outside,
        "filed": filed,
    }
    return render_to_string(section.template, context | figures)


def all_inline(asked: Asked, workspace: Workspace) -> list[Rendered]:
    """Every card that has something to show, in order, for PDF and mail. Inside the workspace's scope."""
    found = [(section, rendered(section, asked, workspace, inline=True, outside=True)) for section in sections()]
    return [Rendered(section, html) for section, html in found if html is not None]


def tiles_inline(asked: Asked, workspace: Workspace) -> SafeString:
    """The figures of the first row that the page fetches later. Inside the workspace's scope."""
    found = [rendered(tile, asked, workspace, inline=True, outside=True) for tile in tiles()]
    return format_html_join("", "{}", [(html,) for html in found if html is not None])
