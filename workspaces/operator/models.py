"""What whoever runs the installation does to workspaces from outside of them; with a log of its own."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Operator(models.Model):
    """A log-in (its number) that may see the operator's pages. Only the tables' owner appoints and dismisses."""

    user_id = models.BigIntegerField(primary_key=True)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Operator {self.user_id}"


class Act(models.Model):
    """Something that an operator did: who (by e-mail, or as they are called on the server), what, to whom. Only ever
    added to.
    """

    at = models.DateTimeField(default=timezone.now)
    operator = models.CharField(max_length=100)
    action = models.CharField(max_length=60)
    workspace = models.CharField(max_length=60, blank=True, help_text="Its short name then.")
    details = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="operator_newest")]

    def __str__(self) -> str:
        return f"{self.operator} {self.action} {self.workspace}".strip()


class Suspension(models.Model):
    """A workspace that nobody may enter for the time being. `keys` were in force when it began, and will be again."""

    workspace_id = models.BigIntegerField()
    since = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=200, help_text="Members read it.")
    keys = ArrayField(models.BigIntegerField(), default=list)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace_id"], condition=Q(lifted_at=None), name="suspended_once")
        ]

    def __str__(self) -> str:
        return self.reason
