"""`manage.py reseal`: seal every stored secret under the newest secret key, so that former ones can go."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workspaces.keys.sealed import Unreadable, seal, unseal
from workspaces.scope import scope
from workspaces.tenants.models import Workspace


class Command(BaseCommand):
    help = "Seal stored secrets anew under FIRSTMILE_SECRET_KEY; afterwards FIRSTMILE_SECRET_KEY_FALLBACKS may go."

    def handle(self, *args: Any, **options: Any) -> None:
        done, lost = 0, 0
        for workspace in Workspace.objects.order_by("pk"):
            with scope(workspace):
                for label in settings.SEALED:
                    model, _, field = label.rpartition(".")
                    for row in apps.get_model(model).objects.exclude(**{field: ""}).select_for_update():
                        try:
                            setattr(row, field, seal(unseal(getattr(row, field))))
                        except Unreadable:
                            lost += 1
                            continue
                        row.save(update_fields=[field])
                        done += 1
        self.stdout.write(f"{done} stored secrets are sealed under the newest secret key.")
        if lost:
            raise CommandError(
                f"{lost} could not be opened: they were sealed under a key that is not among the fallbacks. Name it "
                "there and try again, or make these secrets anew."
            )
