"""Invitations: who was asked by e-mail to become a member, and what came of it."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from workspaces.scope import TenantModel
from workspaces.tenants.access import Level
from workspaces.tenants.models import User

VALID_FOR = timedelta(days=7)
KEPT_FOR = timedelta(days=90)  # once it is over; the audit log says for longer who invited whom


class Invitation(TenantModel):
    """One address asked to join at one level. Of the links that it was sent only hashes are kept.

    `mail_wanted_at` is the queue: a worker makes the link, sends it and empties it.
    """

    address = models.EmailField()
    level = models.IntegerField(choices=Level.choices)
    invited_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    digests = ArrayField(models.CharField(max_length=64), default=list)
    mail_wanted_at = models.DateTimeField(null=True, default=timezone.now)
    mailed_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True, help_text="Why the mail could not be sent.")
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "address"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invited_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "mail_wanted_at"],
                condition=Q(mail_wanted_at__isnull=False),
                name="invitation_to_mail",
            )
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def state(self) -> str:
        """accepted, revoked, expired or open."""
        if self.accepted_at:
            return "accepted"
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at <= timezone.now() else "open"

    @classmethod
    def forget_old(cls) -> int:
        """Remove those that have long been over; returns how many. Inside the scope."""
        before = timezone.now() - KEPT_FOR
        over = Q(accepted_at__lt=before) | Q(revoked_at__lt=before) | Q(expires_at__lt=before)
        return cls.objects.filter(over).delete()[0]

    @classmethod
    def waiting(cls) -> "models.QuerySet[Invitation]":
        """Neither accepted nor withdrawn; some may have run out."""
        return cls.objects.filter(accepted_at=None, revoked_at=None)
