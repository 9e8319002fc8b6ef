"""What members do to reports, each noted in the audit log."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analytics.reports import dispatching
from analytics.reports.models import MOST_REPORTS, Dispatch, Edition, Report
from workspaces.audit.models import Entry
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Member

PAUSED = gettext_noop("The report was paused.")
WHEN = ("cadence", "weekday", "month_day", "hour")


class TooMany(ValueError):
    """The workspace has as many reports as it may have."""


def make(report: Report, *, by: Member) -> Report:
    """Keep a new report; its first mail is the next that will be due. Inside the scope. Raises TooMany."""
    if Report.objects.count() >= MOST_REPORTS:
        raise TooMany(_("A workspace has %(most)d reports at most; remove one first.") % {"most": MOST_REPORTS})
    report.made_by = by.user
    report.save()
    Entry.record(by=by, action="report.made", target=report)
    return report


def change(report: Report, *, changed: list[str], by: Member) -> None:
    """Of a new time, nothing is sent that would have been due by it already."""
    if not changed:
        return
    if set(changed) & set(WHEN):
        report.counts_from = timezone.now()
    report.save()
    Entry.record(by=by, action="report.changed", target=report, changed=", ".join(changed))


def pause(report: Report, *, by: Member) -> None:
    """Nothing is made or sent; what waits to be sent waits no more."""
    if report.paused_at is None:
        report.paused_at = timezone.now()
        report.save(update_fields=["paused_at"])
        editions = Edition.objects.filter(report=report)
        waiting = Dispatch.objects.filter(edition__in=editions, state=Dispatch.State.WAITING, handed_at=None)
        waiting.update(state=Dispatch.State.OVERTAKEN, error=PAUSED)
        # Also one that is being rendered: whoever does finds it waiting no more, and keeps nothing.
        editions.filter(state=Edition.State.WAITING).update(state=Edition.State.FAILED, error=PAUSED)
        Entry.record(by=by, action="report.paused", target=report)


def resume(report: Report, *, by: Member) -> None:
    """From the next that will be due on."""
    if report.paused_at is not None:
        report.paused_at, report.counts_from = None, timezone.now()
        report.save(update_fields=["paused_at", "counts_from"])
        Entry.record(by=by, action="report.resumed", target=report)


def remove(report: Report, *, by: Member) -> None:
    """With its recipients and its log."""
    Entry.record(by=by, action="report.removed", target=report)
    report.delete()


def may_be_made_again(edition: Edition) -> bool:
    """Whether one that failed is worth another try: its report goes out, and no later edition has overtaken it."""
    if edition.state != Edition.State.FAILED or edition.report.paused_at is not None:
        return False
    return not Edition.objects.filter(report=edition.report_id, due_at__gt=edition.due_at).exists()


def make_again(edition: Edition, *, by: Member) -> bool:
    """With the numbers that it would have had, as of the day before it was due. False where nothing is to be done."""
    if not may_be_made_again(edition):
        return False
    failed = Edition.objects.filter(pk=edition.pk, state=Edition.State.FAILED)
    changed = failed.update(state=Edition.State.WAITING, attempts=0, claimed_until=None, done=0, steps=0, error="")
    if changed:
        Entry.record(by=by, action="report.made_again", target=edition.report, due=edition.due_at.date().isoformat())
        announce("reports.asked", by.workspace_id)
    return bool(changed)


def send_again(dispatch: Dispatch, *, by: Member) -> bool:
    """False while it is on its way."""
    again = dispatching.send_again(dispatch)
    if again:
        Entry.record(by=by, action="report.sent_again", target=dispatch.edition.report, address=dispatch.address)
        announce("reports.asked", by.workspace_id)
    return again
