"""Kept questions, asked again."""

from datetime import date, datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.dashboards import asked as asking
from analytics.dashboards.asked import Asked
from analytics.metrics.question import Unanswerable
from analytics.reports.asked_again import AskedAgain
from analytics.reports.due import Schedule
from analytics.reports.models import Report
from workspaces.tenants.models import Workspace


def asked_of(workspace: Workspace, kept: AskedAgain, *, now: datetime, as_of: date | None = None) -> Asked:
    """The question as of the end of a day, or as of now. Inside the scope.

    Raises Unanswerable, as when its ladder or its trait is there no more.
    """
    found = asking.read(workspace, QueryDict(kept.query(as_of=as_of.isoformat() if as_of else "")), now=now)
    if found is None:
        raise Unanswerable(_("No ladder is published, so there is nothing to tell."))
    return found


def schedule_of(report: Report, workspace: Workspace) -> Schedule:
    return Schedule(report.cadence, report.weekday, report.month_day, report.hour, workspace.zone)
