"""How people of a workspace prove who they are: its policy, its identity provider, and the domains that are its own."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.scope.tenant import TenantModel
from workspaces.tenants.access import Level
from workspaces.tenants.models import User, Workspace, validate_time_zone


class SignUp(models.Model):
    """What somebody wishes who signed up: the workspace is made when their address has proved to be theirs."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="sign_up", primary_key=True)
    workspace_name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="UTC", validators=[validate_time_zone])
    made_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.workspace_name


def make_token() -> str:
    return secrets.token_urlsafe(24)


class Domain(models.Model):
    """A domain of e-mail addresses that a workspace says is its own; it is, once `verified_at` is set.

    Any workspace may claim one, one alone can have it verified.
    """

    GRACE = timedelta(days=14)  # how long one that was lost counts on

    class Way(models.TextChoices):
        DNS = "dns", _("by a DNS record")
        MAIL = "mail", _("by e-mail")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="domains")
    name = models.CharField(max_length=253, help_text="In lower case, as the network knows it.")
    token = models.CharField(max_length=60, default=make_token)
    made_at = models.DateTimeField(default=timezone.now)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.CharField(max_length=10, choices=Way, blank=True)
    checked_at = models.DateTimeField(null=True, help_text="When it was last looked at whether that still holds.")
    lost_at = models.DateTimeField(null=True, help_text="Since when it does not.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="domain_claimed_once"),
            models.UniqueConstraint(fields=["name"], condition=models.Q(verified_at__isnull=False), name="domain_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lost_until(self) -> datetime | None:
        return self.lost_at + self.GRACE if self.lost_at else None


class Policy(models.Model):
    """What a session must have shown before it enters a workspace. No row: nothing beyond a log-in.

    It stands outside of the tenants' wall, as memberships do: it is asked before the wall is passed.
    """

    class Method(models.TextChoices):
        PASSWORD = "password", _("Password")
        CODE = "code", _("Code by e-mail")
        PASSKEY = "passkey", _("Passkey")
        SSO = "sso", "SSO"

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="sign_in_policy")
    two_factor_from = models.DateTimeField(null=True, help_text="From when on a second factor is required.")
    sso_required = models.BooleanField(default=False)
    methods = ArrayField(models.CharField(max_length=10, choices=Method), default=list, blank=True)

    def __str__(self) -> str:
        return "sign-in policy"

    @classmethod
    def of(cls, workspace: Workspace) -> "Policy":
        """A workspace's policy, saved or not."""
        return cls.objects.filter(workspace=workspace).first() or cls(workspace=workspace)

    @property
    def asks_nothing(self) -> bool:
        return self.two_factor_from is None and not self.sso_required and not self.methods

    def needs_two_factor(self, now: datetime) -> bool:
        return self.two_factor_from is not None and self.two_factor_from <= now

    def state(self) -> dict[str, Any]:
        """For the audit log."""
        from_ = self.two_factor_from
        return {
            "two_factor_from": from_.isoformat() if from_ else None,
            "sso_required": self.sso_required,
            "methods": list(self.methods),
        }


class Connection(TenantModel):
    """The workspace's identity provider. `key` names it in addresses and begins with the workspace's id."""

    class Kind(models.TextChoices):
        OIDC = "oidc", "OpenID Connect"
        SAML = "saml", "SAML 2.0"

    key = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind)
    enabled = models.BooleanField(default=False)
    joins = models.BooleanField(default=True, help_text="Whether whoever logs in by it becomes a member.")
    level = models.IntegerField(choices=Level.choices, default=Level.VIEWER)
    issuer = models.CharField(
        max_length=500, blank=True, help_text="OIDC: the issuer's address. SAML: the entity id. Empty: not set up yet."
    )
    client_id = models.CharField(max_length=255, blank=True)
    secret = models.TextField(blank=True, help_text="OIDC's client secret, sealed.")
    sso_url = models.CharField(max_length=500, blank=True, help_text="SAML: where log-ins are sent.")
    certificate = models.TextField(blank=True, help_text="SAML: what signs the answers, one a line, in base64.")
    own_certificate = models.TextField(blank=True, db_default="", help_text="SAML: what answers may be sealed for.")
    own_key = models.TextField(blank=True, db_default="", help_text="Its private key, sealed.")
    former_key = models.TextField(
        blank=True, db_default="", help_text="The private key before it, sealed: it opens answers until former_until."
    )
    former_until = models.DateTimeField(null=True)
    metadata_url = models.CharField(
        max_length=500, blank=True, db_default="", help_text="SAML: where its metadata are read again every day."
    )
    tried_at = models.DateTimeField(null=True, help_text="When they were last asked for by ourselves.")
    read_at = models.DateTimeField(null=True, help_text="When they were last read.")
    read_problem = models.CharField(max_length=300, blank=True, db_default="", help_text="Why not, if not.")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace"], name="connection_once")]

    def __str__(self) -> str:
        return self.issuer[:200] or self.get_kind_display()

    @property
    def certificates(self) -> list[str]:
        return self.certificate.split()

    @property
    def home(self) -> int:
        """The id of the workspace whose it is."""
        assert self.workspace_id is not None
        return self.workspace_id

    @staticmethod
    def new_key(workspace_id: int) -> str:
        return f"{workspace_id}-{secrets.token_hex(10)}"
