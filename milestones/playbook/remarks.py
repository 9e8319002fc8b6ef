"""What members remark about a playbook: said, changed and deleted by themselves, resolved when it is dealt with."""

from django.utils import timezone

from milestones.ladders.models import Ladder
from milestones.playbook.models import Comment, Playbook
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member


def say(ladder: Ladder, place: str, *, text: str, by: Member) -> Comment:
    playbook = Playbook.locked(ladder)
    comment = Comment.objects.create(playbook=playbook, place=place, user=by.user, author=str(by), text=text)
    Entry.record(by=by, action="comment.added", target=comment, ladder=ladder.key, place=place)
    return comment


def change(comment: Comment, *, text: str, by: Member) -> None:
    if text != comment.text:
        comment.text, comment.edited_at = text, timezone.now()
        comment.save(update_fields=["text", "edited_at"])
        Entry.record(by=by, action="comment.changed", target=comment, place=comment.place)


def delete(comment: Comment, *, by: Member) -> None:
    Entry.record(by=by, action="comment.deleted", target=comment, place=comment.place)
    comment.delete()


def resolve(comment: Comment, *, by: Member) -> None:
    """Mark as dealt with, or, when it is already, open it again."""
    done = comment.resolved_at is None
    comment.resolved_at, comment.resolved_by = (timezone.now(), str(by)) if done else (None, "")
    comment.save(update_fields=["resolved_at", "resolved_by"])
    Entry.record(by=by, action=f"comment.{'resolved' if done else 'reopened'}", target=comment, place=comment.place)
