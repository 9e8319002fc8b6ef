"""Asking that a person be erased."""

from django.db import transaction

from workspaces.audit.models import Entry, signature
from workspaces.privacy import suppression
from workspaces.privacy.models import Erasure
from workspaces.scope import current_workspace_id
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Member

ASKED = "privacy.asked"
LONGEST = 300


class NobodyNamed(ValueError):
    """What was given names nobody: it must be "u:" and a user id, or "a:" and an anonymous id."""


def ask(key: str, *, by: Member | None, actor: str = "") -> Erasure:
    """Ask that whoever goes by this sender's key be erased; while that is under way, the erasure that is.

    Whether anything is known of them makes no difference: what comes under the id is not taken any more from now on.
    In the workspace's scope. Raises NobodyNamed.
    """
    if key[:2] not in ("u:", "a:") or not 2 < len(key) <= LONGEST:
        raise NobodyNamed('Name a person by "u:" and their user id, or "a:" and their anonymous id.')
    with transaction.atomic():
        found, new = Erasure.objects.get_or_create(
            digest=suppression.digest(key),
            finished_at=None,
            defaults={
                "subject": key,
                "senders": [key],
                "asked_by": by.user if by else None,
                "actor": signature(by) if by else actor or "command line",
            },
        )
        if new:
            suppression.suppress([key])
            Entry.record(by=by, action="person.erasure_asked", target=found, actor=actor)
        announce(ASKED, current_workspace_id())
    return found
