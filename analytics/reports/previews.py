"""The next mail of a report as it would be now, with the numbers up to the end of yesterday: written by a worker."""

import json
from datetime import date, timedelta

from django.template.loader import render_to_string
from django.utils import timezone

from analytics.dashboards.asked import Asked
from analytics.metrics.question import Unanswerable
from analytics.reports.letters import letter_of, previewed, steps_of
from analytics.reports.models import Report
from analytics.reports.paper import paper_of
from analytics.reports.questions import asked_of
from analytics.reports.soon import Further, Page, Wanted
from analytics.reports.speaking import in_the_words_of, language_of
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

KIND = "preview"
# Its day is over; late events and what is changed in between show after this long.
KEPT_S = 300


def wanted(report: Report, workspace: Workspace) -> Wanted:
    """A report that says something else, or another day, is another preview."""
    said = [report.name, report.query(), _yesterday(workspace).isoformat(), workspace.name, workspace.segments]
    said.append(language_of(report.made_by))
    return Wanted(KIND, workspace.pk, report.pk, json.dumps(said))


def write(wanted: Wanted, further: Further) -> Page:
    """By what writes the mail itself. The drawing is done outside of any transaction where no request is in one."""
    workspace = Workspace.objects.get(pk=wanted.workspace_id)
    with scope(workspace):
        report = Report.objects.select_related("made_by").get(pk=wanted.pk)
    with in_the_words_of(report.made_by, workspace):
        with scope(workspace):
            try:
                asked = question(report, workspace)
            except Unanswerable as refusal:
                return refused(refusal)
            query = report.query(as_of=asked.as_of.day.isoformat())
            paper = paper_of(workspace, asked, query=query)
        done, steps = 0, steps_of(paper, with_pdf=False)
        further(done, steps)

        def step() -> None:
            nonlocal done
            done += 1
            further(done, steps)

        letter = letter_of(paper, workspace, name=report.name, query=query, with_pdf=False, further=step)
    return Page(200, previewed(letter))


def question(report: Report, workspace: Workspace) -> Asked:
    """Inside the scope. Raises Unanswerable."""
    return asked_of(workspace, report, now=timezone.now(), as_of=_yesterday(workspace))


def refused(refusal: Unanswerable) -> Page:
    return Page(410, render_to_string("reports/mail/refusal.html", {"reason": str(refusal)}))


def _yesterday(workspace: Workspace) -> date:
    return timezone.localdate(timezone=workspace.zone) - timedelta(days=1)
