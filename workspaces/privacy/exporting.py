"""All that is kept of a person, as a zip of JSON files: one for each kind of thing, as the rooms name it."""

import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import IO, Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from workspaces.audit.models import Entry
from workspaces.privacy import subjects, suppression
from workspaces.privacy.subjects import Subject
from workspaces.tenants.models import Member, Workspace

IN_MEMORY = 8 * 1024 * 1024  # bytes; what is larger is kept on the disk until it is sent

READ_ME = """This is what {workspace} keeps of you in Firstmile, as of {now}.

Each file is JSON, a list of things of one kind. Times are in UTC.

{files}
"""


def export(key: str, *, workspace: Workspace, by: Member | None) -> IO[bytes]:
    """The zip, from its beginning. Who asked for it goes to the audit log, whom it is about only by a digest.

    In the workspace's scope.
    """
    subject = subjects.subject(Subject((key,)))
    packed = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (whoever sends it closes it)
    counts: dict[str, int] = {}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in settings.PERSON_EXPORTERS:
            for name, things in import_string(path)(subject).items():
                with archive.open(f"{name}.json", "w") as file:
                    counts[name] = write_list(file, things)
        files = "\n".join(f"{name}.json: {n}" for name, n in sorted(counts.items()))
        now = timezone.now().strftime("%Y-%m-%d %H:%M UTC")
        archive.writestr("READ ME.txt", READ_ME.format(workspace=workspace.name, now=now, files=files))
    Entry.record(by=by, action="person.exported", target=workspace, digest=suppression.digest(key), counts=counts)
    packed.seek(0)
    return packed


def write_list(file: IO[bytes], things: Iterable[Mapping[str, Any]]) -> int:
    """Write a JSON list, one thing a line. Returns how many."""
    n = 0
    file.write(b"[")
    for n, thing in enumerate(things, start=1):
        file.write((b",\n" if n > 1 else b"\n") + plain(thing).encode())
    file.write(b"\n]\n")
    return n


def plain(thing: Any) -> str:
    return json.dumps(thing, default=_written, ensure_ascii=False)


def _written(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value.total_seconds():g} s"
    raise TypeError(f"{value!r} has no form in JSON")
