"""`manage.py operator …`: what whoever runs the installation does to workspaces, and the log of it."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workspaces.operator import acts
from workspaces.operator.models import Act
from workspaces.tenants.models import User, Workspace

SHOWN = 50


class Command(BaseCommand):
    help = "List workspaces, suspend one or let it in again, sign people out, and show what operators did."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as", dest="operator", default="", metavar="NAME", help="who you are, for the log")
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="every workspace: members, keys, limit, retention, state")
        suspend = verbs.add_parser("suspend", help="let nobody in and end its keys, until it is lifted")
        suspend.add_argument("workspace", metavar="SLUG")
        suspend.add_argument("--reason", required=True, help="what members read")
        verbs.add_parser("lift", help="end a suspension").add_argument("workspace", metavar="SLUG")
        out = verbs.add_parser("sign-out", help="end all sessions of a workspace's members, or of one log-in")
        whom = out.add_mutually_exclusive_group(required=True)
        whom.add_argument("--workspace", metavar="SLUG")
        whom.add_argument("--email", metavar="ADDRESS")
        verbs.add_parser("log", help="what operators did lately")

    def handle(self, *args: Any, **options: Any) -> None:
        operator = options["operator"] or _name()
        match options["verb"]:
            case "list":
                self._list()
            case "suspend":
                workspace = _workspace(options["workspace"])
                found = acts.suspend(workspace, reason=options["reason"], operator=operator)
                self.stdout.write(f"{workspace.slug} is suspended: {found.reason}")
            case "lift":
                workspace = _workspace(options["workspace"])
                try:
                    acts.lift(workspace, operator=operator)
                except acts.NotSuspended as problem:
                    raise CommandError(str(problem), returncode=2) from problem
                self.stdout.write(f"{workspace.slug} may be entered again.")
            case "sign-out":
                self._sign_out(options, operator)
            case "log":
                for act in Act.objects.order_by("-at", "-pk")[:SHOWN]:
                    said = ", ".join(f"{name} {value}" for name, value in act.details.items())
                    self.stdout.write(f"{act.at:%Y-%m-%d %H:%M} {act}{f' ({said})' if said else ''}")

    def _list(self) -> None:
        for one in acts.listed():
            workspace = one.workspace
            limit = "default" if workspace.events_per_second is None else workspace.events_per_second
            kept = f"{workspace.keep_events_months} months" if workspace.keep_events_months else "ever"
            self.stdout.write(
                f"{workspace.slug}: {one.members} members, {one.keys} keys, events a second: {limit}, "
                f"events kept: {kept}{', ' + one.state if one.state else ''}"
            )

    def _sign_out(self, options: dict[str, Any], operator: str) -> None:
        if options["workspace"]:
            workspace = _workspace(options["workspace"])
            ended = acts.sign_out(acts.members_of(workspace), operator=operator, workspace=workspace)
        else:
            users = list(User.objects.filter(email=options["email"].strip().lower()))
            if not users:
                raise CommandError("There is no such log-in.", returncode=2)
            ended = acts.sign_out(users, operator=operator)
        self.stdout.write(f"{ended} sessions were ended.")


def _workspace(slug: str) -> Workspace:
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        raise CommandError(f"There is no workspace {slug!r}.", returncode=2)
    return workspace


def _name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "operator"
