"""What waits for somebody who is no member any more: it is settled at once rather than when its time comes."""

from django.utils import timezone

from milestones.ladders.models import Review, Schedule
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.models import Workspace


def let_go(workspace_id: int) -> None:
    """Drop the reviews that were asked of people who have left and not answered, so that their askers ask others; and
    stop the versions that they had scheduled, each with the reason where the schedule stands.
    """
    workspace = Workspace.objects.select_related("live").filter(pk=workspace_id).first()
    if workspace is None:
        return
    with scope(workspace):
        members = set(workspace.members.values_list("user_id", flat=True))
        for review in Review.objects.filter(answered_at=None).select_related("version__ladder", "asked_of"):
            if review.asked_of_id not in members:
                Entry.record(by=None, actor="leaving", action="review.dropped", target=review.version)
                review.delete()
        for schedule in Schedule.objects.select_for_update(of=("self",)).filter(failed_at=None).select_related("by"):
            if schedule.by_id not in members:
                name = str(schedule.by) if schedule.by else "Whoever scheduled it"
                problem = f"{name} is no longer a member of this workspace; another member can publish it."
                Schedule.objects.filter(pk=schedule.pk).update(failed_at=timezone.now(), problem=problem)
                version = schedule.version
                Entry.record(by=None, actor="leaving", action="ladder.schedule_failed", target=version, problem=problem)
