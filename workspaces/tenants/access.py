"""One table of who may do what. Pages, their menus, the API, the documentation and the tests are driven from it."""

from typing import NamedTuple

from django.db import models


class Level(models.IntegerChoices):
    """Access levels; each may do what those below it may."""

    VIEWER = 10, "Viewer"
    COACH = 20, "Coach"
    EDITOR = 30, "Editor"
    ADMIN = 40, "Admin"
    OWNER = 50, "Owner"


class Permission(NamedTuple):
    """`sentence` follows "may": what whoever has at least this level may do."""

    name: str
    level: Level
    sentence: str


VIEWER, COACH, EDITOR, ADMIN, OWNER = Level

GROUPS: dict[str, tuple[Permission, ...]] = {
    "Ladders": (
        Permission("ladders.read", VIEWER, "read ladders, milestones, discoveries and playbooks"),
        Permission(
            "ladders.edit", EDITOR, "change them, ask for reviews, and bring ladders from one environment to the other"
        ),
        # Or admins, where the workspace says so: Member.may
        Permission("ladders.publish", EDITOR, "publish ladders, unless the workspace keeps that to admins"),
    ),
    "People": (
        Permission("people.read", VIEWER, "see people, accounts and how far each has come"),
        Permission("progress.rule", COACH, "complete a milestone for somebody, and take that back"),
        Permission("features.read", VIEWER, "see features and who has them"),
        Permission("features.grant", COACH, "give a feature to somebody, and take it back"),
        Permission("features.change", EDITOR, "change features"),
        Permission("feedback.read", VIEWER, "read what people answered"),
        Permission("feedback.import", EDITOR, "import answers"),
    ),
    "Data": (
        Permission("events.read", VIEWER, "read events, what became of them, and imports"),
        Permission("events.import", EDITOR, "import history"),
        Permission("events.replay", EDITOR, "send rejected events once more"),
    ),
    "Numbers": (
        Permission("adoption.read", VIEWER, "read the adoption page and keep views of their own"),
        Permission("views.share", EDITOR, "share views with the other members"),
        Permission("workflows.read", VIEWER, "read how key workflows are used"),
        Permission("workflows.change", EDITOR, "change key workflows"),
        Permission("reports.read", VIEWER, "read reports"),
        Permission("reports.edit", EDITOR, "make reports and say who gets them"),
        Permission("shares.make", EDITOR, "make and revoke links that need no log-in"),
        Permission("summaries.read", COACH, "read and export value summaries of people and accounts"),
    ),
    "Your product": (
        Permission("widget.read", EDITOR, "see how the widget is installed and looks"),
        Permission("widget.try", EDITOR, "try a checklist out as one of the people"),
        Permission("widget.change", ADMIN, "change the widget: its look, its pages, its secrets"),
        Permission("keys.manage", ADMIN, "make and revoke keys"),
        Permission("webhooks.manage", ADMIN, "add and change webhooks, and see what was delivered"),
    ),
    "Workspace": (
        Permission("help.read", VIEWER, "read the help"),
        Permission("team.read", VIEWER, "see who is a member, and leave"),
        Permission("team.invite", ADMIN, "invite people, up to their own level"),
        Permission("team.change", ADMIN, "change levels up to their own, and remove members of no higher level"),
        Permission("team.transfer", OWNER, "hand the ownership over"),
        Permission("settings.read", VIEWER, "read the settings"),
        Permission("settings.change", ADMIN, "change the settings"),
        Permission("sign_in.manage", ADMIN, "say how members sign in: second factors, SSO, domains"),
        Permission("environments.make", ADMIN, "make the environment for tests, and empty it"),
        Permission("audit.read", ADMIN, "read and export the audit log"),
        Permission("audit.keep", OWNER, "say how long the audit log is kept"),
        Permission("privacy.manage", ADMIN, "export and erase people, export the workspace, and say what is kept"),
        Permission("workspace.delete", OWNER, "delete the workspace"),
    ),
}
PERMISSIONS: dict[str, Level] = {one.name: one.level for group in GROUPS.values() for one in group}


def allows(level: Level, permission: str) -> bool:
    """Whether `level` suffices. An unknown permission is a programming error (KeyError), never a yes."""
    return level >= PERMISSIONS[permission]
