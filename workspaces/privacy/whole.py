"""Everything in a workspace as one zip, made by a worker and kept for a week.

It holds every table behind the wall as JSON lines, but for secrets and what follows from the rest; the event log in the
form in which it was sent, as gzipped JSON lines that can be imported; and what other rooms can write to be imported
(settings.WORKSPACE_EXPORTERS). It is read some thousand rows at a time, each in a moment of its own, so nobody waits.
"""

import gzip
import io
import json
import logging
import traceback
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop

from workspaces.audit.models import Entry
from workspaces.privacy import tables
from workspaces.privacy.models import SILENT, Export, ExportPiece
from workspaces.scope import scope
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Member, Workspace

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 2_000
PIECE = 1024 * 1024
MOST_ATTEMPTS = 3

# Secrets, and what opens something; contents of files; and the table that is written in another form.
SECRETS = {"secret", "previous_secret", "sealed", "own_key", "former_key", "password", "digest", "digests"} | {
    "content",
    "counts",
    "segment_hash",
}
ELSEWHERE = {
    "intake_event",
    "privacy_export",
    "privacy_exportpiece",
    "privacy_suppressionkey",
    "cubes_sheet",
    "api_keptanswer",
}

_KEY = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod) FROM pg_index i
CROSS JOIN unnest(i.indkey::int[]) WITH ORDINALITY AS k(number, place)
JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
WHERE i.indrelid = %s::regclass AND i.indisprimary AND a.attname <> 'workspace_id' ORDER BY k.place"""


class Lost(Exception):
    """Another worker makes the export by now."""


def ask(workspace: Workspace, *, by: Member) -> Export:
    """Have it made; while one is being made, that one. In the workspace's scope."""
    export, new = Export.objects.get_or_create(finished_at=None, defaults={"asked_by": by.user})
    if new:
        Entry.record(by=by, action="workspace.export_asked", target=workspace)
    announce("privacy.asked", workspace.pk)
    return export


def work(workspace_id: int) -> None:
    """Make what was asked for, and let go of what has been kept for a week."""
    while (export := _claim(workspace_id)) is not None:
        try:
            _make(export)
        except Lost:
            return
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{type(error).__name__} in {frame.name}, line {frame.lineno}"
            log.warning("Export %s of workspace %s broke off: %s", export.pk, workspace_id, where)
            over = {"finished_at": timezone.now()} if export.attempts >= MOST_ATTEMPTS else {}
            with scope(workspace_id):
                _mine(export).update(beat_at=None, claimed_at=None, problem=where[:200] if over else "", **over)
    forget(workspace_id)


def is_due(workspace_id: int) -> bool:
    with scope(workspace_id):
        waiting = any(True for _ in Export.objects.filter(finished_at=None)[:1])
        return waiting or ExportPiece.objects.filter(export__finished_at__lt=timezone.now() - Export.KEPT).exists()


def forget(workspace_id: int) -> None:
    with scope(workspace_id):
        old = Export.objects.filter(finished_at__lt=timezone.now() - Export.KEPT).values_list("pk", flat=True)
        ExportPiece.objects.filter(export__in=list(old))._raw_delete("default")


def start_over() -> int:
    """Let go of every file: somebody who is in it is being erased. What is being made is begun anew; in a scope."""
    gone = ExportPiece.objects.all()._raw_delete("default") or 0
    stale = gettext_noop("Somebody has been erased since, so the file is gone.")
    Export.objects.filter(problem="").exclude(finished_at=None).update(problem=stale)
    Export.objects.filter(finished_at=None).update(claimed_at=None, beat_at=None, attempts=0)
    return gone


def pieces_of(export: Export) -> Iterator[bytes]:
    """The file, piece by piece, each in a moment of its own: for an answer that is sent after its view has ended."""
    number = 0
    while True:
        with scope(export.workspace_id):
            found = ExportPiece.objects.filter(export_id=export.pk, number=number).values_list("content", flat=True)
            content = next(iter(found), None)
        if content is None:
            return
        yield bytes(content)
        number += 1


def _claim(workspace_id: int) -> Export | None:
    with scope(workspace_id):
        now = timezone.now()
        for export in Export.objects.filter(finished_at=None):
            if export.beat_at is not None and export.beat_at > now - SILENT:
                continue
            free = Export.objects.filter(pk=export.pk, beat_at=export.beat_at, finished_at=None)
            if free.update(claimed_at=now, beat_at=now, attempts=export.attempts + 1, done=0, size=0):
                ExportPiece.objects.filter(export_id=export.pk)._raw_delete("default")
                export.refresh_from_db()
                return export
    return None


def _make(export: Export) -> None:
    with scope(export.workspace_id):
        workspace = Workspace.objects.get(pk=export.workspace_id)
        found = [table for table in sorted(tables.of_workspaces()) if table not in ELSEWHERE]
        files = [file for path in settings.WORKSPACE_EXPORTERS for file in import_string(path)()]
    file = _Pieces(export)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("READ ME.txt", READ_ME.format(name=workspace.name, now=timezone.now()))
        for name, text in files:
            archive.writestr(name, text)
        with archive.open(zipfile.ZipInfo("log.ndjson.gz"), "w", force_zip64=True) as member:
            _log(member, export)
        for number, table in enumerate(found, start=1):
            with archive.open(f"tables/{table}.ndjson", "w", force_zip64=True) as member:
                for line in _rows(table, export.workspace_id):
                    member.write(line.encode() + b"\n")
            _beat(export, done=number, total=len(found))
    file.close()
    with scope(export.workspace_id):
        if not _mine(export).update(finished_at=timezone.now(), size=file.tell(), problem=""):
            raise Lost


READ_ME = """Everything in the workspace {name} of Firstmile, as of {now:%Y-%m-%d %H:%M} UTC.

log.ndjson.gz    every message as it was sent; import it with: manage.py import_events --workspace W log.ndjson.gz
ladders/         each ladder's versions as YAML, to be imported
tables/          every table, one JSON object a line. Secrets and uploaded files are left out.
"""


def _log(member: IO[bytes], export: Export) -> None:
    with gzip.GzipFile(fileobj=member, mode="wb", mtime=0) as packed:
        for lines in import_string(settings.WORKSPACE_LOG)(export.workspace_id):
            packed.write(b"".join(lines))
            _beat(export)


def _rows(table: str, workspace_id: int) -> Iterator[str]:
    with scope(workspace_id), connection.cursor() as cursor:
        cursor.execute(_KEY, [table])
        key = cursor.fetchall()
    names = ", ".join(f'"{name}"' for name, _ in key)
    place = f"({names}) > ({', '.join(f'%s::{kind}' for _, kind in key)})"
    texts = ", ".join(f'"{name}"::text' for name, _ in key)
    after: list[Any] = []
    while True:
        with scope(workspace_id), connection.cursor() as cursor:
            cursor.execute(
                f'SELECT row_to_json(t)::text, {texts} FROM "{table}" t WHERE workspace_id = %s '
                f"{'AND ' + place if after else ''} ORDER BY {names} LIMIT %s",
                [workspace_id, *after, ROWS_AT_ONCE],
            )
            rows = cursor.fetchall()
        for text, *_ in rows:
            row = json.loads(text)
            yield json.dumps({n: v for n, v in row.items() if n not in SECRETS}, ensure_ascii=False)
        if len(rows) < ROWS_AT_ONCE:
            return
        after = list(rows[-1][1:])


def _beat(export: Export, **values: int) -> None:
    if not values and timezone.now() - (export.beat_at or export.asked_at) < timedelta(seconds=5):
        return
    export.beat_at = timezone.now()
    with scope(export.workspace_id):
        if not _mine(export).update(beat_at=export.beat_at, **values):
            raise Lost


def _mine(export: Export) -> "QuerySet[Export]":
    return Export.objects.filter(pk=export.pk, claimed_at=export.claimed_at, finished_at=None)


class _Pieces(io.RawIOBase):
    """A file that can only be written on, kept in pieces as it comes."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._waiting = bytearray()
        self._number = 0
        self._written = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._written

    def write(self, data: Any) -> int:
        self._waiting += data
        self._written += len(data)
        while len(self._waiting) >= PIECE:
            self._keep(PIECE)
        return len(data)

    def close(self) -> None:
        if self._waiting:
            self._keep(len(self._waiting))
        super().close()

    def _keep(self, size: int) -> None:
        content = bytes(self._waiting[:size])
        del self._waiting[:size]
        with scope(self._export.workspace_id):
            if not _mine(self._export).select_for_update().exists():
                raise Lost
            ExportPiece.objects.create(export_id=self._export.pk, number=self._number, content=content)
        self._number += 1
