import argparse
import sys
from itertools import islice
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.cubes.verify import differences
from workspaces.tenants.models import Workspace


class Command(BaseCommand):
    help = "Recompute a workspace's progress and counts from the raw log, and print every difference. Exit 1 if any."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--workspace", required=True, help="The workspace's short name in its address.")
        parser.add_argument("--limit", type=int, default=100, help="Stop after so many differences. 100.")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace “{options['workspace']}”.")
        limit = options["limit"]
        if limit < 1:
            raise CommandError("--limit is at least 1.")
        found = 0
        for difference in islice(differences(workspace), limit + 1):
            found += 1
            if found <= limit:
                self.stdout.write(difference)
        if found > limit:
            self.stdout.write(f"There are more than {limit} differences.")
        if found:
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS("No difference: what is kept is what the log says."))
