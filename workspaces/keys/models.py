"""Keys by which programs say which workspace they speak for. Only a hash is kept: a leaked table leaks no key."""

import hashlib
import secrets
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.keys import scopes as of_keys
from workspaces.tenants.access import Level
from workspaces.tenants.models import User, Workspace

NOTED_EVERY_SECONDS = 60
MOST_NOTED = 10_000
_noted: dict[str, float] = {}


class ApiKey(models.Model):
    """A write key (public: sends events), a flags key (asks which features somebody has, and nothing else) or a secret
    key (private: does what its scopes say, but never more than the level of who made it may).

    A key ends when it is revoked, or at `expires_at`. One that was rotated is followed by another (`replaces`) and
    lives on until then, so that programs can be changed one after the other.
    """

    class Kind(models.TextChoices):
        WRITE = "write", _("Write key")
        SECRET = "secret", _("Secret key")
        FLAGS = "flags", _("Flags key")

    LONGEST_NAME = 80
    LONGEST = 200  # characters that a token could have
    PREFIXES = {Kind.WRITE: "fm_write_", Kind.SECRET: "fm_secret_", Kind.FLAGS: "fm_flags_"}
    SENDS = frozenset((Kind.WRITE, Kind.SECRET))
    ASKS = frozenset((Kind.FLAGS, Kind.SECRET))
    OVERLAPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=24, help_text="The key's first and last characters, to recognise it by.")
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    scopes = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, help_text="Of a secret key: see keys/scopes.py."
    )
    level = models.IntegerField(choices=Level.choices, default=Level.OWNER, help_text="Of the member who made it.")
    expires_at = models.DateTimeField(null=True, blank=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    replaces = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    told_at = models.DateTimeField(null=True, editable=False, help_text="When owners were told that it expires soon.")
    left_at = models.DateTimeField(
        null=True, editable=False, help_text="When it was seen that who made it is no member any more: see left.py."
    )
    ends_otherwise_at = models.DateTimeField(
        null=True, editable=False, help_text="When it would end if they had not left."
    )

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "kind"], name="key_of_workspace"),
            models.Index(
                fields=["expires_at"],
                name="key_expiring",
                condition=models.Q(expires_at__isnull=False, revoked_at=None, told_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint})"

    @classmethod
    def issue(
        cls,
        workspace: Workspace,
        *,
        kind: str,
        name: str,
        scopes: Iterable[str] | None = None,
        level: int = Level.OWNER,
        expires_at: datetime | None = None,
        made_by: User | None = None,
        replaces: "ApiKey | None" = None,
    ) -> "tuple[ApiKey, str]":
        """Make a key. Returns it and its token, which can never be shown again.

        A secret key has every scope unless `scopes` says which.
        """
        token = cls.PREFIXES[cls.Kind(kind)] + secrets.token_urlsafe(24)
        asked = of_keys.SCOPES if scopes is None else scopes
        key = cls.objects.create(
            workspace=workspace,
            kind=kind,
            name=name,
            digest=digest(token),
            hint=f"{token[:14]}…{token[-4:]}",
            scopes=of_keys.completed(asked) if kind == cls.Kind.SECRET else [],
            level=level,
            expires_at=expires_at,
            made_by=made_by,
            replaces=replaces,
        )
        return key, token

    @classmethod
    def live(cls) -> "models.QuerySet[ApiKey]":
        """Those that are neither revoked nor expired."""
        not_over = models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())
        return cls.objects.filter(not_over, revoked_at=None)

    @classmethod
    def find(cls, token: str, *kinds: str) -> "ApiKey | None":
        """The live key of this token and of one of these kinds (any kind when none is named), or None."""
        if not token or len(token) > cls.LONGEST:
            return None
        keys = cls.live().filter(digest=digest(token))
        return (keys.filter(kind__in=kinds) if kinds else keys).first()

    @property
    def is_live(self) -> bool:
        return self.revoked_at is None and not self.has_expired

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def sends(self) -> bool:
        """Whether it sends events: of secret keys those whose scopes say so."""
        return self.kind in self.SENDS and (self.kind != self.Kind.SECRET or of_keys.SENDS_EVENTS in self.scopes)

    @property
    def asks(self) -> bool:
        """Whether it asks which features somebody has, likewise."""
        return self.kind in self.ASKS and (self.kind != self.Kind.SECRET or of_keys.ASKS_FOR_FEATURES in self.scopes)

    def may(self, permission: str) -> bool:
        return of_keys.may(self.scopes, Level(self.level), permission)

    def rotate(self, *, overlap: timedelta, made_by: User | None, level: int) -> "tuple[ApiKey, str]":
        """A new key in its place, with the same name, scopes and span of life. This one lives on for `overlap`.

        Of a key that ends sooner anyway the end stays. Returns the new one and its token.
        """
        now = timezone.now()
        usual = self.ends_otherwise_at if self.left_at else self.expires_at
        ends = now + (usual - self.created_at) if usual else None
        made = self.issue(
            self.workspace,
            kind=self.kind,
            name=self.name,
            scopes=self.scopes,
            level=level,
            expires_at=ends,
            made_by=made_by,
            replaces=self,
        )
        self.expires_at = min(self.expires_at or now + overlap, now + overlap)
        self.told_at = now  # whoever rotated it knows
        self.save(update_fields=["expires_at", "told_at"])
        return made

    @classmethod
    def note_use(cls, hashed: str) -> None:
        """Keep when the key of this digest was last used: each process writes it once a minute at most."""
        now = time.monotonic()
        if now - _noted.get(hashed, float("-inf")) < NOTED_EVERY_SECONDS:
            return
        if len(_noted) > MOST_NOTED:
            _noted.clear()
        _noted[hashed] = now
        cls.objects.filter(digest=hashed).update(last_used_at=timezone.now())

    @staticmethod
    def was_used_here(token: str) -> bool:
        """Whether this process has noted a use of it."""
        return digest(token) in _noted

    def revoke(self) -> None:
        """End the key at once. Revoking twice changes nothing."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])


def digest(token: str) -> str:
    """SHA-256 in hex. Tokens carry 192 random bits, so a slow password hash would protect nothing more."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
