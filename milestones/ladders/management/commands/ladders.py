"""`manage.py ladders import|export|publish|list`: whole ladders as YAML, for version control and for moving."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from milestones.ladders.document import DocumentError
from milestones.ladders.exchange import export_ladder, import_ladder
from milestones.ladders.models import Ladder, LadderVersion
from milestones.ladders.yaml_text import dump, load
from workspaces.scope import scope
from workspaces.tenants.models import Workspace


class Command(BaseCommand):
    help = "Import, export, publish and list a workspace's ladders."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verb = verbs.add_parser("import", help="make a ladder's draft say what a YAML file says")
        verb.add_argument("file", help="a YAML file, or - for standard input")
        verb.add_argument("--publish", action="store_true", help="publish the draft at once, if there is one then")
        verb = verbs.add_parser("export", help="write a ladder as YAML to standard output")
        verb.add_argument("key")
        verb.add_argument("--number", type=int, help="a version's number (otherwise the newest, be it a draft)")
        verbs.add_parser("publish", help="publish a ladder's draft").add_argument("key")
        verbs.add_parser("list", help="list the ladders and their versions")
        for verb in verbs.choices.values():
            verb.add_argument("--workspace", required=True, metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']!r}.")
        try:
            with scope(workspace):
                getattr(self, f"do_{options['verb']}")(options)
        except DocumentError as error:
            raise CommandError(f"Nothing was changed, because:\n{error}") from error

    def do_import(self, options: dict[str, Any]) -> None:
        imported = import_ladder(load(_text(options["file"])), by=None)
        for change in imported.changes or ["nothing to change"]:
            self.stdout.write(f"{imported.ladder.key}: {change}")
        if options["publish"] and imported.ladder.draft:
            self._publish(imported.ladder)

    def do_export(self, options: dict[str, Any]) -> None:
        ladder = _ladder(options["key"])
        try:
            self.stdout.write(dump(export_ladder(ladder, number=options["number"])), ending="")
        except LadderVersion.DoesNotExist as error:
            raise CommandError(f"{ladder.key} has no version {options['number'] or ''}".rstrip() + ".") from error

    def do_publish(self, options: dict[str, Any]) -> None:
        self._publish(_ladder(options["key"]))

    def do_list(self, options: dict[str, Any]) -> None:
        for ladder in Ladder.objects.select_related("role").order_by("key"):
            versions = ", ".join(f"v{version.number} {version.state}" for version in ladder.versions.order_by("number"))
            self.stdout.write(f"{ladder.key}\t{ladder.name}\t{ladder.role.key}\t{versions}")

    def _publish(self, ladder: Ladder) -> None:
        version = ladder.publish(by=None)
        self.stdout.write(f"{ladder.key}: version {version.number} published")


def _ladder(key: str) -> Ladder:
    ladder = Ladder.objects.filter(key=key).first()
    if ladder is None:
        known = ", ".join(Ladder.objects.order_by("key").values_list("key", flat=True)) or "none"
        raise CommandError(f"There is no ladder {key!r} in this workspace; there are: {known}.")
    return ladder


def _text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not UTF-8 text.") from error
