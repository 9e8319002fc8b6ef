"""What is sent to whom and when, what was sent, and which views of the numbers are open to whoever has their link."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from analytics.reports.asked_again import AskedAgain
from workspaces.scope import TenantForeignKey, TenantModel
from workspaces.tenants.models import User

MOST_REPORTS, MOST_RECIPIENTS, MOST_LINKS = 50, 50, 100  # of a workspace, of a report, of a workspace
LAST_DAY = 31  # of whichever month


class Report(AskedAgain):
    """A question whose answer is mailed every week or month, at an hour in the workspace's zone."""

    class Cadence(models.TextChoices):
        WEEKLY = "weekly", _("Every week")
        MONTHLY = "monthly", _("Every month")

    name = models.CharField(max_length=120)
    cadence = models.CharField(max_length=10, choices=Cadence, default=Cadence.WEEKLY)
    weekday = models.PositiveSmallIntegerField(default=0, help_text="0 is Monday.")
    month_day = models.PositiveSmallIntegerField(default=1, help_text="31 is the last day of every month.")
    hour = models.PositiveSmallIntegerField(default=8)
    with_pdf = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    paused_at = models.DateTimeField(null=True)
    counts_from = models.DateTimeField(
        default=timezone.now, help_text="What was due before it was made, changed or resumed is not sent."
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(name="report_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(name="report_month_day", condition=Q(month_day__gte=1, month_day__lte=LAST_DAY)),
            models.CheckConstraint(name="report_hour", condition=Q(hour__lte=23)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reports:report", args=[self.workspace.slug, self.pk])


class Recipient(TenantModel):
    """Who gets a report. A member does from the start; any other address once its owner has said yes.

    Whoever unsubscribed stays here, so that nobody adds them again without their consent.
    """

    report = TenantForeignKey(Report, on_delete=models.CASCADE, related_name="recipients")
    address = models.EmailField()
    as_member = models.BooleanField(default=False, help_text="Gets it as long as they are a member.")
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    added_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(null=True, help_text="When the mail that asks for consent was handed over.")
    confirmed_at = models.DateTimeField(null=True)
    unsubscribed_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True, help_text="By a member. Its log stays.")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "report", "address"], name="report_recipient")]

    def __str__(self) -> str:
        return self.address

    @property
    def state(self) -> str:
        """unsubscribed, waiting (for consent) or active."""
        if self.unsubscribed_at is not None:
            return "unsubscribed"
        return "waiting" if self.confirmed_at is None else "active"

    @classmethod
    def active(cls) -> "models.QuerySet[Recipient]":
        return cls.objects.filter(confirmed_at__isnull=False, unsubscribed_at=None, removed_at=None)


class Asked(TenantModel):
    """That an address was asked for its consent by this workspace, and that it said no. See asking.py."""

    digest = models.CharField(max_length=64)
    asked_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="report_asked")]

    def __str__(self) -> str:
        return self.digest[:8]


class Question(models.Model):
    """How often an address was asked for its consent since then, by whichever workspace. See asking.py."""

    digest = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField()
    times = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.digest[:8]


class Edition(TenantModel):
    """One rendering of a report, for one week or month. That there is one only is why it is never sent twice.

    What is sent is kept here to the byte (see Part), so that every attempt and every recipient has the same numbers.
    The row is the queue of the workers that render: claimed until `claimed_until`.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Failed")

    report = TenantForeignKey(Report, on_delete=models.CASCADE, related_name="editions")
    cadence = models.CharField(max_length=10, choices=Report.Cadence)
    period_on = models.DateField(help_text="The Monday of its week, or the first of its month.")
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    claimed_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveSmallIntegerField(default=0, help_text="Steps of rendering, for the progress bar.")
    steps = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    as_of = models.DateTimeField(null=True)
    rendered_at = models.DateTimeField(null=True)
    subject = models.CharField(max_length=200, blank=True)
    html = models.TextField(blank=True)
    text = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "report", "cadence", "period_on"], name="report_edition_once")
        ]
        indexes = [models.Index(fields=["workspace", "due_at"], name="edition_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.report} of {self.period_on}"


class Part(TenantModel):
    """A picture in an edition's mail (by its Content-ID), or the PDF that goes with it."""

    edition = TenantForeignKey(Edition, on_delete=models.CASCADE, related_name="parts")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=40)
    content = models.BinaryField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "edition", "name"], name="edition_part")]

    def __str__(self) -> str:
        return self.name


class Dispatch(TenantModel):
    """An edition on its way to one recipient. One row for both of them, for ever: see dispatching.py.

    `handed_at` is stamped before the mail server is given the mail. A row that stays so has perhaps been delivered and
    perhaps not (UNCLEAR): it is shown as such, and not sent again unless a member says so.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent")
        UNCLEAR = "unclear", _("Perhaps sent")
        OVERTAKEN = "overtaken", _("Overtaken")

    edition = TenantForeignKey(Edition, on_delete=models.CASCADE, related_name="dispatches")
    recipient = TenantForeignKey(Recipient, on_delete=models.CASCADE, related_name="dispatches")
    address = models.EmailField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    made_at = models.DateTimeField(default=timezone.now)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=200, blank=True)
    again = models.PositiveSmallIntegerField(default=0, help_text="How often a member had it sent again.")
    error = models.CharField(max_length=300, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "edition", "recipient"], name="report_dispatch_once")
        ]
        indexes = [
            models.Index(fields=["workspace", "next_attempt_at"], name="dispatch_queue", condition=Q(state="waiting")),
            models.Index(fields=["workspace", "edition", "-made_at"], name="dispatch_log"),
        ]

    def __str__(self) -> str:
        return f"{self.edition} to {self.address}"

    @classmethod
    def due(cls, now: datetime) -> "models.QuerySet[Dispatch]":
        """Those whose time has come, and that no living worker has."""
        free = Q(claimed_until=None) | Q(claimed_until__lt=now)
        return cls.objects.filter(free, state=cls.State.WAITING, next_attempt_at__lte=now)


class Link(AskedAgain):
    """A question whose answer whoever has the link may see, as it is at that time, until it expires or is revoked.

    Only the token's hash is kept; the address is shown once, when it is made.
    """

    label = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)
    hint = models.CharField(max_length=12, help_text="The token's last characters, to recognise it by.")
    password = models.CharField(max_length=200, blank=True, help_text="Hashed; empty for none.")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened = models.PositiveIntegerField(default=0)
    wrong_passwords = models.PositiveIntegerField(default=0, help_text="In a row.")
    locked_until = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="report_link_digest")]

    def __str__(self) -> str:
        return self.label

    @property
    def state(self) -> str:
        """revoked, expired or open."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at <= timezone.now() else "open"
