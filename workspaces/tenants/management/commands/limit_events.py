"""`manage.py limit_events --workspace W [N | default | none]`: how many events a second a workspace may send."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workspaces.tenants.models import Workspace

MOST = 1_000_000


class Command(BaseCommand):
    help = "Say or show how many events a second a workspace may send on average. Holds everywhere within 30 seconds."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("limit", nargs="?", help=f"1 to {MOST}, or default, or none; without it the limit is shown")
        parser.add_argument("--workspace", required=True, metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']!r}.", returncode=2)
        if options["limit"] is not None:
            workspace.events_per_second = _number(options["limit"])
            workspace.save(update_fields=["events_per_second"])
        self.stdout.write(f"{workspace.slug}: {_in_words(workspace.events_per_second)}.")


def _number(text: str) -> int | None:
    if text in ("default", "none"):
        return None if text == "default" else 0
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= MOST:
        raise CommandError(f"{text!r} is no limit; write 1 to {MOST}, default or none.", returncode=2)
    return int(text)


def _in_words(own: int | None) -> str:
    limit = settings.INTAKE_EVENTS_PER_SECOND if own is None else own
    words = f"{limit:,} events a second" if limit else "no limit"
    return f"{words} (the installation's)" if own is None else words
