"""Answers that are kept for a while, so that a request that is sent again has no second effect."""

from django.db import models
from django.utils import timezone

from workspaces.scope import TenantModel


class KeptAnswer(TenantModel):
    """What was answered to the request that carried this Idempotency-Key. The body is sealed: it may hold a token.

    The row is written in the transaction of what the request does, so one is there exactly when the other is.
    """

    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64, help_text="Of the secret key, method, path and body.")
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="api_answer_once")]
        indexes = [models.Index(fields=["workspace", "created_at"], name="api_answer_oldest")]

    def __str__(self) -> str:
        return self.key
