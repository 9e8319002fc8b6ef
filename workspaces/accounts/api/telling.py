"""Owners are told by mail when a program changes how members sign in: somebody may have its key who should not."""

import functools
import logging

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from workspaces.accounts.adapter import AccountAdapter
from workspaces.api.operations import Call
from workspaces.keys.models import ApiKey
from workspaces.tenants.access import Level
from workspaces.tenants.models import Workspace
from workspaces.tenants.speaking import speaking_to

log = logging.getLogger(__name__)


def owners(call: Call) -> None:
    """Once what it did is kept. A mail that cannot be sent takes nothing back: the audit log says the same."""
    transaction.on_commit(functools.partial(_tell, call.workspace, call.key), robust=True)


def _tell(workspace: Workspace, key: ApiKey) -> None:
    page = settings.BASE_URL + reverse("signing_in:show", args=[workspace.slug])
    audit = settings.BASE_URL + reverse("audit:entries", args=[workspace.slug])
    context = {"workspace": workspace, "key": key, "page": page, "audit": audit}
    try:
        for member in workspace.members.filter(level=Level.OWNER).select_related("user").order_by("user__email"):
            with timezone.override(workspace.zone), speaking_to(member.user):
                AccountAdapter().render_mail("accounts/mail/by_program", member.user.email, context).send()
    except OSError as error:  # as those of smtplib are
        log.warning("Owners of workspace %s could not be told of key %s: %s", workspace.pk, key.pk, error)
