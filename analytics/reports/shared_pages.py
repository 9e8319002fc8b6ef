"""What a shared link shows, written by a worker and kept for a minute: whoever opens it costs that much and no more."""

from django.template.loader import render_to_string
from django.utils import timezone

from analytics.dashboards.asked import Asked
from analytics.metrics.question import Unanswerable
from analytics.reports.models import Link
from analytics.reports.paper import paper_of
from analytics.reports.questions import asked_of
from analytics.reports.soon import Further, Page, Wanted
from analytics.reports.speaking import in_the_words_of, language_of
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

KIND = "shared"
# The page says as of when it is; so long nobody waits for newer numbers, and nobody can have more reckoned.
KEPT_S = 60


def wanted(link: Link) -> Wanted:
    return Wanted(KIND, link.workspace_id, link.pk, f"{link.query()} {language_of(link.made_by)}")


def write(wanted: Wanted, further: Further) -> Page:
    """Whether the link is open is asked at every visit, by whoever shows the page."""
    workspace = Workspace.objects.get(pk=wanted.workspace_id)
    with scope(workspace):
        link = Link.objects.select_related("made_by").get(pk=wanted.pk)
    with scope(workspace), in_the_words_of(link.made_by, workspace):
        try:
            asked = question(link, workspace)
        except Unanswerable:
            return empty()
        paper = paper_of(workspace, asked, query=link.query(), on_screen=True)
        context = {"link": link, "workspace_name": workspace.name, "paper": paper}
        return Page(200, render_to_string("reports/shared.html", context))


def question(link: Link, workspace: Workspace) -> Asked:
    """Inside the scope. Raises Unanswerable."""
    return asked_of(workspace, link, now=timezone.now())


def empty() -> Page:
    return Page(410, render_to_string("reports/link_empty.html"))
