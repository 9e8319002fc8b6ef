"""Publishing what somebody has looked at: never a draft that was changed behind their back."""

from datetime import datetime
from typing import TYPE_CHECKING

from milestones.ladders import drafts
from milestones.ladders.versions.state import state_of
from workspaces.tenants.models import Member

if TYPE_CHECKING:
    from milestones.ladders.models import Ladder, LadderVersion


class ChangedMeanwhile(Exception):
    """The draft no longer says what the publisher saw; nothing was done. It is to be shown anew."""


def publish(
    ladder: "Ladder", *, by: Member, seen: str, moves: bool, notes: str, at: datetime | None = None
) -> "LadderVersion":
    """Publish the draft with these notes if its state is still the one that was `seen`.

    Raises ChangedMeanwhile, or publication.NotPublishable with every reason.
    """
    draft = seen_draft(ladder, seen)
    if draft is not None:
        annotate(draft, notes)
    return ladder.publish(by=by, moves=moves, at=at)


def seen_draft(ladder: "Ladder", seen: str) -> "LadderVersion | None":
    """The ladder's draft; both are locked until the transaction ends, the ladder first. Raises ChangedMeanwhile."""
    type(ladder).objects.select_for_update().get(pk=ladder.pk)
    draft = ladder.draft
    if draft is None:
        return None
    draft = drafts.locked(draft)
    draft.ladder = ladder
    if state_of(draft) != seen:
        raise ChangedMeanwhile
    return draft


def annotate(draft: "LadderVersion", notes: str) -> None:
    """Say what this version changes, and why. That is about the draft, not of it, and so no revision of it."""
    draft.notes = notes
    draft.save(update_fields=["notes"])
