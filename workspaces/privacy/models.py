"""What people may ask of their data: that it is erased. And whom a workspace takes nothing more of."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.scope import TenantForeignKey, TenantModel, TenantRow
from workspaces.tenants.models import User

SILENT = timedelta(seconds=120)  # a worker that said nothing for so long is gone


class Erasure(TenantModel):
    """A person whom the workspace was asked to forget, and how far that has come. The row is the queue.

    `subject`, `senders`, `terms` and `names` say who it is, as long as that must be known; when it is done they are
    empty, and only the row's number and `digest` are left, which tell nobody who it was.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits")
        UNDER_WAY = "under way", _("Under way")
        WATCHING = "watching", _("Watched for latecomers")
        DONE = "done", _("Done")

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


class Keeping(TenantModel):
    """What the workspace keeps of its users beyond what they did. A workspace without a row has the defaults."""

    addresses = models.BooleanField(_("IP addresses"), default=False, help_text=_("Of messages that carry one."))
    user_agents = models.BooleanField(
        _("Browsers"), default=True, help_text=_("What browser or device a message came from (its user agent).")
    )
    inactive_months = models.PositiveSmallIntegerField(
        _("People who are not seen any more"),
        null=True,
        blank=True,
        validators=[MinValueValidator(3), MaxValueValidator(120)],
        help_text=_("Are erased after so many months without a message; empty: never."),
    )

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="keeping_once")]

    def __str__(self) -> str:
        return "What is kept"

    @classmethod
    def here(cls) -> "Keeping":
        """In the current scope; unsaved where nothing was ever set."""
        return cls.objects.first() or cls()


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


GRACE = timedelta(days=14)


class Deletion(models.Model):
    """A workspace that is to be deleted altogether, unless somebody thinks better of it until `due_at`.

    It outlives the workspace: as a number and times, for the operator. `asked_by` is empty by then.
    """

    workspace_id = models.BigIntegerField()
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.CharField(max_length=200, blank=True, help_text="The owner's e-mail address.")
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, help_text="When all members had been written to.")
    undone_at = models.DateTimeField(null=True)
    began_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0, help_text="How many rows were removed.")

    class Meta:
        indexes = [models.Index(fields=["workspace_id"], name="deletion_workspace")]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id"], condition=Q(undone_at=None, finished_at=None), name="deletion_once"
            )
        ]

    def __str__(self) -> str:
        return f"Deletion {self.pk}"

    @classmethod
    def of(cls, workspace_id: int) -> "Deletion | None":
        """The deletion that is to come, if there is one."""
        return cls.objects.filter(workspace_id=workspace_id, undone_at=None, finished_at=None).first()

    @classmethod
    def due(cls, now: datetime) -> "models.QuerySet[Deletion]":
        return cls.objects.filter(undone_at=None, finished_at=None, due_at__lte=now)


class Export(TenantModel):
    """Everything in the workspace as one zip, and how far it is. The row is the queue; its pieces are the file."""

    KEPT = timedelta(days=7)

    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    claimed_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0, help_text="How many tables, and months of the log.")
    size = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "-asked_at"], name="export_newest")]
        constraints = [
            models.UniqueConstraint(fields=["workspace"], condition=Q(finished_at=None), name="export_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"Export {self.pk}"

    @property
    def expires_at(self) -> datetime | None:
        return self.finished_at + self.KEPT if self.finished_at else None

    @property
    def is_there(self) -> bool:
        return self.finished_at is not None and not self.problem and timezone.now() < self.finished_at + self.KEPT

    @property
    def percent(self) -> int:
        return 100 if self.finished_at else min(99, 100 * self.done // max(self.total, 1))


class ExportPiece(TenantRow):
    """A stretch of an export's file. Gone a week after it was made."""

    pk = models.CompositePrimaryKey("workspace_id", "export_id", "number")
    export = TenantForeignKey(Export, on_delete=models.CASCADE, related_name="pieces")
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta(TenantRow.Meta):
        pass


class Emptying(TenantModel):
    """That an environment for tests is to be emptied, and how far that has come. The row is the queue."""

    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    actor = models.CharField(max_length=200, help_text="The member's e-mail then.")
    claimed_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=200, blank=True, help_text="What it waits for, or why it broke off.")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0, help_text="How many messages there were.")
    look_again_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    removed = models.JSONField(default=dict, help_text="By table, how many rows.")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace"], condition=Q(finished_at=None), name="emptying_once")
        ]

    def __str__(self) -> str:
        return f"Emptying {self.pk}"

    @property
    def percent(self) -> int:
        return 100 if self.finished_at else min(99, 100 * self.done // max(self.total, 1))

    @classmethod
    def to_do(cls, now: datetime) -> "models.QuerySet[Emptying]":
        """The one that is due and that no living worker carries out."""
        nobodys = Q(beat_at=None) | Q(beat_at__lt=now - SILENT)
        due = Q(look_again_at=None) | Q(look_again_at__lte=now)
        return cls.objects.filter(nobodys, due, finished_at=None)
