"""Deleting a workspace: asked by an owner, told to every member, done two weeks later unless it is undone.

Until then everything works as ever, and events are taken: whoever thinks better of it has lost nothing. Then

1. keys and memberships go at once, so nobody gets in or sends any more, and then the environment for tests,
2. rows go table by table, some thousands a transaction, what refers to others first; and again until none is left,
   since work that was under way may have added some,
3. the workspace itself goes, with which nothing can be added any more.

The database removes rows of a workspace only while its deletion is due and has begun. Whatever stops this in the
middle, the next run goes on.
"""

import logging
import time
from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from workspaces.accounts.models import Domain, Policy
from workspaces.audit.models import Entry, signature
from workspaces.keys.models import ApiKey
from workspaces.privacy import tables
from workspaces.privacy.models import GRACE, Deletion
from workspaces.scope import scope
from workspaces.tenants.letters import letter
from workspaces.tenants.models import Member, Workspace
from workspaces.tenants.speaking import speaking_to

log = logging.getLogger(__name__)

# What says who gets in stands outside of the wall. An environment for tests has no members or policy of its own.
LET_IN = (ApiKey, Member, Policy, Domain)
ROWS_AT_ONCE = 5_000
SECONDS_AT_ONCE = 60.0


def ask(workspace: Workspace, *, by: Member) -> Deletion:
    """Have the workspace deleted in two weeks. The one that is to come already stays. In the workspace's scope."""
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace.pk)
        found = Deletion.of(workspace.pk)
        if found is not None:
            return found
        now = timezone.now()
        asked = Deletion.objects.create(
            workspace_id=workspace.pk, asked_at=now, asked_by=signature(by), due_at=now + GRACE
        )
        Entry.record(by=by, action="workspace.deletion_asked", target=workspace, due=asked.due_at.isoformat())
    return asked


def undo(workspace: Workspace, *, by: Member) -> bool:
    """Think better of it. Returns whether there was anything to undo. In the workspace's scope."""
    now = timezone.now()
    undone = Deletion.objects.filter(workspace_id=workspace.pk, undone_at=None, finished_at=None, began_at=None).update(
        undone_at=now
    )
    if undone:
        Entry.record(by=by, action="workspace.deletion_undone", target=workspace)
    return bool(undone)


def tell_members() -> int:
    """Write to the members of every workspace that is to be deleted and that were not told; returns how many mails."""
    sent = 0
    for asked in Deletion.objects.filter(told_at=None, undone_at=None, finished_at=None).order_by("pk"):
        with transaction.atomic():
            mine = Deletion.objects.select_for_update(skip_locked=True).filter(pk=asked.pk, told_at=None).first()
            workspace = Workspace.objects.filter(pk=asked.workspace_id).first()
            if mine is None or workspace is None:
                continue
            sent += _write(mine, workspace)
            mine.told_at = timezone.now()
            mine.save(update_fields=["told_at"])
    return sent


def _write(deletion: Deletion, workspace: Workspace) -> int:
    page = settings.BASE_URL + reverse("privacy:deletion", args=[workspace.slug])
    context = {"deletion": deletion, "workspace": workspace, "page": page}
    sent = 0
    for member in workspace.members.order_by("user__email").select_related("user"):
        with timezone.override(workspace.zone), speaking_to(member.user):
            context["zone"] = timezone.get_current_timezone_name()
            subject = render_to_string("privacy/mail/deletion_subject.txt", context)
            body = render_to_string("privacy/mail/deletion.txt", context)
            mail = letter(subject, body, [member.user.email])
        sent += mail.send()
    return sent


def carry_out(workspace_id: int, *, now: datetime, seconds: float = SECONDS_AT_ONCE) -> bool:
    """Delete a workspace whose time has come, for about so long. Returns whether more is left."""
    deletion = Deletion.due(now).filter(workspace_id=workspace_id).first()
    if deletion is None:
        return False
    with transaction.atomic():
        Deletion.objects.filter(pk=deletion.pk, began_at=None).update(began_at=now)
        workspace = Workspace.objects.filter(pk=workspace_id).first()
        if workspace is not None:
            for model in LET_IN:
                model._default_manager.filter(workspace_id=workspace_id).delete()
            # Who log-ins are at its identity provider, by the key of the connection that goes with the rest.
            SocialAccount.objects.filter(provider__startswith=f"{workspace_id}-").delete()
    if workspace is not None and workspace.test is not None:
        return _environment_first(workspace.test, deletion, now=now, seconds=seconds)
    deadline = time.monotonic() + seconds
    removed = 1
    while removed and workspace is not None:
        removed = 0
        for table in tables.of_workspaces():
            while n := _remove(table, workspace_id):
                removed += n
                if time.monotonic() > deadline:
                    return True
    with transaction.atomic():
        Workspace.objects.filter(pk=workspace_id)._raw_delete("default")
        Deletion.objects.filter(pk=deletion.pk, finished_at=None).update(finished_at=timezone.now(), asked_by="")
    log.info("Workspace %s is deleted", workspace_id)
    return False


def _environment_first(test: Workspace, deletion: Deletion, *, now: datetime, seconds: float) -> bool:
    """What is the environment for tests goes with its live workspace, whenever it was made."""
    if not Deletion.objects.filter(workspace_id=test.pk, undone_at=None, finished_at=None).exists():
        told = {"asked_at": deletion.asked_at, "due_at": deletion.due_at, "told_at": now}
        Deletion.objects.create(workspace_id=test.pk, **told)
    Deletion.objects.filter(workspace_id=test.pk, undone_at=None, finished_at=None, due_at__gt=deletion.due_at).update(
        due_at=deletion.due_at
    )
    carry_out(test.pk, now=now, seconds=seconds)
    return True


def _remove(table: str, workspace_id: int) -> int:
    with scope(workspace_id), connection.cursor() as cursor:
        cursor.execute("SELECT privacy_delete_rows(%s::regclass, %s, %s)", [table, workspace_id, ROWS_AT_ONCE])
        n = int(cursor.fetchone()[0])
        cursor.execute("UPDATE privacy_deletion SET rows = rows + %s WHERE workspace_id = %s", [n, workspace_id])
    return n
