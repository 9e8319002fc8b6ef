"""The features of the workspace's own product that completions switch on, and what members grant by hand."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from milestones.library.content import LONGEST_KEY
from workspaces.scope import TenantForeignKey, TenantModel
from workspaces.tenants.models import User


class Feature(TenantModel):
    """A feature by its key, known since a published ladder named it: see learning.py.

    `reach` says whom a completion switches it on for. `named`: whether the current version of a ladder in use names it.
    """

    class Reach(models.TextChoices):
        PERSON = "person", _("The person who did the step")
        ACCOUNT = "account", _("Everyone in their account")

    key = models.CharField(max_length=LONGEST_KEY)
    name = models.CharField(max_length=120)
    description = models.CharField(max_length=500, blank=True)
    reach = models.CharField(max_length=10, choices=Reach, default=Reach.PERSON)
    named = models.BooleanField(default=True)
    archived_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="feature_key")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("features:show", args=[self.workspace.slug, self.key])

    def archive(self) -> None:
        """Switch it off for everybody. Unlocks and grants stay, and count again once it is restored."""
        if self.archived_at is None:
            self.archived_at = timezone.now()
            self.save(update_fields=["archived_at"])

    def restore(self) -> None:
        self.archived_at = None
        self.save(update_fields=["archived_at"])


class Grant(TenantModel):
    """A member's word that a person, or everyone in an account, has a feature: from then on, perhaps until a moment.

    To a person it is kept by sender, by the one at the person's root then, so that it goes where that sender goes; to
    an account by its key. Never changed but to revoke it.
    """

    feature = TenantForeignKey(Feature, on_delete=models.CASCADE, related_name="grants")
    sender = models.CharField(max_length=300, blank=True, help_text="The key of the sender, as in the event log.")
    account_key = models.CharField(max_length=255, blank=True)
    granted_at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    actor = models.CharField(max_length=200, help_text="The member's e-mail then.")
    revoked_at = models.DateTimeField(null=True)
    revoked_user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    revoked_actor = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.CheckConstraint(
                name="grant_to_person_or_account",
                condition=(Q(sender="") & ~Q(account_key="")) | (~Q(sender="") & Q(account_key="")),
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "sender"], name="grant_sender", condition=~Q(sender="")),
            models.Index(fields=["workspace", "account_key"], name="grant_account", condition=~Q(account_key="")),
            models.Index(fields=["workspace", "feature", "-granted_at"], name="grant_feature"),
        ]

    def __str__(self) -> str:
        return f"{self.feature_id} for {self.sender or self.account_key}"

    @property
    def by(self) -> str:
        return str(self.user) if self.user else self.actor

    @property
    def revoked_by(self) -> str:
        return str(self.revoked_user) if self.revoked_user else self.revoked_actor

    def in_force(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.until is None or now < self.until)
