"""What reports do by themselves: make the editions that are due, render them, ask for consent, and send."""

import logging
from datetime import datetime, timedelta

from celery import shared_task
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from analytics.reports import (
    asking,
    consent,
    consent_mail,
    dispatching,
    editions,
    exported,
    previews,
    shared_pages,
    soon,
)
from analytics.reports.models import Dispatch, Edition, Part
from workspaces.operator.gate import is_shut
from workspaces.scope import scope
from workspaces.scope.wakes import call, wakeable
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)

WORK = "reports.work"
WRITERS = {
    previews.KIND: previews.write,
    shared_pages.KIND: shared_pages.write,
    exported.KIND: exported.write,
    exported.TABLES: exported.write_tables,
}
# How long pictures and PDFs of editions are kept; their log, subject and text stay.
KEPT = timedelta(days=92)


@wakeable(WORK)
def work(workspace_id: int) -> None:
    workspace = Workspace.objects.filter(pk=workspace_id).first()
    if workspace is not None:
        do(workspace, now=timezone.now())


def do(workspace: Workspace, *, now: datetime) -> int:
    """Everything that there is to do for a workspace; returns how many mails of reports were sent.

    Nothing while it is suspended: afterwards the latest edition of each report is made, and what waited goes out.
    """
    if is_shut(workspace):
        return 0
    consent.let_go(workspace)
    editions.make_due(workspace, now=now)
    editions.render_waiting(workspace, now=now)
    consent_mail.ask(workspace, now=now)
    return dispatching.deliver(workspace, now=now)


@shared_task(name=soon.TASK)
def write(kind: str, workspace_id: int, pk: int, mark: str, kept_s: int) -> None:
    """A page that somebody waits for."""
    soon.keep(soon.Wanted(kind, workspace_id, pk, mark), WRITERS[kind], kept_s=kept_s)


@shared_task(name="reports.sweep")
def sweep() -> None:
    """Find what has become due, what a killed worker left behind, and calls that were lost."""
    now = timezone.now()
    for workspace in Workspace.objects.order_by("pk"):
        try:
            if has_work(workspace, now):
                call(WORK, workspace.pk)
        except DatabaseError:
            log.exception("The sweep could not look at the reports of workspace %s", workspace.pk)


def has_work(workspace: Workspace, now: datetime) -> bool:
    if is_shut(workspace):
        return False
    with scope(workspace):
        handed = Dispatch.objects.filter(state=Dispatch.State.WAITING, handed_at__isnull=False, claimed_until__lt=now)
        return (
            editions.is_due(workspace, now=now)
            or Edition.objects.filter(state=Edition.State.WAITING).exists()
            or (settings.REPORTS_GO_OUT and (consent_mail.is_waiting(now) or Dispatch.due(now).exists()))
            or handed.exists()
        )


@shared_task(name="reports.forget")
def forget() -> None:
    """Let go of pictures and PDFs that are no longer kept, and of who was asked long ago."""
    now = timezone.now()
    before = now - KEPT
    for workspace_id in Workspace.objects.order_by("pk").values_list("pk", flat=True):
        try:
            with scope(workspace_id):
                old = Edition.objects.filter(rendered_at__lt=before).values_list("pk", flat=True)
                Part.objects.filter(edition__in=list(old)).delete()
                asking.forget(now)
        except DatabaseError:
            log.exception("Old parts of editions of workspace %s could not be removed", workspace_id)
