"""The report of an import: its rejected lines as CSV or as JSON lines, and its account in a few words."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from onboarding.intake.imports.models import Import, RejectedLine
from workspaces.scope import scope

COLUMNS = ("line", "reason", "message", "text")
FORMS = ("csv", "jsonl")
_PAGE = 1_000
# What makes a spreadsheet take a cell for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def report(job: Import, form: str) -> Iterator[str]:
    """The rejected lines in the order of the file, in parts. Enters the workspace's scope for each by itself."""
    return _csv(_entries(job)) if form == "csv" else _jsonl(_entries(job))


def summary(job: Import) -> dict[str, Any]:
    """What has become of the file."""
    return {
        "file": job.name,
        "outcome": job.outcome,
        "problem": job.problem,
        "rows": job.rows,
        "stored": job.stored,
        "there_already": job.duplicates,
        "mended": job.mended,
        "rejected": job.rejected,
        "rejected_by_reason": job.reasons,
        "rejected_in_report": job.kept,
        "started_at": job.started_at.isoformat() if job.started_at else None,
        "ended_at": job.ended_at.isoformat() if job.ended_at else None,
    }


def harmless(cell: str) -> str:
    """The text so that no spreadsheet computes it."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _entries(job: Import) -> Iterator[list[tuple[int, str, str, str]]]:
    after = 0
    while True:
        with scope(job.workspace_id):
            lines = RejectedLine.objects.filter(job_id=job.pk, line__gt=after).order_by("line")
            page = list(lines.values_list("line", "reason", "sentence", "text")[:_PAGE])
        if not page:
            return
        yield page
        after = page[-1][0]


def _csv(pages: Iterable[list[tuple[int, str, str, str]]]) -> Iterator[str]:
    yield "\ufeff" + ",".join(COLUMNS) + "\r\n"  # the mark tells spreadsheets that it is UTF-8
    for page in pages:
        out = io.StringIO()
        csv.writer(out).writerows([line, *map(harmless, rest)] for line, *rest in page)
        yield out.getvalue()


def _jsonl(pages: Iterable[list[tuple[int, str, str, str]]]) -> Iterator[str]:
    for page in pages:
        yield "".join(json.dumps(dict(zip(COLUMNS, entry, strict=True)), ensure_ascii=False) + "\n" for entry in page)
