import argparse
import logging
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from analytics.cubes.rebuild import Rebuilt, rebuild
from onboarding.progress.rebuild.rebuilding import AlreadyRebuilding, LaddersChanged
from workspaces.tenants.models import Workspace

log = logging.getLogger(__name__)

UNCHANGED = "Nothing has been changed."
INTERRUPTED = 130


class Command(BaseCommand):
    help = (
        "Make a workspace's people, progress and counts once more from the raw log, beside those in use, and correct "
        "whatever differs in one transaction. Events keep coming and counting meanwhile. Stopped or killed at any "
        "moment before the end, it has changed nothing. Where nothing is wrong it writes nothing."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--workspace", metavar="SLUG", help="The workspace's short name in its address.")
        which.add_argument("--all", action="store_true", help="Every workspace, one after another.")
        parser.add_argument(
            "--processes", type=int, default=None, metavar="N", help="Compare in so many processes. One for each core."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["processes"] is not None and options["processes"] < 1:
            raise CommandError("--processes is at least 1.", returncode=2)
        workspaces = Workspace.objects.order_by("pk")
        if not options["all"]:
            workspaces = workspaces.filter(slug=options["workspace"])
            if not workspaces:
                raise CommandError(f"There is no workspace “{options['workspace']}”.", returncode=2)
        failed = [workspace.slug for workspace in workspaces if not self._rebuild(workspace, options["processes"])]
        if failed:
            raise CommandError(f"Not rebuilt: {', '.join(failed)}.")

    def _rebuild(self, workspace: Workspace, processes: int | None) -> bool:
        log.info("Rebuilding workspace %s", workspace.pk)
        try:
            with _Bar(workspace.slug) as bar:
                rebuilt = rebuild(workspace.pk, tell=bar.tell, processes=processes)
        except KeyboardInterrupt:
            raise CommandError(f"{workspace.slug}: stopped. {UNCHANGED}", returncode=INTERRUPTED) from None
        except (AlreadyRebuilding, LaddersChanged) as error:
            self.stderr.write(f"{workspace.slug}: {error} {UNCHANGED}")
            return False
        except DatabaseError as error:
            self.stderr.write(f"{workspace.slug}: the database failed: {str(error).strip()}. {UNCHANGED}")
            return False
        log.info("Rebuilt workspace %s: %s", workspace.pk, rebuilt)
        self._say(workspace.slug, rebuilt)
        return True

    def _say(self, slug: str, rebuilt: Rebuilt) -> None:
        took = f"{rebuilt.messages:,} messages in {rebuilt.seconds:.1f} s"
        if not rebuilt.differences:
            self.stdout.write(self.style.SUCCESS(f"{slug}: no differences. {took}, nothing written."))
            return
        found = ", ".join(f"{number:,} {kind}" for kind, number in rebuilt.differences.most_common())
        self.stdout.write(
            f"{slug}: corrected {found}. {took}, for {rebuilt.seconds_locked:.2f} s of which the engine waited."
        )


class _Bar:
    """On a terminal, what is being done and a bar over the people; elsewhere nothing."""

    def __init__(self, slug: str) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[people]}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
            transient=True,
        )
        self._slug = slug
        self._task = self._bar.add_task(slug, total=None, people="")

    def __enter__(self) -> "_Bar":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def tell(self, stage: str, done: int, total: int) -> None:
        people = f"{done:,} of {total:,} people" if total else ""
        self._bar.update(
            self._task, description=f"{self._slug}: {stage}", completed=done, total=total or None, people=people
        )
