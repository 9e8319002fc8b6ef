"""Uploads: begun, taken piece by piece, gone on with after a break, and looked at once they are whole.

1. `begin` answers with an import that waits for bytes. The same file (name, size, time of its last change) chosen
   again is the same import, so an upload goes on where it broke off: `uploaded` says where.
2. `take` adds bytes at that place, and nowhere else: a repeated piece changes nothing, a gap is refused.
3. With the last byte the file is looked at: its format is told, and a mapping is guessed for a table.
"""

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils import timezone
from django.utils.translation import gettext

from onboarding.intake.imports.guessing import guess
from onboarding.intake.imports.mapping import Mapping
from onboarding.intake.imports.models import Import, Piece
from onboarding.intake.imports.opening import open_source
from onboarding.intake.imports.pieces import PIECE, UploadedFile
from onboarding.intake.imports.sources import BrokenFile, Unreadable
from onboarding.intake.imports.table import Table, Unparsed
from onboarding.intake.limits import KB
from workspaces.tenants.models import Member

MOST_OPEN = 5  # imports of a workspace whose bytes are kept
LOOKED_AT = 50  # rows by which a mapping is guessed
MOST_AT_ONCE = 4 * PIECE


class Refused(Exception):
    """The upload, or this part of it, is not taken; the sentence says why and what to do."""


def begin(*, name: str, size: int, modified: int, by: Member) -> Import:
    """The import that this file's bytes go to, new or gone on with. In its workspace's scope."""
    name = _file_name(name)
    if size <= 0:
        raise Refused(gettext("The file is empty."))
    if size > settings.IMPORT_MAX_BYTES:
        raise Refused(
            gettext(
                "The file has %(size)s MB; at most %(most)s MB can be uploaded. "
                "Compress it with gzip, cut it, or have it imported by command."
            )
            % {"size": intcomma(round(size / KB**2)), "most": intcomma(round(settings.IMPORT_MAX_BYTES / KB**2))}
        )
    unfinished = Import.objects.filter(origin=Import.Origin.UPLOAD, ended_at=None)
    same = unfinished.filter(name=name, size=size, modified=modified, uploaded_at=None).order_by("pk").first()
    if same is not None:
        return same
    if unfinished.count() >= MOST_OPEN:
        raise Refused(
            gettext("%(most_open)s files are being uploaded or imported already. Wait for one to end, or cancel one.")
            % {"most_open": MOST_OPEN}
        )
    return Import.objects.create(name=name, size=size, modified=modified, made_by=by.user)


def take(job: Import, *, offset: int, content: bytes) -> Import:
    """Add bytes to the upload, whose row is locked meanwhile. Returns it with the place that comes next."""
    job = Import.objects.select_for_update().get(pk=job.pk)
    if job.ended_at is not None or job.uploaded_at is not None or offset < job.uploaded:
        return job  # a repetition, or too late
    if offset > job.uploaded:
        raise Refused(f"Bytes are missing before {offset:,}; go on at {job.uploaded:,}.")
    if not content or len(content) > min(MOST_AT_ONCE, job.size - offset):
        raise Refused("There are more bytes, or fewer, than there should be.")
    job.uploaded += len(content)
    if len(content) % PIECE and job.uploaded < job.size:
        raise Refused(f"Send a multiple of {PIECE:,} bytes at once, but for the end.")
    first = offset // PIECE
    Piece.objects.bulk_create(
        Piece(job=job, number=first + place, content=content[start : start + PIECE])
        for place, start in enumerate(range(0, len(content), PIECE))
    )
    job.touched_at = timezone.now()
    if job.uploaded == job.size:
        job.uploaded_at = job.touched_at
        _look(job)
    job.save(update_fields=[
        "uploaded", "touched_at", "uploaded_at", "format", "mapping", "ended_at", "outcome", "problem",
    ])  # fmt: skip
    return job


def _look(job: Import) -> None:
    """Tell the format of the whole file, and guess how its columns are meant; or end the import, if it is no file
    that can be read."""
    try:
        source = open_source(UploadedFile(job), name=job.name, size=job.size)
        job.format = source.format
        if isinstance(source, Table):
            job.mapping = guessed_mapping(source, zone=str(job.workspace.time_zone)).document()
    except Unreadable as error:
        job.ended_at, job.outcome, job.problem = timezone.now(), Import.Outcome.FAILED, str(error)
    except BrokenFile as error:
        job.ended_at, job.outcome, job.problem = timezone.now(), Import.Outcome.FAILED, f"The file is broken {error}."


def guessed_mapping(source: Table, *, zone: str = "UTC") -> Mapping:
    """The mapping that the table's header and first rows suggest."""
    rows = [row for _, row in source.first(LOOKED_AT) if not isinstance(row, Unparsed)]
    return guess(source.header, rows, zone=zone)


def _file_name(name: str) -> str:
    """The name without folders and without what no database can hold."""
    plain = name.replace("\x00", "").replace("\\", "/").rsplit("/", 1)[-1].strip()
    return plain[-255:] or "file"
