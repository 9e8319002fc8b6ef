"""What people may ask of their data: that it is erased. And whom a workspace takes nothing more of."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workspaces.scope import TenantModel, TenantRow
from workspaces.tenants.models import User

SILENT = timedelta(seconds=120)  # a worker that said nothing for so long is gone


class Erasure(TenantModel):
    """A person whom the workspace was asked to forget, and how far that has come. The row is the queue.

    `subject`, `senders`, `terms` and `names` say who it is, as long as that must be known; when it is done they are
    empty, and only the row's number and `digest` are left, which tell nobody who it was.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        UNDER_WAY = "under way", "Under way"
        WATCHING = "watching", "Watched for latecomers"
        DONE = "done", "Done"

    digest = models.CharField(max_length=64, help_text="suppression.digest of the id that was asked for.")
    subject = models.CharField(max_length=300, blank=True, help_text='"u:" and a user id, or "a:" and an anonymous id.')
    senders = ArrayField(models.CharField(max_length=300), default=list)
    terms = ArrayField(models.TextField(), default=list, help_text="Their ids and addresses, to look for in texts.")
    names = ArrayField(models.TextField(), default=list, help_text="What they are called.")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    actor = models.CharField(max_length=200, help_text="The member's e-mail then, or what acted instead of a member.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    claimed_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True, help_text="Why the last attempt broke off.")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0, help_text="How many stretches of the workspace's texts there are.")
    look_again_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    removed = models.JSONField(default=dict, help_text="By what it was, how many.")

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "-asked_at"], name="erasure_newest")]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "digest"], condition=Q(finished_at=None), name="erasure_once")
        ]

    def __str__(self) -> str:
        return f"Erasure {self.pk}"

    @property
    def percent(self) -> int:
        return 100 if self.finished_at else min(99, 100 * self.done // max(self.total, 1))

    @classmethod
    def to_do(cls, now: datetime) -> "models.QuerySet[Erasure]":
        """Those that are due and that no living worker carries out."""
        nobodys = Q(beat_at=None) | Q(beat_at__lt=now - SILENT)
        due = Q(look_again_at=None) | Q(look_again_at__lte=now)
        return cls.objects.filter(nobodys, due, finished_at=None)


class SuppressionKey(TenantModel):
    """The workspace's own key for the digests of ids, sealed: without the server's secret key none can be guessed."""

    sealed = models.TextField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="suppression_key_once")]


class Suppressed(TenantRow):
    """An id that was erased: what comes under it is not taken. The id itself is not kept, only its digest."""

    pk = models.CompositePrimaryKey("workspace_id", "digest")
    digest = models.CharField(max_length=64)
    since = models.DateTimeField(default=timezone.now)

    class Meta(TenantRow.Meta):
        pass


class Refused(TenantRow):
    """How many messages of erased people came on a day and were not taken."""

    pk = models.CompositePrimaryKey("workspace_id", "day")
    day = models.DateField()
    count = models.PositiveIntegerField()

    class Meta(TenantRow.Meta):
        pass
