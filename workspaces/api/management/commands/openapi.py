from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from workspaces.api.openapi import text

PATH = Path(settings.BASE_DIR) / "docs" / "openapi.json"


class Command(BaseCommand):
    help = "Write the REST API's description to docs/openapi.json, which a test holds to what the code says."

    def handle(self, *args: Any, **options: Any) -> None:
        PATH.write_text(text(), encoding="utf-8")
        self.stdout.write(f"{PATH} is written.")
