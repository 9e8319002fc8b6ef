"""`manage.py seed_demo`: the demo's two workspaces, once; later it only says again how to get into them."""

import json
import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.demo.companies import BERTHLINE, QUILLMARK
from config.demo.seed import seed


class Command(BaseCommand):
    help = "Make the demo's workspaces, if they are not there, and print their log-ins and keys."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", metavar="FILE", help="write log-ins and keys there too")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo's log-ins are printed for everybody to read; it is not made in production.")
        password = os.environ.get("FIRSTMILE_DEMO_PASSWORD", "")
        began = time.monotonic()
        now = timezone.now()
        facts = seed(BERTHLINE, now=now, password=password)
        facts["other_workspace"] = seed(QUILLMARK, now=now, password=password)
        if options["json"]:
            Path(options["json"]).write_text(json.dumps(facts, indent=2), encoding="utf-8")
        self.stdout.write(json.dumps(facts, indent=2))
        self.stderr.write(f"The demo stands ({time.monotonic() - began:.1f} s).")
