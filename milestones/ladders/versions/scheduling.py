"""Publishing at a moment to come. The schedule is the queue: the publication that it asked for takes it away."""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from milestones.ladders.models import Ladder, LadderVersion, Schedule
from milestones.ladders.publication import NotPublishable
from milestones.ladders.versions.publishing import ChangedMeanwhile, annotate, publish, seen_draft
from workspaces.audit.models import Entry
from workspaces.scope import current_workspace_id, scope
from workspaces.tenants.models import Member, User, Workspace

log = logging.getLogger(__name__)


def schedule(
    ladder: Ladder, *, by: Member, seen: str, moves: bool, notes: str, at: datetime, answering: User | None = None
) -> Schedule | None:
    """Have the draft, as it was `seen`, published at a moment; changes the schedule there is. None without a draft.

    Where a key does it, `answering` is who made it: in their name it will be published. Raises ChangedMeanwhile.
    """
    draft = seen_draft(ladder, seen)
    if draft is None:
        return None
    annotate(draft, notes)
    made, _ = Schedule.objects.update_or_create(
        version=draft,
        defaults={
            "publish_at": at,
            "moves": moves,
            "revision": draft.revision,
            "state": seen,
            "by": answering or by.user,
            "made_at": timezone.now(),
            "failed_at": None,
            "problem": "",
        },
    )
    Entry.record(by=by, action="ladder.scheduled", target=draft, publish_at=at.isoformat(), moves=moves)
    return made


def cancel(draft: LadderVersion, *, by: Member) -> bool:
    """Take the schedule back. Returns whether there still was one."""
    Ladder.objects.select_for_update().get(pk=draft.ladder_id)
    cancelled, _ = Schedule.objects.filter(version=draft).delete()
    if cancelled:
        Entry.record(by=by, action="ladder.unscheduled", target=draft)
    return bool(cancelled)


def publish_due(workspace_id: int, *, now: datetime | None = None) -> int:
    """Publish what is due in a workspace; returns how many versions were published.

    Each schedule in a transaction of its own:
    1. Lock its ladder; one that another worker or a publisher holds is left to the next round.
    2. Look again whether it is still there and due.
    3. Publish as the member who made it, if they still may.
    4. Done: the publication deletes it, in the same transaction. So whatever crashes, a schedule without its
       publication stays due, and one whose publication is there is gone: it is published exactly once.
    5. Refused: note why, so that a page can show it; it is not tried again until somebody schedules anew.
    """
    due = {"publish_at__lte": now or timezone.now(), "failed_at": None}
    with scope(workspace_id):
        waiting = list(Schedule.objects.filter(**due).order_by("publish_at", "pk").values_list("pk", "version__ladder"))
    published = 0
    for pk, ladder_id in waiting:
        with scope(workspace_id):
            ladder = Ladder.objects.select_for_update(skip_locked=True).filter(pk=ladder_id).first()
            claimed = Schedule.objects.filter(pk=pk, **due).select_related("by").first() if ladder else None
            if ladder and claimed:
                published += _carry_out(claimed, ladder)
    return published


def _carry_out(claimed: Schedule, ladder: Ladder) -> bool:
    workspace = Workspace.objects.select_related("live").get(pk=current_workspace_id())
    member = workspace.member(user=claimed.by_id)
    problem = _refusal(member, claimed)
    if not problem and member is not None:
        try:
            with transaction.atomic():
                notes = claimed.version.notes
                publish(ladder, by=member, seen=claimed.state, moves=claimed.moves, notes=notes)
        except ChangedMeanwhile:
            problem = "The draft was changed after it was scheduled; look at it and schedule it again."
        except NotPublishable as error:
            problem = " ".join(f"{reason.message[:1].upper()}{reason.message[1:]}." for reason in error.problems)
        else:
            return True
    Schedule.objects.filter(pk=claimed.pk).update(failed_at=timezone.now(), problem=problem)
    Entry.record(by=member, actor="schedule", action="ladder.schedule_failed", target=claimed.version, problem=problem)
    log.warning("%s was not published as scheduled: %s", claimed.version, problem)
    return False


def _refusal(member: Member | None, claimed: Schedule) -> str:
    if member is None:
        name = str(claimed.by) if claimed.by else "Whoever scheduled it"
        return f"{name} is no longer a member of this workspace; another member can publish it."
    if not member.may("ladders.publish"):
        return f"{member} may no longer publish; ask somebody who may."
    return ""
