"""One table of who may do what. Pages, their menus and the tests are driven from it."""

from django.db import models


class Level(models.IntegerChoices):
    """Access levels; each may do what those below it may."""

    VIEWER = 10, "Viewer"
    COACH = 20, "Coach"
    EDITOR = 30, "Editor"
    ADMIN = 40, "Admin"
    OWNER = 50, "Owner"


PERMISSIONS: dict[str, Level] = {
    "adoption.read": Level.VIEWER,
    "views.share": Level.EDITOR,
    "workflows.read": Level.VIEWER,
    "workflows.change": Level.EDITOR,
    "reports.read": Level.VIEWER,
    "reports.edit": Level.EDITOR,
    "shares.make": Level.EDITOR,
    "summaries.read": Level.COACH,
    "ladders.read": Level.VIEWER,
    "people.read": Level.VIEWER,
    "progress.rule": Level.COACH,
    "feedback.read": Level.VIEWER,
    "feedback.import": Level.EDITOR,
    "features.read": Level.VIEWER,
    "features.grant": Level.COACH,
    "features.change": Level.EDITOR,
    "events.read": Level.VIEWER,
    "events.import": Level.EDITOR,
    "events.replay": Level.EDITOR,
    "ladders.edit": Level.EDITOR,
    "ladders.publish": Level.EDITOR,  # or admins, where the workspace says so: Member.may
    "help.read": Level.VIEWER,
    "settings.read": Level.VIEWER,
    "settings.change": Level.ADMIN,
    "privacy.manage": Level.ADMIN,
    "workspace.delete": Level.OWNER,
    "keys.manage": Level.ADMIN,
    "webhooks.manage": Level.ADMIN,
    "widget.read": Level.EDITOR,
    "widget.change": Level.ADMIN,
    "widget.try": Level.EDITOR,
    "audit.read": Level.ADMIN,
}


def allows(level: Level, permission: str) -> bool:
    """Whether `level` suffices. An unknown permission is a programming error (KeyError), never a yes."""
    return level >= PERMISSIONS[permission]
