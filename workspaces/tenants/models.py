"""Who: the companies that use Firstmile, the people who log in, and which of them may do what where."""

import zoneinfo
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from workspaces.tenants.access import Level, allows


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(f"“{name}” is no time zone; write for example Europe/Berlin or UTC.")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A log-in: an e-mail address (kept in lower case) and a password. May be a member of several workspaces."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []  # beyond e-mail and password

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class Workspace(models.Model):
    """A tenant. Days begin at midnight in its time zone; `segments` are the traits that its numbers split by."""

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=60, default="UTC", validators=[validate_time_zone])
    segments = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    publishers = models.IntegerField(
        choices=[(Level.EDITOR, "Editors and admins"), (Level.ADMIN, "Admins only")],
        default=Level.EDITOR,
        help_text="Who may publish ladders.",
    )
    review_needed = models.BooleanField(
        default=False, help_text="Another member must have approved a draft before it is published."
    )
    events_per_second = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="How many events it may send on average; empty for the installation's limit, 0 for none.",
    )
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def join(self, user: User, level: Level) -> "Member":
        """Make `user` a member, or change the level of the membership there is."""
        member, _ = Member.objects.update_or_create(workspace=self, user=user, defaults={"level": level})
        return member


class Member(models.Model):
    """A person of the tenant who logs in, with an access level."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    level = models.IntegerField(choices=Level.choices)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="member_once")]

    def __str__(self) -> str:
        return str(self.user)

    def may(self, permission: str) -> bool:
        """Whether the member's level suffices for `permission` (a key of access.PERMISSIONS).

        Publishing can be kept to admins by the workspace.
        """
        level = Level(self.level)
        if permission == "ladders.publish" and level < self.workspace.publishers:
            return False
        return allows(level, permission)
