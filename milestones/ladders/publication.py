"""Publishing a draft: check it, copy into it what it says from elsewhere, and close it for ever."""

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from milestones.ladders.document import Document, DocumentError, missing_for_publication
from milestones.ladders.versions import reviews
from milestones.library.problems import Problem
from workspaces.audit.models import Entry
from workspaces.scope import current_workspace_id
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Member
from workspaces.webhooks import outbox

if TYPE_CHECKING:
    from milestones.ladders.models import Ladder, LadderVersion

PUBLISHED = "ladder.published"


class NotPublishable(DocumentError):
    """The ladder has nothing that could be published now; `problems` has every reason."""


def publish(ladder: "Ladder", *, by: Member | None, at: datetime, moves: bool = False) -> "LadderVersion":
    """Publish the draft of `ladder`, inside its workspace's scope.

    1. Lock the ladder, so that two publishers come one after the other (the second finds no draft).
    2. Check the whole version; nothing is changed when anything is missing.
    3. Copy the role into it and what rungs still take from the library, with the fingerprint of the whole.
    4. Close it: from here on the database refuses every change of it and of its rungs.
    """
    type(ladder).objects.select_for_update().get(pk=ladder.pk)
    draft, before = ladder.draft, ladder.published
    if draft is not None:  # nobody changes it while it is read and closed
        draft = type(draft).objects.select_for_update().get(pk=draft.pk)
        draft.ladder = ladder
    if draft is None:
        raise NotPublishable(
            [Problem("", _("%(name)s has no draft; import or write one first") % {"name": ladder.name})]
        )
    document = draft.document
    problems = missing_for_publication(document)
    if ladder.archived_at is not None:
        problems.add("", _("%(name)s is archived; take it back into use first"), name=ladder.name)
    if before is not None and before.published_at is not None and at <= before.published_at:
        problems.add(
            "",
            _("version %(number)d was published at %(at)s; a later one follows it"),
            number=before.number,
            at=before.published_at,
        )
    if by is not None and (unreviewed := reviews.refusal(draft, by=by)):
        problems.add("review", unreviewed)
    if problems:
        raise NotPublishable(problems)

    for rung, said in zip(draft.rungs.all(), document["rungs"], strict=True):
        rung.content = said["milestone"]
        rung.save(update_fields=["content"])
    draft.role_content = document["role"]
    draft.fingerprint = fingerprint(document)
    draft.effective_from = None if before is None else at
    draft.moves = moves and before is not None
    draft.published_at = at
    draft.published_by = str(by) if by else "command line"
    draft.state = draft.State.PUBLISHED
    draft.save()
    draft.schedules.all().delete()
    Entry.record(
        by=by,
        action="ladder.published",
        target=draft,
        ladder=ladder.key,
        number=draft.number,
        effective_from=draft.effective_from.isoformat() if draft.effective_from else None,
        moves=draft.moves,
    )
    said = {
        "ladder": ladder.key,
        "name": ladder.name,
        "version": draft.number,
        "moves": draft.moves,
        "publishedAt": at.astimezone(UTC).isoformat(),
    }
    outbox.emit(current_workspace_id(), PUBLISHED, said, key=f"{PUBLISHED}:{draft.pk}")
    announce("ladders.published", current_workspace_id())
    return draft


def fingerprint(document: Document) -> str:
    """SHA-256 of the canonical document: the same exactly when two versions say the same."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
