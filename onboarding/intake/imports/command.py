"""One file imported by command: opened, told about while it goes on, and summed up."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from typing import Any, TextIO

from django.core.management.base import CommandError
from django.db import DatabaseError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from onboarding.intake.imports.history import Account, import_rows, storing
from onboarding.intake.imports.mapping import Mapping
from onboarding.intake.imports.opening import open_source, size_of
from onboarding.intake.imports.preview import preview
from onboarding.intake.imports.sources import BrokenFile, Format, Source, Unreadable
from onboarding.intake.imports.table import Table
from onboarding.intake.imports.uploads import guessed_mapping
from onboarding.intake.reasons import Drop

AGAIN = "What was stored stays; run the same command again to go on, nothing is stored twice."
INTERRUPTED = 130
SHOWN = 5


def opened(file: str, *, stack: ExitStack, wanted: Format | None, mapping: Mapping | None) -> Source:
    """The file's rows, ready to be read; a table by this mapping or else by a guessed one. Raises CommandError."""
    try:
        raw = open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) if file == "-" else open(file, "rb", 0)  # noqa: SIM115
        stack.enter_context(raw)
        source = open_source(raw, name=file, wanted=wanted, size=size_of(raw))
        if isinstance(source, Table):
            used = mapping or guessed_mapping(source)
            if problems := used.problems(source.header):
                columns = ", ".join(source.header[:40])
                raise CommandError(
                    f"{file}: {' '.join(problems)} Write a mapping for --mapping (docs/importing.md). "
                    f"The columns are: {columns}.",
                    returncode=2,
                )
            source.use(used)
    except Unreadable as error:
        raise CommandError(f"{file} cannot be imported: {error}", returncode=2) from error
    except BrokenFile as error:
        raise CommandError(f"{file}: The file is broken {error}.", returncode=1) from error
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=2) from error
    return source


def shown(source: Source, count: int, *, now: datetime) -> Iterator[str]:
    """What the first rows become, a line each: the message as JSON, or why it becomes none."""
    try:
        for row in preview(source, list(islice(source.numbered(), count)), now=now):
            if row.drop is not None:
                yield f"line {row.number:,}: {row.drop.reason}: {row.drop.sentence}"
            else:
                yield f"line {row.number:,}: {json.dumps(row.sent, ensure_ascii=False, default=str)}"
    except BrokenFile as error:
        raise CommandError(f"The file is broken {error}.", returncode=1) from error


class Importer:
    """The import of one file."""

    def __init__(self, workspace_id: int, source: Source, report: "Report", say: Callable[[str], Any]) -> None:
        self._workspace_id = workspace_id
        self._source = source
        self._report = report
        self._say = say

    def run(self, *, name: str = "") -> None:
        """Read the file to its end. Raises CommandError with what to do when that cannot be."""
        account = Account()
        started = time.monotonic()
        received_at = timezone.now()
        problem, returncode = "", 0
        with _progress(self._source, account) as advanced:
            try:
                import_rows(
                    self._source.numbered(),
                    parse=self._source.parse,
                    weigh=self._source.weigh,
                    received_at=received_at,
                    store=storing(self._workspace_id, received_at),
                    account=account,
                    reject=self._report.add,
                    advanced=advanced,
                )
            except KeyboardInterrupt:
                problem, returncode = f"Stopped. {AGAIN}", INTERRUPTED
            except BrokenFile as error:
                problem, returncode = f"The file is broken {error}. {AGAIN}", 1
            except DatabaseError as error:
                problem, returncode = f"The database failed: {str(error).strip()}. {AGAIN}", 1
        self._summarise(name, account, seconds=time.monotonic() - started)
        if problem:
            raise CommandError(f"{name}: {problem}" if name else problem, returncode=returncode)

    def _summarise(self, name: str, account: Account, *, seconds: float) -> None:
        rate = account.lines / seconds if seconds else 0
        rejected = account.rejected.total()
        self._say(
            f"{name + ': ' if name else ''}{account.lines:,} lines in {seconds:.1f} s ({rate:,.0f} a second): "
            f"{account.stored:,} stored, {account.duplicates:,} there already, {rejected:,} rejected."
        )
        if account.mended:
            self._say(f"In {account.mended:,} of them, values that no database can hold were replaced.")
        if rejected:
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in account.rejected.most_common())
            self._say(f"Rejected: {reasons}. {self._report.where}")


class Report:
    """The lines that were not taken: in a file as JSON lines, or the first of them on the terminal."""

    def __init__(self, file: TextIO | None, show: Callable[[str], Any], *, many: bool = False) -> None:
        self._file = file
        self._show = show
        self._shown = 0
        self._many = many
        self._source: Source | None = None
        self._name = ""

    @property
    def where(self) -> str:
        return f"See {self._file.name}." if self._file else "To get every line with its reason, add --rejected FILE."

    def begin(self, name: str, source: Source) -> None:
        """The lines that come now are of this file."""
        self._source, self._name, self._shown = source, name, 0

    def add(self, number: int, row: Any, drop: Drop) -> None:
        if self._file:
            assert self._source is not None
            entry = {"line": number, "reason": drop.reason, "message": drop.sentence, "text": self._source.text(row)}
            if self._many:
                entry = {"file": self._name, **entry}
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        elif self._shown < SHOWN:
            self._shown += 1
            self._show(f"line {number:,}: {drop.reason}: {drop.sentence}")


class _progress:
    """On a terminal, a bar over the file; elsewhere nothing."""

    def __init__(self, source: Source, account: Account) -> None:
        self._source = source
        self._account = account
        self._bar = Progress(
            TextColumn("{task.fields[done]:,} lines"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task("import", total=source.size or None, done=0)

    def __enter__(self) -> Callable[[], None]:
        self._bar.start()
        return lambda: self._bar.update(self._task, completed=self._source.position, done=self._account.lines)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()
