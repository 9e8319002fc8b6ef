"""An uploaded file as it lies in PostgreSQL: in pieces of one size, so that any place in it is found by arithmetic."""

import io
from collections.abc import Callable
from typing import Any

from onboarding.intake.imports.models import Import, Piece
from onboarding.intake.limits import KB
from workspaces.scope import scope

PIECE = 1 * KB * KB


class UploadedFile(io.RawIOBase):
    """A finished upload, to read from and to seek in. Each piece is fetched by a transaction of its own."""

    def __init__(self, job: Import) -> None:
        self._workspace_id = job.workspace_id
        self._job_id = job.pk
        self._size = job.size
        self._place = 0
        self._number, self._content = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, start + offset)
        return self._place

    def readinto(self, buffer: Any) -> int:
        if self._place >= self._size:
            return 0
        number, inside = divmod(self._place, PIECE)
        if number != self._number:
            self._number, self._content = number, self._fetch(number)
        part = self._content[inside : inside + len(buffer)]
        buffer[: len(part)] = part
        self._place += len(part)
        return len(part)

    def _fetch(self, number: int) -> bytes:
        with scope(self._workspace_id):
            content = Piece.objects.filter(job_id=self._job_id, number=number).values_list("content", flat=True).first()
        if content is None:
            raise OSError("the uploaded file is not there any more")
        return bytes(content)


class Watched(io.RawIOBase):
    """A raw file that says so whenever it is read."""

    def __init__(self, raw: Any, noticed: Callable[[], None]) -> None:
        self._raw = raw
        self._noticed = noticed

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._raw.seekable())

    def tell(self) -> int:
        return int(self._raw.tell())

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._raw.seek(offset, whence))

    def readinto(self, buffer: Any) -> int:
        self._noticed()
        return int(self._raw.readinto(buffer))
