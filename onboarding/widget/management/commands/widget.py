"""`manage.py widget --workspace W …`: where the widget may stand and whether its readers must be signed."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from onboarding.widget.embed.origins import BadOrigin
from onboarding.widget.models import IdentityCount, IdentitySecret, TooManySecrets, WidgetSettings
from workspaces.scope import scope
from workspaces.tenants.models import Workspace


class Command(BaseCommand):
    help = "Say or show where a workspace's widget may stand, who vouches for its readers, and whether somebody must."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--workspace", required=True, metavar="SLUG")
        parser.add_argument("--allow", action="append", default=[], metavar="ORIGIN", help="let it stand on a site")
        parser.add_argument("--disallow", action="append", default=[], metavar="ORIGIN", help="and no longer there")
        parser.add_argument("--new-secret", action="store_true", help="make an identity secret, and print it once")
        parser.add_argument("--revoke-secret", type=int, metavar="ID", help="end an identity secret at once")
        parser.add_argument("--enforce", choices=["on", "off"], help="whether only signed users see a checklist")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']!r}.", returncode=2)
        try:
            with scope(workspace):
                self._change(WidgetSettings.of(workspace), options)
                self._show(WidgetSettings.of(workspace))
        except (BadOrigin, TooManySecrets) as error:
            raise CommandError(f"Nothing was changed: {error}", returncode=2) from error

    def _change(self, settings: WidgetSettings, options: dict[str, Any]) -> None:
        for origin in options["allow"]:
            settings.allow(origin, by=None)
        for origin in options["disallow"]:
            settings.disallow(origin, by=None)
        if options["revoke_secret"] is not None:
            secret = IdentitySecret.live().filter(pk=options["revoke_secret"]).first()
            if secret is None:
                raise CommandError(f"No live secret has the id {options['revoke_secret']}.", returncode=2)
            secret.revoke(by=None)
        if options["new_secret"]:
            _, text = IdentitySecret.make(by=None)
            self.stdout.write(f"New secret, shown this once: {text}")
        if options["enforce"]:
            settings.enforce(options["enforce"] == "on", by=None)

    def _show(self, settings: WidgetSettings) -> None:
        share = IdentityCount.signed_share()
        secrets = [f"{secret.hint} (id {secret.pk})" for secret in IdentitySecret.live()]
        self.stdout.write(f"Sites: {', '.join(settings.allowed_origins) or 'none'}")
        self.stdout.write(f"Secrets: {', '.join(secrets) or 'none'}")
        self.stdout.write(f"Signed in the last 7 days: {'nobody came' if share is None else f'{share:.1%}'}")
        self.stdout.write(f"Only signed users: {'yes' if settings.enforced else 'no'}")
