"""The widget in the customer's product: where it may stand, and who vouches for its readers."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.widget.embed import origins
from onboarding.widget.states import WidgetEvent, WidgetState
from workspaces.audit.models import Entry
from workspaces.keys.sealed import seal, unseal
from workspaces.scope import TenantModel, TenantRow, current_workspace_id
from workspaces.scope.bulk import insert_rows
from workspaces.tenants.models import Member, User, Workspace

__all__ = ["IdentityCount", "IdentitySecret", "WidgetEvent", "WidgetSettings", "WidgetState"]


class WidgetSettings(TenantModel):
    """How the widget stands in the workspace's product. A workspace without a row has what the fields begin with."""

    class Position(models.TextChoices):
        BOTTOM_RIGHT = "bottom-right", _("Bottom right")
        BOTTOM_LEFT = "bottom-left", _("Bottom left")

    allowed_origins = ArrayField(models.CharField(max_length=origins.LONGEST), default=list, blank=True)
    position = models.CharField(max_length=20, choices=Position, default=Position.BOTTOM_RIGHT)
    enforced = models.BooleanField(default=False, help_text="Only people whom a signed token names see a checklist.")
    theme = models.JSONField(default=dict, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="widget_settings_once")]

    def __str__(self) -> str:
        return "Widget"

    @classmethod
    def of(cls, workspace: Workspace) -> "WidgetSettings":
        """The settings of the workspace whose scope this is, unsaved where nothing was ever set."""
        return cls.objects.first() or cls(workspace=workspace)

    def allow(self, typed: str, *, by: Member | None) -> str:
        """Let the widget stand on a site, which is returned as it was understood. Raises origins.BadOrigin."""
        origin = origins.origin_of(typed)
        with self._alone():
            if origin in self.allowed_origins:
                return origin
            if len(self.allowed_origins) >= origins.MOST:
                raise origins.BadOrigin(
                    f"At most {origins.MOST} sites can be allowed; remove one, or write https://*.…"
                )
            self.allowed_origins = [*self.allowed_origins, origin]
            self._save("widget.origin_allowed", by, origin=origin)
        return origin

    def disallow(self, origin: str, *, by: Member | None) -> None:
        """Sessions on that site end at once. One that is not allowed changes nothing."""
        with self._alone():
            if origin in self.allowed_origins:
                self.allowed_origins = [other for other in self.allowed_origins if other != origin]
                self._save("widget.origin_removed", by, origin=origin)

    def enforce(self, enforced: bool, *, by: Member | None) -> None:
        """Let in only those whom a signed token names (sessions without one end at once), or everybody again."""
        with self._alone():
            if enforced != self.enforced:
                self.enforced = enforced
                self._save("widget.enforced" if enforced else "widget.not_enforced", by)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two who change something at the same moment do so one after the other, each on what the other left."""
        with transaction.atomic():
            alone(self.workspace_id)
            stored = type(self).objects.first()
            if stored is not None:
                self.pk, self._state.adding = stored.pk, False
                self.refresh_from_db()
            yield

    def _save(self, action: str, by: Member | None, **details: Any) -> None:
        self.save()
        Entry.record(by=by, action=action, target=self, **details)


def alone(workspace_id: int) -> None:
    """Until the transaction ends nobody else changes what the workspace says of its widget."""
    Workspace.objects.select_for_update(no_key=True).get(pk=workspace_id)


class TooManySecrets(Exception):
    """Two are live already: enough to replace one while the other is in use."""


class IdentitySecret(TenantModel):
    """A secret with which the customer's server signs who somebody is. Shown once, kept sealed; two at most live."""

    MOST_LIVE = 2
    PREFIX = "fm_identity_"

    sealed = models.TextField()
    hint = models.CharField(max_length=30, help_text="The secret's first and last characters, to recognise it by.")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "made_at"], name="identity_secret_newest")]

    def __str__(self) -> str:
        return self.hint

    @classmethod
    def live(cls) -> models.QuerySet["IdentitySecret"]:
        return cls.objects.filter(revoked_at=None).order_by("made_at", "pk")

    @classmethod
    def make(cls, *, by: Member | None) -> "tuple[IdentitySecret, str]":
        """Make a secret. Returns it and its text, which is never shown again. Raises TooManySecrets."""
        with transaction.atomic():
            alone(current_workspace_id())
            if cls.live().count() >= cls.MOST_LIVE:
                raise TooManySecrets("Two secrets are live already. Revoke the one that your server no longer uses.")
            text = cls.PREFIX + secrets.token_urlsafe(32)
            made = cls.objects.create(
                sealed=seal(text.encode()), hint=f"{text[:15]}…{text[-4:]}", made_by=by.user if by else None
            )
            Entry.record(by=by, action="widget.secret_made", target=made)
        return made, text

    def revoke(self, *, by: Member | None) -> None:
        """Tokens that it signed, and sessions that they opened, end at once. Revoking twice changes nothing."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            with transaction.atomic():
                self.save(update_fields=["revoked_at"])
                Entry.record(by=by, action="widget.secret_revoked", target=self)

    def key(self) -> bytes:
        """What signs. Raises sealed.Unreadable."""
        return unseal(self.sealed)


class IdentityCount(TenantRow):
    """How often people came on a day (UTC) with a good token, without one, or with one that was refused."""

    pk = models.CompositePrimaryKey("workspace_id", "day")
    day = models.DateField()
    signed = models.PositiveIntegerField(default=0)
    unsigned = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta(TenantRow.Meta):
        pass

    @classmethod
    def count(cls, column: str) -> None:
        """Count one more of "signed", "unsigned" or "refused" today."""
        zero = {"signed": 0, "unsigned": 0, "refused": 0}
        insert_rows(
            cls,
            [{"day": timezone.now().date(), **zero, column: 1}],
            on_conflict=f"(workspace_id, day) DO UPDATE SET {column} = widget_identitycount.{column} + 1",
        )

    @classmethod
    def signed_share(cls, *, days: int = 7) -> float | None:
        """Of those who came in the last days and were let in, the share with a token; None when nobody came."""
        since = timezone.now().date() - timedelta(days=days - 1)
        sums = cls.objects.filter(day__gte=since).aggregate(signed=Sum("signed"), unsigned=Sum("unsigned"))
        came = (sums["signed"] or 0) + (sums["unsigned"] or 0)
        return (sums["signed"] or 0) / came if came else None
