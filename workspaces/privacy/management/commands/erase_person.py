"""`manage.py erase_person --workspace W --user ID`: forget a person altogether."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workspaces.privacy import asking, erasing, subjects, suppression
from workspaces.privacy.models import Erasure
from workspaces.scope import scope
from workspaces.tenants.models import Workspace


class Command(BaseCommand):
    help = "Erase a person from a workspace: at once, and again a minute later by a worker, for what was on its way in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("--user", metavar="ID", help="the user id that your product sends")
        whom.add_argument("--anonymous", metavar="ID", help="an anonymous id")
        whom.add_argument("--email", metavar="ADDRESS", help="the e-mail address of exactly one person")
        parser.add_argument("--again", action="store_true", help="take what comes under the id from now on, as new")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']!r}.", returncode=2)
        with scope(workspace):
            key = self._key(options)
            if options["again"]:
                lifted = suppression.lift(key)
                self.stdout.write("It is taken again." if lifted else "Nothing was refused under this id.")
                return
            erasure = asking.ask(key, by=None)
        erasing.work(workspace.pk)
        with scope(workspace):
            erasure = Erasure.objects.get(pk=erasure.pk)
        if erasure.problem:
            raise CommandError(f"Erasure {erasure.pk} is not through yet: {erasure.problem}. A worker tries again.")
        for what, number in sorted(erasure.removed.items()):
            self.stdout.write(f"{number:>8} {what}")
        self.stdout.write(f"Erasure {erasure.pk}: erased; a worker looks once more for what was on its way in.")

    def _key(self, options: dict[str, Any]) -> str:
        if options["user"]:
            return f"u:{options['user']}"
        if options["anonymous"]:
            return f"a:{options['anonymous']}"
        found = [one for one in subjects.find(options["email"]) if one.key.startswith("u:")] or subjects.find(
            options["email"]
        )
        if len(found) != 1:
            raise CommandError(f"{len(found)} people have this address; name one by --user.", returncode=2)
        return found[0].key
