"""Keys by which programs say which workspace they speak for. Only a hash is kept: a leaked table leaks no key."""

import hashlib
import secrets
import time

from django.db import models
from django.utils import timezone

from workspaces.tenants.models import Workspace

NOTED_EVERY_SECONDS = 60
MOST_NOTED = 10_000
_noted: dict[str, float] = {}


class ApiKey(models.Model):
    """A write key (public: sends events), a flags key (asks which features somebody has, and nothing else) or a secret
    key (private: sends events and reads).
    """

    class Kind(models.TextChoices):
        WRITE = "write", "Write key"
        SECRET = "secret", "Secret key"
        FLAGS = "flags", "Flags key"

    LONGEST = 200  # characters that a token could have
    PREFIXES = {Kind.WRITE: "fm_write_", Kind.SECRET: "fm_secret_", Kind.FLAGS: "fm_flags_"}
    SENDS = frozenset((Kind.WRITE, Kind.SECRET))
    ASKS = frozenset((Kind.FLAGS, Kind.SECRET))

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=24, help_text="The key's first and last characters, to recognise it by.")
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "kind"], name="key_of_workspace")]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint})"

    @classmethod
    def issue(cls, workspace: Workspace, *, kind: str, name: str) -> "tuple[ApiKey, str]":
        """Make a key. Returns it and its token, which can never be shown again."""
        token = cls.PREFIXES[cls.Kind(kind)] + secrets.token_urlsafe(24)
        key = cls.objects.create(
            workspace=workspace, kind=kind, name=name, digest=digest(token), hint=f"{token[:14]}…{token[-4:]}"
        )
        return key, token

    @classmethod
    def find(cls, token: str, *kinds: str) -> "ApiKey | None":
        """The live key of this token and of one of these kinds (any kind when none is named), or None."""
        if not token or len(token) > cls.LONGEST:
            return None
        keys = cls.objects.filter(digest=digest(token), revoked_at=None)
        return (keys.filter(kind__in=kinds) if kinds else keys).first()

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

    def revoke(self) -> None:
        """End the key at once. Revoking twice changes nothing."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])


def digest(token: str) -> str:
    """SHA-256 in hex. Tokens carry 192 random bits, so a slow password hash would protect nothing more."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
