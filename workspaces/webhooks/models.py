"""Outgoing webhooks: where messages go, what they say, and how far each has come on its way to each endpoint."""

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.scope import TenantForeignKey, TenantModel
from workspaces.tenants.models import User

KEPT = timedelta(days=30)
MOST_ENDPOINTS = 20  # of one workspace


class Endpoint(TenantModel):
    """An address of the customer's that is told what happens. Its secrets are sealed (keys/sealed.py).

    Failures in a row are counted here, so that an address that does not answer is asked less often (`rests_until`),
    and not for ever.
    """

    class Disabled(models.TextChoices):
        MEMBER = "member", _("by a member")
        GONE = "gone", _("it answered 410 Gone")
        FAILING = "failing", _("nothing was delivered for three days")

    url = models.CharField(max_length=500)
    description = models.CharField(max_length=120, blank=True)
    topics = ArrayField(models.CharField(max_length=60), default=list, blank=True, help_text="Empty: every topic.")
    secret = models.TextField()
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True, help_text="Until then the previous secret signs as well.")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    disabled_at = models.DateTimeField(null=True)
    disabled_reason = models.CharField(max_length=10, choices=Disabled, blank=True)
    told_at = models.DateTimeField(null=True, help_text="When owners were told that it disabled itself.")
    failures = models.PositiveIntegerField(default=0, help_text="Attempts in a row that failed.")
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "made_at"], name="webhooks_endpoints")]

    def __str__(self) -> str:
        return self.url[:200]

    @classmethod
    def asked(cls, now: datetime) -> "models.QuerySet[Endpoint]":
        """Those to which something is to be sent now: enabled, awake, and something is due."""
        awake = Q(rests_until=None) | Q(rests_until__lte=now)
        due = Delivery.due(now).filter(endpoint=models.OuterRef("pk"))
        return cls.objects.filter(awake, models.Exists(due), disabled_at=None)

    @classmethod
    def untold(cls) -> "models.QuerySet[Endpoint]":
        """Those that disabled themselves and that the owners don't know of yet."""
        return cls.objects.filter(
            disabled_at__isnull=False, told_at=None, disabled_reason__in=(cls.Disabled.GONE, cls.Disabled.FAILING)
        )

    @property
    def state(self) -> str:
        """disabled, failing (the last attempt did not reach it) or working."""
        if self.disabled_at is not None:
            return "disabled"
        return "failing" if self.failures else "working"

    @property
    def two_secrets(self) -> bool:
        """Whether the previous secret signs as well."""
        return self.previous_until is not None and timezone.now() < self.previous_until

    @property
    def disabled_itself(self) -> bool:
        return self.disabled_at is not None and self.disabled_reason != self.Disabled.MEMBER


class Message(TenantModel):
    """What is told, to the byte. The same `key` is told once; `uid` is what receivers know a repetition by."""

    uid = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    topic = models.CharField(max_length=60)
    body = models.TextField(help_text="Exactly what is sent, and signed, at every attempt.")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="webhooks_message_once")]
        indexes = [
            models.Index(fields=["workspace", "created_at"], name="webhooks_message_oldest"),
            models.Index(fields=["workspace", "uid"], name="webhooks_message_uid"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.uid}"


class Delivery(TenantModel):
    """One message on its way to one endpoint. The row is the queue: a worker claims it until `claimed_until`."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        FAILED = "failed", _("Failed")

    message = TenantForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = TenantForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="Since it was made or last sent again.")
    next_attempt_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    tries = models.JSONField(default=list, help_text="Every attempt: at, status, error, milliseconds.")
    status = models.PositiveSmallIntegerField(null=True, help_text="The HTTP status of the last answer.")
    error = models.CharField(max_length=300, blank=True, help_text="Why the last attempt failed.")
    response = models.TextField(blank=True, help_text="The beginning of the last answer.")
    delivered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "message", "endpoint"], name="webhooks_once")]
        indexes = [
            models.Index(
                fields=["workspace", "endpoint", "next_attempt_at"],
                name="webhooks_queue",
                condition=Q(state="waiting"),
            ),
            models.Index(
                fields=["workspace", "endpoint", "claimed_until"],
                name="webhooks_under_way",
                condition=Q(state="waiting", claimed_until__isnull=False),
            ),
            models.Index(fields=["workspace", "endpoint", "-created_at"], name="webhooks_log"),
            models.Index(fields=["workspace", "created_at"], name="webhooks_oldest"),
        ]

    def __str__(self) -> str:
        return f"{self.message} to {self.endpoint}"

    @property
    def is_next(self) -> bool:
        """Whether its next attempt comes within a minute."""
        return self.next_attempt_at < timezone.now() + timedelta(minutes=1)

    @classmethod
    def due(cls, now: datetime) -> "models.QuerySet[Delivery]":
        """Those whose time has come and that no living worker has, whether or not their endpoint takes any."""
        free = Q(claimed_until=None) | Q(claimed_until__lt=now)
        return cls.objects.filter(free, state=cls.State.WAITING, next_attempt_at__lte=now)
