import argparse
import json
from dataclasses import replace
from typing import Any, TextIO, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console

from analytics.metrics.answer import answer
from analytics.metrics.as_data import Data, as_data, question_data
from analytics.metrics.every.every import every, every_data
from analytics.metrics.every.plain import show_every
from analytics.metrics.every.sources import Sources
from analytics.metrics.period import read_begun
from analytics.metrics.plain import show
from analytics.metrics.question import DEFAULT_WINDOW_DAYS, Unanswerable, ask
from analytics.metrics.use.as_data import parted_use_data
from analytics.metrics.use.plain import show_use
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

# What the other tables of the text don't say already.
BESIDES = ["restricted_mean", "how_it_ends", "time_to_convert", "forecast", "nps", "expansion", "stuck", "early_steps"]
BESIDES += ["version_change"]


class Command(BaseCommand):
    help = "Print a ladder's numbers: the same that the adoption page shows, from the same definitions."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--workspace", required=True, help="The workspace's short name in its address.")
        parser.add_argument("--ladder", required=True, help="The ladder's key.")
        parser.add_argument("--as-of", default="", help="A day, or a moment in it; the numbers as of its end. Now.")
        parser.add_argument("--period", default="", help="Who began in the last 30, 90 or 365 days. Everybody ever.")
        parser.add_argument("--from", default="", help="Or the first day of beginning,")
        parser.add_argument("--to", default="", help="and the last.")
        parser.add_argument("--window", default=str(DEFAULT_WINDOW_DAYS), help="Days that a step may take. 14.")
        parser.add_argument("--segment", default="", help="A trait to split by.")
        parser.add_argument("--metric", action="append", default=[], help="Only this metric, by its key; repeatable.")
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
                days = {"period": options["period"], "first": options["from"], "last": options["to"]}
                if begun := read_begun(question.as_of, **days):
                    question = replace(question, begun=begun)
                sources = Sources(question, workspace)
                if options["format"] == "json":
                    self._json(sources, options["metric"])
                else:
                    self._text(sources, options["metric"])
        except Unanswerable as error:
            raise CommandError(str(error)) from None

    def _json(self, sources: Sources, keys: list[str]) -> None:
        """All that is known of the question; only these metrics, if any are named."""
        question = sources.question
        data: Data = {"workspace": sources.workspace.slug}
        if keys:
            data |= question_data(question)
        else:
            data |= as_data(answer(question, sources.counts)) | {"use": parted_use_data(sources.uses())}
        data |= {
            "metrics": every_data(every(sources, keys), question),
            "people_of_other_values": sources.people_of_other_values,
        }
        self.stdout.write(json.dumps(data, indent=2, ensure_ascii=False))

    def _text(self, sources: Sources, keys: list[str]) -> None:
        question = sources.question
        console = Console(file=cast(TextIO, self.stdout), width=120, highlight=False)
        found = every(sources, keys or BESIDES)
        if not keys:
            show(answer(question, sources.counts), console)
            show_use(dict(sources.uses())[None], console)
        show_every(found, question.segment, console)
