"""`manage.py import_events PATH… --workspace W`: history from JSON lines, CSV or Parquet."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from onboarding.intake.imports.command import Importer, Report, opened, shown
from onboarding.intake.imports.folder_files import mapping_in
from onboarding.intake.imports.mapping import BadMapping, Mapping
from onboarding.intake.imports.opening import format_by_name
from onboarding.intake.imports.sources import Format
from workspaces.tenants.models import Workspace


class Command(BaseCommand):
    help = "Import events from JSON lines, CSV (gzip or not) or Parquet. Running it again stores nothing twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "paths", nargs="+", metavar="PATH", help="a file, a folder of files, or - for standard input"
        )
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--format", choices=["auto", *Format], default="auto", help="told by the content if auto")
        parser.add_argument("--mapping", metavar="FILE", help="what the columns of a table are, as YAML or JSON")
        parser.add_argument(
            "--rejected", metavar="FILE", help="write each line that was not taken, with its number and the reason"
        )
        parser.add_argument(
            "--dry-run", type=int, metavar="N", help="only show the mapping and what the first N rows become"
        )
        parser.add_argument("--move-to", metavar="FOLDER", help="move each file there when it was read to its end")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']!r}.", returncode=2)
        mapping = _mapping(options["mapping"])
        wanted = None if options["format"] == "auto" else Format(options["format"])
        files = list(_files(options["paths"]))
        done = _folder(options["move_to"])
        with ExitStack() as stack:
            report = Report(_create(options["rejected"], stack), self.stderr.write, many=len(files) > 1)
            for file in files:
                with ExitStack() as closing:
                    source = opened(file, stack=closing, wanted=wanted, mapping=mapping)
                    if options["dry_run"] is not None:
                        self._show(file, source, options["dry_run"], many=len(files) > 1)
                        continue
                    report.begin(file, source)
                    Importer(workspace.pk, source, report, self.stdout.write).run(name=file if len(files) > 1 else "")
                if done and file != "-":
                    _move(file, done)

    def _show(self, file: str, source: Any, count: int, *, many: bool) -> None:
        if many:
            self.stdout.write(f"{file}:")
        if (used := getattr(source, "mapping", None)) is not None:
            self.stdout.write(yaml.safe_dump(used.document(), sort_keys=False, allow_unicode=True).rstrip())
        for line in shown(source, count, now=timezone.now()):
            self.stdout.write(line)


def _mapping(file: str | None) -> Mapping | None:
    if file is None:
        return None
    try:
        return mapping_in(Path(file).read_text(encoding="utf-8", errors="replace"), name=file)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=2) from error
    except BadMapping as error:
        raise CommandError(f"{file}: {error}", returncode=2) from error


def _files(paths: list[str]) -> Iterator[str]:
    """The files that are meant: of a folder those that look like files of events, in the order of their names."""
    for path in paths:
        if path == "-" or not Path(path).is_dir():
            yield path
            continue
        try:
            inside = sorted(file for file in Path(path).iterdir() if file.is_file() and format_by_name(file.name))
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=2) from error
        if not inside:
            raise CommandError(
                f"{path} is a folder without files of events (.jsonl, .csv, .parquet, or gzip of them).", returncode=2
            )
        yield from map(str, inside)


def _folder(path: str | None) -> Path | None:
    if path is None:
        return None
    try:
        Path(path).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CommandError(f"{path} cannot be made: {error.strerror}.", returncode=2) from error
    return Path(path)


def _move(file: str, folder: Path) -> None:
    target = folder / Path(file).name
    if target.exists():
        raise CommandError(f"{file} was imported but not moved: {target} is there already.", returncode=1)
    try:
        Path(file).rename(target)
    except OSError as error:
        raise CommandError(f"{file} was imported but cannot be moved: {error.strerror}.", returncode=1) from error


def _create(file: str | None, stack: ExitStack) -> TextIO | None:
    try:
        return stack.enter_context(Path(file).open("w", encoding="utf-8")) if file else None
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.", returncode=2) from error
