"""The import folder: files that are put into FOLDER/<workspace>/ are imported by themselves.

1. A file that has not changed for SETTLED becomes an import, once; the workers carry it out like any other.
2. When that has ended, the file goes to done/ or failed/ beside it, with its reports. Until then the import's row says
   that it is still to be put away, so whatever is killed when, the next look goes on.
"""

import json
import logging
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from onboarding.intake.imports import folder_files
from onboarding.intake.imports.jobs import ASKED
from onboarding.intake.imports.mapping import BadMapping
from onboarding.intake.imports.models import Import
from onboarding.intake.imports.reports import report, summary
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)

SETTLED = timedelta(seconds=30)
ACTOR = "import folder"


def collect() -> None:
    """Look through the folder once: put away what has ended, take up what is new."""
    for slug in folder_files.subfolders():
        workspace = Workspace.objects.filter(slug=slug).first()
        if workspace is None:
            log.warning("The import folder has a sub-folder %s, but there is no such workspace", slug)
            continue
        try:
            _put_away(workspace)
            _take_up(workspace)
        except OSError:
            log.exception("The import folder of %s cannot be worked on", slug)


def _put_away(workspace: Workspace) -> None:
    with scope(workspace):
        ended = list(Import.objects.filter(origin=Import.Origin.FOLDER, ended_at__isnull=False, filed_at=None))
    for job in ended:
        reports = {"report.json": json.dumps(summary(job), indent=2, ensure_ascii=False) + "\n"}
        if job.kept:
            reports["rejected.jsonl"] = "".join(report(job, "jsonl"))
        to = folder_files.DONE if job.outcome == Import.Outcome.FINISHED else folder_files.FAILED
        folder_files.put_away(job.path, to=to, number=job.pk, status=(job.size, job.modified), reports=reports)
        with scope(workspace):
            Import.objects.filter(pk=job.pk).update(filed_at=timezone.now())


def _take_up(workspace: Workspace) -> None:
    now = timezone.now()
    for path, status in folder_files.settled_files(workspace.slug, before=(now - SETTLED).timestamp()):
        size, modified = folder_files.status_of(status)
        with scope(workspace):
            if Import.objects.filter(origin=Import.Origin.FOLDER, path=path, filed_at=None).exists():
                continue
            try:
                with transaction.atomic():
                    _begin(path, size, modified, now)
            except IntegrityError:
                continue  # somebody else's look took it up just now


def _begin(path: str, size: int, modified: int, now: datetime) -> None:
    job = Import(
        name=path.rpartition("/")[2][-255:], origin=Import.Origin.FOLDER, path=path, size=size, modified=modified,
        uploaded=size, uploaded_at=now, started_at=now,
    )  # fmt: skip
    try:
        mapping = folder_files.mapping_for(path)
        job.mapping = mapping.document() if mapping else None
    except BadMapping as error:
        job.ended_at, job.outcome, job.problem = now, Import.Outcome.FAILED, f"The mapping is wrong: {error}"
    job.save(force_insert=True)
    Entry.record(by=None, actor=ACTOR, action="import.started", target=job, bytes=size)
    announce(ASKED, job.workspace_id)
