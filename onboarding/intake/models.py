"""What came in: the event log, what was sent but could not be taken, and which names have been seen."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models

from onboarding.intake.imports.models import Import, Piece, RejectedLine
from workspaces.scope import TenantModel, TenantRow
from workspaces.scope.tenant import TenantManager

__all__ = ["Import", "LoggedEvent", "LoggedEvents", "Piece", "RejectedLine", "Rejection", "Seen"]


class LoggedEvents(models.QuerySet["LoggedEvent"]):
    """Questions to the event log. Each reaches an index; by no time given, in every month's partition."""

    def of_sender(self, *senders: str) -> "LoggedEvents":
        """The events of these senders ("u:" and a userId, or "a:" and an anonymousId)."""
        return self.filter(sender__in=senders)

    def latest_for(self, senders: Iterable[str], limit: int) -> "LoggedEvents":
        """At most `limit` events of these senders, the newest first."""
        return self.of_sender(*senders).order_by("-occurred_at", "-id")[:limit]

    def between(self, start: datetime, end: datetime) -> "LoggedEvents":
        """The events that happened at or after `start` and before `end`."""
        return self.filter(occurred_at__gte=start, occurred_at__lt=end)


class LoggedEvent(TenantModel):
    """An event as it was taken, once and for all. Written by log.append alone; here it is read.

    The table's key is (workspace_id, message_id, client_at). `client_at` is the time that the client repeats when it
    retries, `occurred_at` is when the event happened, by the clock of the server.
    """

    client_at = models.DateTimeField()
    message_id = models.TextField()
    type = models.TextField()
    event = models.TextField(help_text="The event's name; empty for identify, group and alias.")
    sender = models.TextField()
    anonymous_id = models.TextField()
    previous_id = models.TextField()
    group_id = models.TextField()
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    clamped = models.BooleanField(help_text="Whether the stated time lay so far ahead that receipt stands for it.")
    properties = models.JSONField()
    traits = models.JSONField()
    context = models.JSONField()

    objects = TenantManager.from_queryset(LoggedEvents)()

    class Meta(TenantModel.Meta):
        managed = False
        db_table = "intake_event"

    def __str__(self) -> str:
        return f"{self.event or self.type} of {self.sender}"


class Rejection(TenantModel):
    """Something that was sent but not taken: why, and the text of it, so that nothing is lost silently.

    `message` is JSON in ASCII, cut at the size that an event may have. A retry of it is noted again. `replayed_…`
    say when somebody sent it again, mended, with success: who, and under which messageId it is in the log.
    """

    received_at = models.DateTimeField()
    reason = models.CharField(max_length=40, help_text="A code of reasons.Reason.")
    sentence = models.TextField()
    message = models.TextField()
    replayed_at = models.DateTimeField(null=True)
    replayed_by = models.CharField(max_length=200, blank=True, default="")
    replayed_as = models.CharField(max_length=100, blank=True, default="")

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "-received_at"], name="rejection_newest")]

    def __str__(self) -> str:
        return f"{self.reason}: {self.sentence}"


class Duplicate(TenantModel):
    """A message of the log that was sent again, live: how often, and when last. Kept by duplicates.note alone.

    It has no effect and proves nothing; it is here so that who looks for it finds out where it went. `message_id` and
    `client_at` are the key of the message in the log.
    """

    message_id = models.CharField(max_length=100)
    client_at = models.DateTimeField()
    received_at = models.DateTimeField()
    first_received_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    type = models.CharField(max_length=10)
    event = models.CharField(max_length=255, blank=True)
    sender = models.CharField(max_length=300)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "-received_at", "-id"], name="duplicate_newest")]
        constraints = [models.UniqueConstraint(fields=["workspace", "message_id", "client_at"], name="duplicate_once")]

    def __str__(self) -> str:
        return f"{self.event or self.type} of {self.sender}, again"


class Seen(TenantRow):
    """A name that messages used: an event's, a property's of an event, or a trait's. Kept by sightings.note alone.

    `path` is dotted, and empty for the event itself. `values` is a bounded sample: JSON text of a value → how often.
    """

    pk = models.CompositePrimaryKey("workspace_id", "event", "kind", "path")
    kind = models.CharField(max_length=10)
    event = models.CharField(max_length=255, blank=True)
    path = models.CharField(max_length=200, blank=True)
    count = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    values = models.JSONField(default=dict)
    learning = models.BooleanField(default=True, help_text="Whether values that were not seen yet will be kept.")

    class Meta(TenantRow.Meta):
        pass

    def __str__(self) -> str:
        return self.path or self.event
