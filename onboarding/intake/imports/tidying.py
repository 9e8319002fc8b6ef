"""What imports leave behind, and when it goes: uploaded bytes at the end, uploads that nobody goes on with, reports."""

from datetime import timedelta

from django.utils import timezone

from onboarding.intake.imports.models import Import, Piece, RejectedLine
from workspaces.scope import scope

ABANDONED = timedelta(days=2)  # without a byte, or without being started
REPORTS_KEPT = timedelta(days=30)
AT_ONCE = 64  # pieces that one transaction deletes


def tidy(workspace_id: int) -> None:
    """End what was abandoned, and delete what ended imports have no more use for."""
    now = timezone.now()
    with scope(workspace_id):
        Import.objects.filter(touched_at__lt=now - ABANDONED, started_at=None, ended_at=None).update(
            ended_at=now, outcome=Import.Outcome.CANCELLED, problem="Nobody went on with it for two days."
        )
    while _delete_pieces(workspace_id):
        pass
    while _delete_reports(workspace_id, now - REPORTS_KEPT):
        pass


def _delete_pieces(workspace_id: int) -> int:
    with scope(workspace_id):
        ended = Piece.objects.filter(job__ended_at__isnull=False, job__workspace_id=workspace_id)
        keys = list(ended.values_list("job_id", "number")[:AT_ONCE])
        for job_id in {job_id for job_id, _ in keys}:
            numbers = [number for of, number in keys if of == job_id]
            Piece.objects.filter(job_id=job_id, number__in=numbers)._raw_delete("default")
    return len(keys)


def _delete_reports(workspace_id: int, before: object) -> int:
    with scope(workspace_id):
        job = Import.objects.filter(ended_at__lt=before, kept__gt=0).first()
        if job is None:
            return 0
        RejectedLine.objects.filter(job_id=job.pk)._raw_delete("default")
        Import.objects.filter(pk=job.pk).update(kept=0, kept_bytes=0)
    return 1
