"""`manage.py playbook export|import`: what people wrote in playbooks as YAML, for version control and for moving."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from milestones.ladders.document import DocumentError
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import dump, load_as
from milestones.playbook.document import read
from milestones.playbook.exchange import export_playbook, import_playbook
from workspaces.scope import scope
from workspaces.tenants.models import Workspace


class Command(BaseCommand):
    help = "Export and import what people wrote in a workspace's playbooks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verb = verbs.add_parser("import", help="make a playbook say what a YAML file says")
        verb.add_argument("file", help="a YAML file, or - for standard input")
        verbs.add_parser("export", help="write a playbook as YAML to standard output").add_argument(
            "key", help="the ladder's key"
        )
        for verb in verbs.choices.values():
            verb.add_argument("--workspace", required=True, metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']!r}.")
        try:
            with scope(workspace):
                if options["verb"] == "import":
                    self._import(_text(options["file"]), workspace)
                else:
                    self._export(options["key"])
        except DocumentError as error:
            raise CommandError(f"Nothing was changed, because:\n{error}") from error

    def _import(self, text: str, workspace: Workspace) -> None:
        imported = import_playbook(load_as(text, read, kind="playbook"), workspace=workspace, by=None)
        for change in imported.changes or ["nothing to change"]:
            self.stdout.write(f"{imported.ladder.key}: {change}")

    def _export(self, key: str) -> None:
        ladder = Ladder.objects.filter(key=key).first()
        if ladder is None:
            known = ", ".join(Ladder.objects.order_by("key").values_list("key", flat=True)) or "none"
            raise CommandError(f"There is no ladder {key!r} in this workspace; there are: {known}.")
        self.stdout.write(dump(export_playbook(ladder), kind="playbook"), ending="")


def _text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{file} is not UTF-8 text.") from error
