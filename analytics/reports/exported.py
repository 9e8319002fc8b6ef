"""What is taken along of the adoption page, by a worker and kept for a minute: the page as a document, and which of
its cards have a table.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from django.http import QueryDict
from django.utils import timezone, translation

from analytics.dashboards import asked as asking
from analytics.dashboards.asked import Asked
from analytics.dashboards.sections.ordered import sections
from analytics.reports.documents import document
from analytics.reports.paper import paper_of
from analytics.reports.section_tables import tables_of
from analytics.reports.soon import Further, Page, Wanted
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

KIND, TABLES = "document", "tables"
# As of when it is stands in it.
KEPT_S = 60


def wanted(workspace: Workspace, query: QueryDict, *, kind: str = KIND) -> Wanted:
    """Of the question in an address that has been found to make sense, in the language of whoever asks."""
    return Wanted(kind, workspace.pk, 0, f"{translation.get_language()} {query.urlencode()}")


def write(wanted: Wanted, further: Further) -> Page:
    """It says its times in the workspace's zone, wherever who reads it is."""
    with _asked(wanted) as (workspace, asked, query):
        return Page(200, document(paper_of(workspace, asked, query=query), workspace))


def write_tables(wanted: Wanted, further: Further) -> Page:
    """Names and titles of the tables that cards have now, as JSON: which they are is seen by writing the cards."""
    found: list[tuple[str, str]] = []
    all_of_them = sections()
    with _asked(wanted) as (workspace, asked, _):
        for number, section in enumerate(all_of_them):
            further(number, len(all_of_them))
            found += tables_of(section, asked, workspace)
    return Page(200, json.dumps(found))


@contextmanager
def _asked(wanted: Wanted) -> Iterator[tuple[Workspace, Asked, str]]:
    workspace = Workspace.objects.get(pk=wanted.workspace_id)
    language, _, query = wanted.mark.partition(" ")
    with scope(workspace), timezone.override(workspace.zone), translation.override(language):
        asked = asking.read(workspace, QueryDict(query), now=timezone.now())
        assert asked is not None  # a published ladder stays published
        yield workspace, asked, query
