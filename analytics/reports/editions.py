"""Editions are made when they are due, and rendered by workers: once each, whatever crashes.

1. `make_due`: for every report that is not paused, the latest edition that is due, unless it is there. The unique key
   (report, week or month) is what makes a second one impossible; what else was missed meanwhile is not made up for.
2. `render`: claim a waiting edition by a lease, write the letter outside of any transaction (each step counts for the
   progress bar), and keep it in one transaction, with a dispatch for everybody who gets the report then; only while
   the claim is one's own. A worker that is killed leaves a lease behind, and another begins anew.
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import Error
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from analytics.metrics.question import Unanswerable
from analytics.reports.due import latest
from analytics.reports.letters import Letter, Piece, letter_of, steps_of
from analytics.reports.models import Dispatch, Edition, Part, Recipient, Report
from analytics.reports.paper import Paper, paper_of
from analytics.reports.questions import asked_of, schedule_of
from analytics.reports.speaking import in_the_words_of
from workspaces.scope import scope
from workspaces.tenants.models import User, Workspace
from workspaces.webhooks import outbox

log = logging.getLogger(__name__)

READY = "report.ready"
LEASE = timedelta(minutes=10)  # longer than any rendering takes
MOST_ATTEMPTS = 5
PAUSE = timedelta(minutes=2)
BROKEN = gettext_noop(
    "Something went wrong while it was made; it is tried up to five times. If it stays so, tell whoever runs "
    "Firstmile: their log says why."
)
KILLED = gettext_noop("Every worker that tried to make it ended before it was done.")
OVERTAKEN = gettext_noop("A later edition was due before this one could be sent.")


def make_due(workspace: Workspace, *, now: datetime) -> int:
    """Make the editions that are due; returns how many are new."""
    with scope(workspace):
        return sum(_make(report, workspace, now) for report in Report.objects.filter(paused_at=None).order_by("pk"))


def is_due(workspace: Workspace, *, now: datetime) -> bool:
    """Whether `make_due` would make any. Inside the scope."""
    reports = Report.objects.filter(paused_at=None)
    return any(not _is_made(report, workspace, now) for report in reports)


def _is_made(report: Report, workspace: Workspace, now: datetime) -> bool:
    due = latest(schedule_of(report, workspace), now=now)
    editions = Edition.objects.filter(report=report, cadence=report.cadence, period_on=due.period_on)
    return due.at <= report.counts_from or editions.exists()


def _make(report: Report, workspace: Workspace, now: datetime) -> bool:
    if _is_made(report, workspace, now):
        return False
    due = latest(schedule_of(report, workspace), now=now)
    edition = Edition(report=report, cadence=report.cadence, period_on=due.period_on, due_at=due.at)
    Edition.objects.bulk_create([edition], ignore_conflicts=True)  # another worker may have been first
    older = Edition.objects.filter(report=report, due_at__lt=due.at)
    Dispatch.objects.filter(edition__in=older, state=Dispatch.State.WAITING, claimed_until=None, handed_at=None).update(
        state=Dispatch.State.OVERTAKEN, error=OVERTAKEN
    )
    older.filter(state=Edition.State.WAITING).update(state=Edition.State.FAILED, error=OVERTAKEN)
    return True


@dataclass(frozen=True)
class Work:
    """An edition that is this worker's until `until`, with all that rendering needs."""

    edition_id: int
    until: datetime
    name: str
    query: str
    with_pdf: bool
    paper: Paper
    maker: User | None


def render_waiting(workspace: Workspace, *, now: datetime) -> int:
    """Render what waits; returns how many were made ready."""
    ready = 0
    with scope(workspace):
        waiting = list(_claimable(now).order_by("due_at").values_list("pk", flat=True))
    for pk in waiting:
        ready += render(workspace, pk, now=now)
    return ready


def render(workspace: Workspace, pk: int, *, now: datetime) -> bool:
    """Render one edition, if nobody else does. Whatever fails is tried again later, and in the end said."""
    try:
        work = _claim(workspace, pk, now)
        if work is None:
            return False
        with in_the_words_of(work.maker, workspace):
            letter = letter_of(
                work.paper,
                workspace,
                name=work.name,
                query=work.query,
                with_pdf=work.with_pdf,
                further=lambda: _further(workspace, work),
            )
        return _keep(workspace, work, letter)
    except Error:
        raise  # the database's failures are the task's to tell
    except Unanswerable as refusal:
        _failed(workspace, pk, str(refusal), now, finally_so=True)
    except Exception:
        # What went wrong is for the operator's log; a member can do nothing about it but ask.
        log.exception("Edition %s of workspace %s could not be rendered", pk, workspace.pk)
        _failed(workspace, pk, BROKEN, now)
    return False


def _claimable(now: datetime) -> "QuerySet[Edition]":
    free = Edition.objects.filter(state=Edition.State.WAITING)
    return free.filter(claimed_until=None) | free.filter(claimed_until__lt=now)


def _claim(workspace: Workspace, pk: int, now: datetime) -> Work | None:
    with scope(workspace), timezone.override(workspace.zone):
        found = _claimable(now).filter(pk=pk).select_for_update(skip_locked=True, of=("self",))
        edition = found.select_related("report__made_by").first()
        if edition is None:
            return None
        if edition.attempts >= MOST_ATTEMPTS:  # and never came to say what was wrong
            edition.state, edition.error = Edition.State.FAILED, edition.error or KILLED
            edition.save(update_fields=["state", "error"])
            return None
        edition.claimed_until = now + LEASE
        edition.attempts += 1
        edition.save(update_fields=["claimed_until", "attempts"])
    with scope(workspace), timezone.override(workspace.zone):
        day = edition.due_at.astimezone(workspace.zone).date() - timedelta(days=1)
        asked = asked_of(workspace, edition.report, now=now, as_of=day)
        query = edition.report.query(as_of=day.isoformat())
        maker = edition.report.made_by
        with in_the_words_of(maker, workspace):
            paper = paper_of(workspace, asked, query=query)
        steps = steps_of(paper, with_pdf=edition.report.with_pdf)
        Edition.objects.filter(pk=pk).update(done=0, steps=steps)
        return Work(pk, edition.claimed_until, edition.report.name, query, edition.report.with_pdf, paper, maker)


def _further(workspace: Workspace, work: Work) -> None:
    with scope(workspace):
        edition = Edition.objects.get(pk=work.edition_id)
        Edition.objects.filter(pk=work.edition_id, claimed_until=work.until).update(done=edition.done + 1)


def _keep(workspace: Workspace, work: Work, letter: Letter) -> bool:
    with scope(workspace):
        mine = Edition.objects.filter(pk=work.edition_id, claimed_until=work.until, state=Edition.State.WAITING)
        edition = mine.select_for_update().first()
        if edition is None:
            return False
        Part.objects.bulk_create(
            Part(edition=edition, name=piece.name, kind=piece.kind, content=piece.content) for piece in letter.pieces
        )
        edition.state, edition.claimed_until = Edition.State.READY, None
        edition.rendered_at, edition.as_of = timezone.now(), work.paper.asked.as_of.until
        edition.subject, edition.html, edition.text = letter.subject, letter.html, letter.text
        edition.save()
        Dispatch.objects.bulk_create(
            [
                Dispatch(
                    edition=edition,
                    recipient=recipient,
                    address=recipient.address,
                    next_attempt_at=edition.due_at,
                )
                for recipient in Recipient.active().filter(report=edition.report_id)
            ],
            ignore_conflicts=True,
        )
        _tell(edition, work, workspace)
        return True


def _tell(edition: Edition, work: Work, workspace: Workspace) -> None:
    """Programs hear of it in the transaction that keeps it."""
    assert edition.as_of is not None
    page = reverse("reports:edition", args=[workspace.slug, edition.pk])
    said = {
        "report": work.name,
        "cadence": edition.cadence,
        "period": edition.period_on.isoformat(),
        "subject": edition.subject,
        "asOf": edition.as_of.astimezone(UTC).isoformat(),
        "url": f"{settings.BASE_URL}{page}",
    }
    outbox.emit(workspace.pk, READY, said, key=f"{READY}:{edition.pk}")


def letter_in(edition: Edition) -> Letter:
    """The letter as it is kept. Inside the scope."""
    pieces = tuple(Piece(part.name, part.kind, bytes(part.content)) for part in edition.parts.order_by("pk"))
    return Letter(edition.subject, edition.html, edition.text, pieces)


def _failed(workspace: Workspace, pk: int, why: str, now: datetime, *, finally_so: bool = False) -> None:
    with scope(workspace):
        edition = Edition.objects.select_for_update().filter(pk=pk, state=Edition.State.WAITING).first()
        if edition is None:
            return  # the report was removed or paused meanwhile
        edition.error = why
        if finally_so or edition.attempts >= MOST_ATTEMPTS:
            edition.state, edition.claimed_until = Edition.State.FAILED, None
        else:
            edition.claimed_until = now + PAUSE * edition.attempts
        edition.save(update_fields=["error", "state", "claimed_until"])
