"""The end users of a workspace's product, the companies they belong to, and the names they go by."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext

from workspaces.scope import TenantForeignKey, TenantModel


class Account(TenantModel):
    """A customer company (Segment's group)."""

    key = models.CharField(max_length=255, help_text="Segment's groupId.")
    name = models.CharField(max_length=255, blank=True)
    traits = models.JSONField(default=dict)
    traits_at = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="account_key")]

    def __str__(self) -> str:
        return self.name or self.key


class Person(TenantModel):
    """An end user (Segment's user), or an anonymous visitor who may turn out to be one.

    `key` is the sender at the root of all the senders that are this person: "u:" and the userId, or "a:" and the
    anonymousId. The rest is what its senders say, taken together: the latest value of each trait, the first and the
    last time of any message.
    """

    key = models.CharField(max_length=300)
    external_id = models.CharField(max_length=255, blank=True, help_text="The userId; empty for an anonymous visitor.")
    email = models.CharField(max_length=320, blank=True, help_text="The e-mail trait in lower case, to look up by.")
    name = models.CharField(max_length=255, blank=True)
    traits = models.JSONField(default=dict)
    first_seen_at = models.DateTimeField(null=True, default=timezone.now)
    last_seen_at = models.DateTimeField(null=True, default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="person_key")]
        indexes = [
            models.Index(fields=["workspace", "email"], name="person_email"),
            models.Index(fields=["workspace", "-last_seen_at", "-id"], name="person_newest"),
        ]

    def __str__(self) -> str:
        return self.name or self.email or self.external_id or gettext("Anonymous visitor")

    @property
    def is_known(self) -> bool:
        """Whether the person has said who they are (a userId); only then do they climb ladders."""
        return bool(self.external_id)


class Sender(TenantModel):
    """One name that messages come under, and the person behind it.

    `traits_at` says of each trait when it was said and by which message, so that identify calls that arrive out of
    order end in the same state.

    `linked_to` is what an alias, or an identify that carries both ids, says: this sender is the same person as that
    one. Of several such sayings the earliest (`linked_at`, then `linked_by`, its messageId) holds, whatever order
    they arrive in: so a shared browser's visitor stays with the first who logged in there.
    """

    key = models.CharField(max_length=300)
    person = TenantForeignKey(Person, on_delete=models.CASCADE, related_name="senders")
    traits = models.JSONField(default=dict)
    traits_at = models.JSONField(default=dict)
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    linked_to = models.CharField(max_length=300, blank=True)
    linked_at = models.DateTimeField(null=True, blank=True)
    linked_by = models.CharField(max_length=100, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="sender_key")]
        indexes = [
            models.Index(fields=["workspace", "person"], name="sender_person"),
            models.Index(fields=["workspace", "linked_to"], name="sender_linked_to", condition=~models.Q(linked_to="")),
        ]

    def __str__(self) -> str:
        return self.key


class AccountMembership(TenantModel):
    """A sender belongs to an account, since it was first seen in it. Through its senders, so does the person.

    `traits` are what identify calls that name the account said of the person in it, such as their role there.
    """

    sender = TenantForeignKey(Sender, on_delete=models.CASCADE, related_name="account_memberships")
    account = TenantForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    since = models.DateTimeField()
    traits = models.JSONField(default=dict)
    traits_at = models.JSONField(default=dict)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "sender", "account"], name="account_member")]
        indexes = [models.Index(fields=["workspace", "account"], name="member_account")]

    def __str__(self) -> str:
        return f"{self.sender} in {self.account}"
