"""A paper as a document to print: A4, numbered pages, as of when, and every definition at the end."""

from django.template.loader import render_to_string
from django.utils import timezone

from analytics.metrics.registry import METRICS
from analytics.reports.paper import Paper
from analytics.review.pdf import TYPEFACE
from workspaces.tenants.models import Workspace


def document(paper: Paper, workspace: Workspace) -> str:
    """HTML for review.pdf.pdf_of: with styles of its own, and nothing to fetch but our typeface."""
    context = {
        "workspace": workspace,
        "paper": paper,
        "metrics": METRICS.values(),
        "typeface": TYPEFACE,
        "made_at": timezone.localtime(),
    }
    return render_to_string("reports/document.html", context)
