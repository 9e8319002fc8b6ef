"""SAML metadata that an admin gave by address: read again once a day, so that a provider may change what it signs with.

What changed is taken as the admin's own reading would take it, noted, and told to the owners by mail: its certificates
and where log-ins go. Never who it is: another entity id is a matter for an admin. Whoever wants to say yes to each
certificate gives the document instead of its address (docs/decisions/0173).

1. Claim: the try is noted, so that no other worker asks meanwhile.
2. Ask, outside of any transaction, as bounded as whenever somebody else chose the address (fetching).
3. Take it, if the connection still is what it was. What could not be read is noted and changes nothing.
"""

import logging
import smtplib
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from workspaces.accounts import metadata
from workspaces.accounts.adapter import AccountAdapter
from workspaces.accounts.models import Connection
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Workspace
from workspaces.tenants.speaking import speaking_to

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
SILENT = timedelta(days=7)  # after so long without an answer owners are told
ACTOR = gettext_noop("daily reading of metadata")


def read_again(workspace_id: int, *, now: datetime) -> None:
    claimed = _claim(workspace_id, now)
    if claimed is None:
        return
    try:
        with override("en"):  # what is noted is kept for readers of every language
            found = metadata.fetch_saml(claimed.metadata_url)
        problem = "" if found.entity_id == claimed.issuer else f"It calls itself {found.entity_id} now."
    except metadata.Unusable as reason:
        found, problem = None, str(reason)
    with scope(workspace_id):
        connection = (
            Connection.objects.select_for_update()
            .filter(pk=claimed.pk, metadata_url=claimed.metadata_url, issuer=claimed.issuer)
            .first()
        )
        if connection is None:  # an admin was quicker
            return
        if found is None or problem:
            _not_read(connection, problem, now)
        else:
            _take(connection, found, now)


def _claim(workspace_id: int, now: datetime) -> Connection | None:
    with scope(workspace_id):
        due = Connection.objects.filter(kind=Connection.Kind.SAML).exclude(Q(metadata_url="") | Q(issuer=""))
        due = due.filter(Q(tried_at=None) | Q(tried_at__lte=now - EVERY))
        found = due.first()
        return found if found is not None and due.filter(pk=found.pk).update(tried_at=now) else None


def _take(connection: Connection, found: metadata.Saml, now: datetime) -> None:
    before = (connection.certificate, connection.sso_url)
    connection.certificate, connection.sso_url = "\n".join(found.certificates), found.sso_url
    connection.read_at, connection.read_problem = now, ""
    connection.save(update_fields=["certificate", "sso_url", "read_at", "read_problem"])
    if (connection.certificate, connection.sso_url) == before:
        return
    said = {"certificates": len(found.certificates), "sso_url": found.sso_url}
    was = {"certificates": len(before[0].split()), "sso_url": before[1]}
    Entry.record(by=None, action="sso.metadata_changed", target=connection, actor=ACTOR, before=was, after=said)
    _tell(connection, "metadata_changed", now)


def _not_read(connection: Connection, problem: str, now: datetime) -> None:
    connection.read_problem = problem[:300]
    connection.save(update_fields=["read_problem"])
    log.info("Metadata of SSO %s could not be read again", connection.key)
    since = connection.read_at or connection.made_at
    if SILENT <= now - since < SILENT + EVERY:  # which one of the daily tries meets
        _tell(connection, "metadata_unread", now)


def _tell(connection: Connection, letter: str, now: datetime) -> None:
    """A mail that cannot be sent holds nothing up: what it says stands on the page and in the audit log."""
    workspace = Workspace.objects.get(pk=connection.home)
    page = settings.BASE_URL + reverse("signing_in:show", args=[workspace.slug])
    ends = [metadata.ends_at(one) for one in connection.certificates]
    context = {"connection": connection, "workspace": workspace, "page": page, "ends": ends, "now": now}
    try:
        for member in workspace.members.filter(level=Level.OWNER).select_related("user").order_by("user__email"):
            with timezone.override(workspace.zone), speaking_to(member.user):
                AccountAdapter().render_mail(f"accounts/mail/{letter}", member.user.email, context).send()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("Owners could not be told of metadata of SSO %s: %s", connection.key, error)


def words_of(connection: Connection) -> str:
    """How the last reading went, for its page; "" while all is well or nothing is read again."""
    if not connection.read_problem:
        return ""
    return _("The metadata could not be read again: %(problem)s") % {"problem": connection.read_problem}
