"""`manage.py operator …`: what whoever runs the installation does to workspaces, and the log of it."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email

from workspaces.operator import acts, appointing, founding, listing
from workspaces.operator.models import Act
from workspaces.tenants.models import User, Workspace, validate_time_zone

SHOWN = 50


class Command(BaseCommand):
    help = "Found a workspace, list all, suspend one or lift that, sign people out, appoint operators, show the log."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as", dest="operator", default="", metavar="NAME", help="who you are, for the log")
        verbs = parser.add_subparsers(dest="verb", required=True)
        founds = verbs.add_parser("found", help="make a workspace and its owner, where sign-up is closed")
        founds.add_argument("name", metavar="NAME", help="what it is called, such as a company or a product")
        founds.add_argument("--owner", required=True, metavar="ADDRESS", help="who is to own it")
        founds.add_argument("--time-zone", default="UTC", metavar="ZONE", help="days begin at midnight there")
        verbs.add_parser("list", help="every workspace: members, keys, limit, retention, state")
        suspend = verbs.add_parser("suspend", help="let nobody in and end its keys, until it is lifted")
        suspend.add_argument("workspace", metavar="SLUG")
        suspend.add_argument("--reason", required=True, help="what members read")
        verbs.add_parser("lift", help="end a suspension").add_argument("workspace", metavar="SLUG")
        out = verbs.add_parser("sign-out", help="end all sessions of a workspace's members, or of one log-in")
        whom = out.add_mutually_exclusive_group(required=True)
        whom.add_argument("--workspace", metavar="SLUG")
        whom.add_argument("--email", metavar="ADDRESS")
        for verb, says in (("appoint", "let a log-in onto the operator's pages"), ("dismiss", "and no longer")):
            verbs.add_parser(verb, help=says).add_argument("email", metavar="ADDRESS")
        verbs.add_parser("log", help="what operators did lately")

    def handle(self, *args: Any, **options: Any) -> None:
        operator = options["operator"] or _name()
        match options["verb"]:
            case "found":
                self._found(options, operator)
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
            case "appoint":
                user = _log_in(options["email"])
                new = appointing.appoint(user, operator=operator)
                self.stdout.write(f"{user.email} is an operator{'' if new else ' already'}: /operator/")
            case "dismiss":
                user = _log_in(options["email"])
                was = appointing.dismiss(user, operator=operator)
                self.stdout.write(f"{user.email} is no operator{' any more' if was else ''}.")
            case "log":
                for act in Act.objects.order_by("-at", "-pk")[:SHOWN]:
                    said = ", ".join(f"{name} {value}" for name, value in act.details.items())
                    self.stdout.write(f"{act.at:%Y-%m-%d %H:%M} {act}{f' ({said})' if said else ''}")

    def _found(self, options: dict[str, Any], operator: str) -> None:
        name = " ".join(options["name"].split())[:120]
        try:
            validate_email(options["owner"].strip())
            validate_time_zone(options["time_zone"])
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages), returncode=2) from problem
        if not name:
            raise CommandError("Say what the workspace is called.", returncode=2)
        made = founding.found(name, owner=options["owner"], time_zone=options["time_zone"], operator=operator)
        workspace, user, new = made
        how = "; they log in at /accounts/login/ by a code that is mailed to them" if new else ""
        self.stdout.write(f"{workspace.slug} is {user.email}'s{how}.")

    def _list(self) -> None:
        for one in listing.listed(list(listing.workspaces())):
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
            ended = acts.sign_out([_log_in(options["email"])], operator=operator)
        self.stdout.write(f"{ended} sessions were ended.")


def _workspace(slug: str) -> Workspace:
    workspace = Workspace.objects.filter(slug=slug).first()
    if workspace is None:
        raise CommandError(f"There is no workspace {slug!r}.", returncode=2)
    return workspace


def _log_in(email: str) -> User:
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise CommandError("There is no such log-in.", returncode=2)
    return user


def _name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "operator"
