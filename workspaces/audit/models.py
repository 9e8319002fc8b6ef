"""The audit log: every change a member makes, for as long as the workspace keeps it."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, override

from workspaces.scope import TenantModel, cause
from workspaces.tenants.models import Member, User


class Entry(TenantModel):
    """Who did what to which thing, from where. The application's role may add entries but neither change nor delete
    them; what becomes of old ones is `purging`.
    """

    class Means(models.TextChoices):
        PAGE = "page", _("Page")
        API = "api", "API"
        LINK = "link", _("Public link")
        COMMAND = "command", _("Command")
        TASK = "task", _("By itself")

    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    actor = models.CharField(max_length=200, help_text="The member's e-mail then, or what acted instead of a member.")
    action = models.CharField(max_length=60, help_text="Noun and past verb, such as ladder.published.")
    target_type = models.CharField(max_length=60)
    target_id = models.CharField(max_length=60)
    target = models.CharField(max_length=200)
    details = models.JSONField(default=dict)
    means = models.CharField(max_length=10, choices=Means.choices, blank=True, db_default="")
    name = models.CharField(max_length=80, blank=True, db_default="", help_text="The command's or the task's.")
    address = models.GenericIPAddressField(null=True, help_text="Where the request came from; emptied after a while.")

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "-at"], name="audit_newest"),
            models.Index(
                fields=["workspace", "at"], condition=models.Q(address__isnull=False), name="audit_with_address"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.target}"

    @classmethod
    def record(
        cls, *, by: Member | None, action: str, target: models.Model, actor: str = "", **details: Any
    ) -> "Entry":
        """Note a change, in the transaction that makes it. `by=None` is the command line, or what `actor` names.

        What was before and what is after go into `before` and `after`, so that pages can set them side by side.
        """
        origin = cause.origin()
        with override("en"):  # kept for readers of every language
            named = str(target)
        return cls.objects.create(
            user=by.user if by else None,
            actor=signature(by) if by else actor or gettext_noop("command line"),
            action=action,
            target_type=target._meta.model_name or "",
            target_id=str(target.pk),
            target=named[:200],
            details=details,
            means=origin.means,
            name=origin.name[:80],
            address=origin.address or None,
        )


def signature(by: Member) -> str:
    """How what somebody did is signed for ever: by their e-mail now, or by the name of the key that acts."""
    return (by.user.email if by.user else str(by))[:200]
