import argparse
import json
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console

from analytics.metrics.answer import answer
from analytics.metrics.as_data import as_data
from analytics.metrics.plain import show
from analytics.metrics.question import DEFAULT_WINDOW_DAYS, Unanswerable, ask
from analytics.metrics.use.answer import use
from analytics.metrics.use.as_data import use_data
from analytics.metrics.use.plain import show_use
from workspaces.scope import scope
from workspaces.tenants.models import Workspace


class Command(BaseCommand):
    help = "Print a ladder's numbers: the same that the adoption page shows, from the same definitions."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--workspace", required=True, help="The workspace's short name in its address.")
        parser.add_argument("--ladder", required=True, help="The ladder's key.")
        parser.add_argument("--as-of", default="", help="A day, or a moment in it; the numbers as of its end. Now.")
        parser.add_argument("--window", default=str(DEFAULT_WINDOW_DAYS), help="Days that a step may take. 14.")
        parser.add_argument("--segment", default="", help="A trait to split by.")
        parser.add_argument("--format", choices=["json", "text"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace “{options['workspace']}”.")
        try:
            with scope(workspace):
                question = ask(
                    workspace,
                    ladder=options["ladder"],
                    as_of=options["as_of"],
                    window=options["window"],
                    segment=options["segment"],
                    now=timezone.now(),
                )
                found = answer(question, question.counts())
                used = use(question)
        except Unanswerable as error:
            raise CommandError(str(error)) from None
        if options["format"] == "json":
            data = {"workspace": workspace.slug, **as_data(found), "use": use_data(used)}
            self.stdout.write(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            console = Console(file=cast(TextIO, self.stdout), width=120, highlight=False)
            show(found, console)
            show_use(used, console)
