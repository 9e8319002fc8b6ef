"""A member's pass: with it a page of this installation itself may hold one person's checklist, to try it out.

It stands where the token would. It names the member, the person and this installation's own origin, is good for half an
hour, and no longer than the member may do this; a page of any other origin gets nothing for it. What is tried out is no
visit: it is neither counted nor told in the install guide.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.utils import timezone

from onboarding.widget.embed.identity import Identity, Refused
from workspaces.tenants.models import Member, Workspace

PREFIX = "fm_pass_"
SALT = "onboarding.widget.pass"
LASTS = timedelta(minutes=30)
LONGEST = 2_000
PERMISSION = "widget.try"


@dataclass(frozen=True)
class Shown:
    """With what a pass is shown: the workspace of the write key, the page's origin, and who is said to read."""

    workspace_id: int
    origin: str
    user: str


def make(member: Member, *, user: str, origin: str) -> str:
    until = int((timezone.now() + LASTS).timestamp())
    return PREFIX + signing.dumps([member.pk, until, member.workspace_id, origin, user], salt=SALT)


def is_pass(token: str) -> bool:
    return token.startswith(PREFIX)


def identity_of(token: str, shown: Shown) -> Identity:
    """Who reads by this pass: an identity whose `secret_id` is the member's id below zero. Raises Refused."""
    try:
        member_id, until, *named = signing.loads(token.removeprefix(PREFIX)[:LONGEST], salt=SALT)
    except signing.BadSignature as bad:
        raise Refused("pass_ended", "This is no pass of a sandbox.") from bad
    if until < timezone.now().timestamp():
        raise Refused("pass_ended", "The sandbox has ended; open it anew.")
    if named != [shown.workspace_id, shown.origin, shown.user]:
        raise Refused("pass_of_another", "This pass is for another page, person or workspace.")
    check(member_id, shown.workspace_id)
    return Identity(shown.user, "", -member_id, datetime.fromtimestamp(until, UTC))


def check(member_id: int, workspace_id: int) -> None:
    """Whether the member may still try checklists out. Raises Refused."""
    workspace = Workspace.objects.select_related("live").filter(pk=workspace_id).first()
    member = workspace.member(pk=member_id) if workspace else None
    if member is None or not member.may(PERMISSION):
        raise Refused("pass_ended", "The member whose sandbox this is may no longer use it.")
