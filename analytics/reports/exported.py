"""The adoption page as a document to take along, written by a worker and kept for a minute."""

from django.http import QueryDict
from django.utils import timezone, translation

from analytics.dashboards import asked as asking
from analytics.reports.documents import document
from analytics.reports.paper import paper_of
from analytics.reports.soon import Further, Page, Wanted
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

KIND = "document"
# As of when it is stands in it.
KEPT_S = 60


def wanted(workspace: Workspace, query: QueryDict) -> Wanted:
    """Of the question in an address that has been found to make sense, in the language of whoever asks."""
    return Wanted(KIND, workspace.pk, 0, f"{translation.get_language()} {query.urlencode()}")


def write(wanted: Wanted, further: Further) -> Page:
    """It says its times in the workspace's zone, wherever who reads it is."""
    workspace = Workspace.objects.get(pk=wanted.workspace_id)
    language, _, query = wanted.mark.partition(" ")
    with scope(workspace), timezone.override(workspace.zone), translation.override(language):
        asked = asking.read(workspace, QueryDict(query), now=timezone.now())
        assert asked is not None  # a published ladder stays published
        return Page(200, document(paper_of(workspace, asked, query=query), workspace))
