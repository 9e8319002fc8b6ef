"""What readers did with the widget: where each stands now, and everything that happened, line by line."""

from django.db import models
from django.utils import timezone

from milestones.ladders.models import Ladder
from workspaces.scope import TenantForeignKey, TenantModel


class WidgetState(TenantModel):
    """What one reader did with the widget of one ladder. `sender` is who they said they were, as in the event log."""

    sender = models.CharField(max_length=300)
    ladder = TenantForeignKey(Ladder, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField(default=timezone.now, help_text="First in sight: what is done later is news.")
    opened_at = models.DateTimeField(null=True, help_text="First opened.")
    kickoff_seen_at = models.DateTimeField(null=True, help_text="First opened while the ladder had a kickoff to show.")
    seen_on = models.DateField(null=True, help_text="The last day (UTC) on which it was in sight.")
    dismissed_at = models.DateTimeField(null=True)
    dismiss_reason = models.CharField(max_length=20, blank=True)
    skipped = models.JSONField(default=dict, help_text="By rung key the reason; empty: brought back.")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "sender", "ladder"], name="widget_state_once")]

    def __str__(self) -> str:
        return f"{self.sender} on {self.ladder}"


class WidgetEvent(TenantModel):
    """Something that happened in the widget. Only ever added to; numbers about the widget are made of these."""

    class Kind(models.TextChoices):
        OPENED = "opened"
        SEEN = "seen"
        HIDDEN = "hidden"
        STEP_CLICKED = "step_clicked"
        STEP_COMPLETED = "step_completed"
        COMPLETED = "completed"
        DISMISSED = "dismissed"
        RESUMED = "resumed"
        SKIPPED = "skipped"
        UNSKIPPED = "unskipped"

    # What happens to a reader once.
    ONCE = (Kind.STEP_COMPLETED, Kind.COMPLETED)

    at = models.DateTimeField(default=timezone.now)
    sender = models.CharField(max_length=300)
    ladder = TenantForeignKey(Ladder, on_delete=models.CASCADE, related_name="+")
    version_number = models.PositiveIntegerField(help_text="Of the ladder's version that was shown.")
    kind = models.CharField(max_length=20, choices=Kind)
    rung_key = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=20, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "sender", "ladder", "kind", "rung_key"],
                condition=models.Q(kind__in=["step_completed", "completed"]),
                name="widget_event_once",
            )
        ]
        indexes = [models.Index(fields=["workspace", "ladder", "at"], name="widget_event_of_ladder")]

    def __str__(self) -> str:
        return f"{self.sender} {self.kind} {self.rung_key}".rstrip()
