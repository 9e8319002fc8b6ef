"""The mail that the executive gets every Monday: made over a week ago, so that its latest edition is due at once."""

from datetime import timedelta

from analytics.metrics import fetch
from analytics.reports import consent, keeping
from analytics.reports.models import Report
from workspaces.audit.models import Entry
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Member, Workspace

NAME = "Adoption, every Monday"
MADE = "report.made"


def set_up(workspace: Workspace, *, by: Member, reader: Member) -> None:
    """Once. Inside the workspace's scope, when everything has been told; the workers render and send it."""
    if Entry.objects.filter(action=MADE).exists():
        return
    made_at = workspace.created_at - timedelta(days=8)
    report = Report(name=NAME, ladder_key=fetch.subjects()[0].key, made_at=made_at, counts_from=made_at)
    consent.add(keeping.make(report, by=by), reader.user.email, by=by)
    announce("reports.asked", workspace.pk)
