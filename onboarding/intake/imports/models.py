"""Imports: a file that is uploaded or lies in the folder, how far it has come, and the lines that were not taken."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.scope import TenantForeignKey, TenantModel, TenantRow
from workspaces.tenants.models import User

SILENT = timedelta(seconds=120)  # a worker that said nothing for so long is gone


class Import(TenantModel):
    """One file's way into the log. The row is the queue: who carries it out has claimed it, and says so by `beat_at`.

    The counts say what has become of the rows up to `line`; they and the log are written by the same transactions,
    so `rows` is always `stored + duplicates + rejected`, and the log holds exactly what is counted.
    """

    class Origin(models.TextChoices):
        UPLOAD = "upload", _("Uploaded")
        FOLDER = "folder", _("From the folder")

    class Outcome(models.TextChoices):
        FINISHED = "finished", _("Finished")
        FAILED = "failed", _("Broke off")
        CANCELLED = "cancelled", _("Cancelled")

    name = models.CharField(max_length=255)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.UPLOAD)
    path = models.TextField(blank=True, help_text="Where it lies in the folder; empty for an upload.")
    size = models.BigIntegerField()
    modified = models.BigIntegerField(default=0, help_text="When the file was last changed, in Unix milliseconds.")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)

    uploaded = models.BigIntegerField(default=0, help_text="Bytes that have arrived.")
    touched_at = models.DateTimeField(default=timezone.now, help_text="When the last of them did.")
    uploaded_at = models.DateTimeField(null=True)
    format = models.CharField(max_length=10, blank=True)
    mapping = models.JSONField(null=True, help_text="mapping.Mapping.document(); null where none is needed.")

    started_at = models.DateTimeField(null=True, help_text="When it was asked for; receipt, to the messages.")
    claimed_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How many workers began at this very line.")
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    problem = models.TextField(blank=True, help_text="Why it broke off, and what to do.")
    filed_at = models.DateTimeField(null=True, help_text="When the file was moved out of the folder.")

    line = models.BigIntegerField(default=0, help_text="The number of the last row that is counted.")
    position = models.BigIntegerField(default=0, help_text="Bytes of the file that have been read.")
    rows = models.BigIntegerField(default=0)
    stored = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    mended = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    reasons = models.JSONField(default=dict, help_text="How many rows were rejected for each reason.")
    kept = models.IntegerField(default=0, help_text="How many rejected lines are kept for the report.")
    kept_bytes = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "-made_at"], name="import_newest"),
            models.Index(fields=["workspace", "id"], name="import_open", condition=Q(ended_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "path"], condition=Q(origin="folder", filed_at=None), name="import_once_in_folder"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def waiting(cls, now: datetime) -> "models.QuerySet[Import]":
        """Those that were asked for and that no living worker carries out."""
        unclaimed = Q(beat_at=None) | Q(beat_at__lt=now - SILENT)
        return cls.objects.filter(unclaimed, started_at__isnull=False, ended_at=None)

    @property
    def state(self) -> str:
        """uploading, ready, waiting, running, or how it ended."""
        if self.ended_at is not None:
            return self.outcome
        if self.started_at is not None:
            return "running" if self.beat_at is not None or self.rows else "waiting"
        return "ready" if self.uploaded_at is not None else "uploading"


class Piece(TenantRow):
    """A stretch of an uploaded file: PIECE bytes, the last one fewer. Gone when the import has ended."""

    pk = models.CompositePrimaryKey("workspace_id", "job_id", "number")
    job = TenantForeignKey(Import, on_delete=models.CASCADE, related_name="pieces")
    number = models.IntegerField()
    content = models.BinaryField()

    class Meta(TenantRow.Meta):
        db_table = "intake_importpiece"

    def __str__(self) -> str:
        return f"{self.job_id}, piece {self.number}"


class RejectedLine(TenantRow):
    """A row of an import that was not taken, for the report."""

    pk = models.CompositePrimaryKey("workspace_id", "job_id", "line")
    job = TenantForeignKey(Import, on_delete=models.CASCADE, related_name="rejected_lines")
    line = models.BigIntegerField()
    reason = models.CharField(max_length=40, help_text="A code of reasons.Reason.")
    sentence = models.TextField()
    text = models.TextField()

    class Meta(TenantRow.Meta):
        db_table = "intake_importrejection"

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
