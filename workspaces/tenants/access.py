"""One table of who may do what. Pages, their menus, the API, the documentation and the tests are driven from it.

Its words are English where no language is spoken; groups have their English names, to be translated when shown.
"""

from typing import NamedTuple

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class Level(models.IntegerChoices):
    """Access levels; each may do what those below it may."""

    VIEWER = 10, _("Viewer")
    COACH = 20, _("Coach")
    EDITOR = 30, _("Editor")
    ADMIN = 40, _("Admin")
    OWNER = 50, _("Owner")

    @property
    def english(self) -> str:
        """The label as records keep it, whoever writes them."""
        return self.name.capitalize()


class Permission(NamedTuple):
    """`sentence` follows "may": what whoever has at least this level may do."""

    name: str
    level: Level
    sentence: str | Promise


VIEWER, COACH, EDITOR, ADMIN, OWNER = Level

GROUPS: dict[str, tuple[Permission, ...]] = {
    gettext_noop("Ladders"): (
        Permission("ladders.read", VIEWER, _("read ladders, milestones, discoveries and playbooks")),
        Permission(
            "ladders.edit",
            EDITOR,
            _("change them, ask for reviews, and bring ladders from one environment to the other"),
        ),
        # Or admins, where the workspace says so: Member.may
        Permission("ladders.publish", EDITOR, _("publish ladders, unless the workspace keeps that to admins")),
    ),
    gettext_noop("People"): (
        Permission("people.read", VIEWER, _("see people, accounts and how far each has come")),
        Permission("progress.rule", COACH, _("complete a milestone for somebody, and take that back")),
        Permission("features.read", VIEWER, _("see features and who has them")),
        Permission("features.grant", COACH, _("give a feature to somebody, and take it back")),
        Permission("features.change", EDITOR, _("change features")),
        Permission("feedback.read", VIEWER, _("read what people answered")),
        Permission("feedback.import", EDITOR, _("import answers")),
    ),
    gettext_noop("Data"): (
        Permission("events.read", VIEWER, _("read events, what became of them, and imports")),
        Permission("events.import", EDITOR, _("import history")),
        Permission("events.replay", EDITOR, _("send rejected events once more")),
    ),
    gettext_noop("Numbers"): (
        Permission("adoption.read", VIEWER, _("read the adoption page and keep views of their own")),
        Permission("views.share", EDITOR, _("share views with the other members")),
        Permission("workflows.read", VIEWER, _("read how key workflows are used")),
        Permission("workflows.change", EDITOR, _("change key workflows")),
        Permission("reports.read", VIEWER, _("read reports")),
        Permission("reports.edit", EDITOR, _("make reports and say who gets them")),
        Permission("shares.make", EDITOR, _("make and revoke links that need no log-in")),
        Permission("summaries.read", COACH, _("read and export value summaries of people and accounts")),
    ),
    gettext_noop("Your product"): (
        Permission("widget.read", EDITOR, _("see how the widget is installed and looks")),
        Permission("widget.try", EDITOR, _("try a checklist out as one of the people")),
        Permission("widget.change", ADMIN, _("change the widget: its look, its pages, its secrets")),
        Permission("keys.manage", ADMIN, _("make and revoke keys")),
        Permission("webhooks.manage", ADMIN, _("add and change webhooks, and see what was delivered")),
    ),
    gettext_noop("Workspace"): (
        Permission("help.read", VIEWER, _("read the help")),
        Permission("team.read", VIEWER, _("see who is a member, and leave")),
        Permission("team.invite", ADMIN, _("invite people, up to their own level")),
        Permission("team.change", ADMIN, _("change levels up to their own, and remove members of no higher level")),
        Permission("team.transfer", OWNER, _("hand the ownership over")),
        Permission("settings.read", VIEWER, _("read the settings")),
        Permission("settings.change", ADMIN, _("change the settings")),
        Permission("sign_in.manage", ADMIN, _("say how members sign in: second factors, SSO, domains")),
        Permission("environments.make", ADMIN, _("make the environment for tests, and empty it")),
        Permission("audit.read", ADMIN, _("read and export the audit log")),
        Permission("audit.keep", OWNER, _("say how long the audit log is kept")),
        Permission("privacy.manage", ADMIN, _("export and erase people, export the workspace, and say what is kept")),
        Permission("workspace.delete", OWNER, _("delete the workspace")),
    ),
}
PERMISSIONS: dict[str, Level] = {one.name: one.level for group in GROUPS.values() for one in group}


def allows(level: Level, permission: str) -> bool:
    """Whether `level` suffices. An unknown permission is a programming error (KeyError), never a yes."""
    return level >= PERMISSIONS[permission]
