"""`manage.py reseal`: seal every stored secret under the newest secret key, so that former ones can go."""

import functools
from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from workspaces.keys.sealed import Unreadable, seal, unseal
from workspaces.scope import scope
from workspaces.tenants.models import Workspace


class Command(BaseCommand):
    help = "Seal stored secrets anew under FIRSTMILE_SECRET_KEY; afterwards FIRSTMILE_SECRET_KEY_FALLBACKS may go."

    def handle(self, *args: Any, **options: Any) -> None:
        self.done = self.lost = 0
        for workspace in Workspace.objects.order_by("pk"):
            with scope(workspace):
                for label in settings.SEALED:
                    model, _, field = label.rpartition(".")
                    for row in apps.get_model(model).objects.exclude(**{field: ""}).select_for_update():
                        self._renew(row, field, lambda sealed: seal(unseal(sealed)))
        with transaction.atomic():
            for label, keys in settings.SEALED_OF_LOG_INS.items():
                model, _, field = label.rpartition(".")
                for row in apps.get_model(model).objects.filter(**{f"{field}__has_any_keys": keys}).select_for_update():
                    self._renew(row, field, functools.partial(_within, keys=keys))
        done, lost = self.done, self.lost
        self.stdout.write(f"{done} stored secrets are sealed under the newest secret key.")
        if lost:
            raise CommandError(
                f"{lost} could not be opened: they were sealed under a key that is not among the fallbacks. Name it "
                "there and try again, or make these secrets anew."
            )

    def _renew(self, row: Any, field: str, anew: Callable[[Any], Any]) -> None:
        try:
            setattr(row, field, anew(getattr(row, field)))
        except Unreadable:
            self.lost += 1
            return
        row.save(update_fields=[field])
        self.done += 1


def _within(data: dict[str, Any], *, keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: seal(unseal(value)) if key in keys else value for key, value in data.items()}
