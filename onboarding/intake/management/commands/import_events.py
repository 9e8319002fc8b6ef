"""`manage.py import_events FILE --workspace W`: history, as JSON lines in Segment's shape."""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from onboarding.intake.history import Account, import_lines
from onboarding.intake.limits import MAX_EVENT_BYTES
from onboarding.intake.lines import BrokenFile, Lines
from onboarding.intake.reasons import Drop
from workspaces.tenants.models import Workspace

AGAIN = "What was stored stays; run the same command again to go on, nothing is stored twice."
INTERRUPTED = 130
SHOWN = 5


class Command(BaseCommand):
    help = "Import events from a file of JSON lines, gzip or not. Running it again stores nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="one message a line, in Segment's shape; - for standard input")
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument(
            "--rejected", metavar="FILE", help="write each line that was not taken, with its number and the reason"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']!r}.", returncode=2)
        with ExitStack() as stack:
            lines = _open(options["file"], stack)
            report = Report(_create(options["rejected"], stack), self.stderr.write)
            self._import(workspace.pk, lines, report)

    def _import(self, workspace_id: int, lines: Lines, report: "Report") -> None:
        account = Account()
        started = time.monotonic()
        problem, returncode = "", 0
        with _progress(lines, account) as advanced:
            try:
                import_lines(
                    workspace_id,
                    lines.numbered(),
                    received_at=timezone.now(),
                    account=account,
                    reject=report.add,
                    advanced=advanced,
                )
            except KeyboardInterrupt:
                problem, returncode = f"Stopped. {AGAIN}", INTERRUPTED
            except BrokenFile as error:
                problem, returncode = f"The file is broken {error}. {AGAIN}", 1
            except DatabaseError as error:
                problem, returncode = f"The database failed: {str(error).strip()}. {AGAIN}", 1
        self._summarise(account, report, seconds=time.monotonic() - started)
        if problem:
            raise CommandError(problem, returncode=returncode)

    def _summarise(self, account: Account, report: "Report", *, seconds: float) -> None:
        rate = account.lines / seconds if seconds else 0
        rejected = account.rejected.total()
        self.stdout.write(
            f"{account.lines:,} lines in {seconds:.1f} s ({rate:,.0f} a second): {account.stored:,} stored, "
            f"{account.duplicates:,} there already, {rejected:,} rejected."
        )
        if account.mended:
            self.stdout.write(f"In {account.mended:,} of them, values that no database can hold were replaced.")
        if rejected:
            reasons = ", ".join(f"{count:,} {reason}" for reason, count in account.rejected.most_common())
            self.stdout.write(f"Rejected: {reasons}. {report.where}")


class Report:
    """The lines that were not taken: in a file as JSON lines, or the first of them on the terminal."""

    def __init__(self, file: TextIO | None, show: Callable[[str], Any]) -> None:
        self._file = file
        self._show = show
        self._shown = 0

    @property
    def where(self) -> str:
        return f"See {self._file.name}." if self._file else "To get every line with its reason, add --rejected FILE."

    def add(self, number: int, line: bytes, drop: Drop) -> None:
        if self._file:
            text = line[:MAX_EVENT_BYTES].decode("utf-8", "replace").rstrip("\r\n")
            entry = {"line": number, "reason": drop.reason, "message": drop.sentence, "text": text}
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
        elif self._shown < SHOWN:
            self._shown += 1
            self._show(f"line {number:,}: {drop.reason}: {drop.sentence}")


class _progress:
    """On a terminal, a bar over the file; elsewhere nothing."""

    def __init__(self, lines: Lines, account: Account) -> None:
        self._lines = lines
        self._account = account
        self._bar = Progress(
            TextColumn("{task.fields[done]:,} lines"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        )
        self._task = self._bar.add_task("import", total=lines.size or None, done=0)

    def __enter__(self) -> Callable[[], None]:
        self._bar.start()
        return lambda: self._bar.update(self._task, completed=self._lines.position, done=self._account.lines)

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def _open(file: str, stack: ExitStack) -> Lines:
    try:
        raw = open(sys.stdin.fileno(), "rb", buffering=0, closefd=False) if file == "-" else open(file, "rb", 0)  # noqa: SIM115
        return Lines(stack.enter_context(raw))
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=2) from error


def _create(file: str | None, stack: ExitStack) -> TextIO | None:
    try:
        return stack.enter_context(Path(file).open("w", encoding="utf-8")) if file else None
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.", returncode=2) from error
