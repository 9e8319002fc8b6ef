"""A value summary as text and as a PDF, to send to a customer. Inside the scope and the workspace's time zone."""

from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from analytics.review.pdf import TYPEFACE, pdf_of
from workspaces.tenants.models import Workspace


def context_of(kind: str, summary: object, workspace: Workspace) -> dict[str, Any]:
    """What every form of it is told. `kind`: person or account."""
    return {
        "workspace": workspace,
        "kind": kind,
        "summary": summary,
        "part": f"reports/summary/_{kind}.html",
        "today": timezone.localdate(timezone=workspace.zone),
        "typeface": TYPEFACE,
    }


def as_text(kind: str, summary: object, workspace: Workspace) -> str:
    with timezone.override(workspace.zone):  # its days are the workspace's, as everywhere
        return render_to_string(f"reports/summary/{kind}.txt", context_of(kind, summary, workspace)).strip()


def as_pdf(kind: str, summary: object, workspace: Workspace) -> bytes:
    with timezone.override(workspace.zone):
        html = render_to_string("reports/summary/document.html", context_of(kind, summary, workspace))
    return pdf_of(html)
