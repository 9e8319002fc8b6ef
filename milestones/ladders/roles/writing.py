"""Making, changing and deleting a role. Rules come in the canonical form of milestones.library.criteria."""

from typing import Any

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from milestones.ladders.document import DEFAULT_PRECEDENCE, LARGEST_PRECEDENCE
from milestones.ladders.enumeration import listed
from milestones.ladders.models import Role
from milestones.ladders.versions.exactly import same
from milestones.library.criteria import describe_rule, in_english
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member


class InUse(Exception):
    """Something has the role still; the text says what."""


def make(*, key: str, name: str, rule: dict[str, Any], by: Member, precedence: int | None = None) -> Role:
    """A new role. It goes last unless `precedence` says otherwise: whoever has another role keeps it."""
    place = last_precedence() if precedence is None else precedence
    role = Role.objects.create(key=key, name=name, rule=rule, precedence=place)
    Entry.record(by=by, action="role.made", target=role, rule=in_english(lambda: describe_rule(role.chooses)))
    return role


def change(role: Role, *, name: str, rule: dict[str, Any], by: Member) -> bool:
    """Returns whether that is anything new."""
    before = dict(role.content)
    role.name, role.rule = name, rule
    if same(before, role.content):
        return False
    role.save()
    Entry.record(by=by, action="role.changed", target=role, before=before, after=role.content)
    return True


def delete(role: Role, *, by: Member) -> None:
    """Raises InUse."""
    ladders = [ladder.name for ladder in role.ladders.order_by("name")]
    if ladders:
        words = _("%(role)s is the role of %(ladders)s; give them another role first.")
        raise InUse(words % {"role": role.name, "ladders": listed(ladders)})
    try:
        with transaction.atomic():
            Entry.record(by=by, action="role.deleted", target=role, content=role.content)
            role.delete()
    except ProtectedError:
        raise InUse(_("%(role)s is still used elsewhere in the workspace and stays.") % {"role": role.name}) from None


def last_precedence() -> int:
    last = Role.objects.aggregate(last=Max("precedence"))["last"]
    return DEFAULT_PRECEDENCE if last is None else min(last + 10, LARGEST_PRECEDENCE)
