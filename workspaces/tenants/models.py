"""Who: the companies that use Firstmile, the people who log in, and which of them may do what where."""

import zoneinfo
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from workspaces.tenants.access import Level, allows
from workspaces.tenants.languages import DEFAULT_LANGUAGE, LANGUAGES, Language


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


LONGEST_RETENTION_MONTHS = 120


class Workspace(models.Model):
    """A tenant. Days begin at midnight in its time zone; `segments` are the traits that its numbers split by,
    `values` the numeric traits of accounts by which their growth is told.

    `log_begins_at` says what has become of `keep_events_months`: raw events of before may be gone. It only ever rises.
    """

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=60, default="UTC", validators=[validate_time_zone])
    segments = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    values = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    language = models.CharField(
        max_length=10,
        choices=[(language.tag, language.english) for language in LANGUAGES.values()],
        default=DEFAULT_LANGUAGE,
        help_text="The language that ladders and milestones are written in.",
    )
    languages = ArrayField(
        models.CharField(max_length=10),
        default=list,
        blank=True,
        help_text="Further languages that end users are spoken to in.",
    )
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
    keep_events_months = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_RETENTION_MONTHS)],
        help_text="How long raw events are kept; empty: for ever.",
    )
    log_begins_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="retention_in_bounds",
                condition=models.Q(keep_events_months__gte=1, keep_events_months__lte=LONGEST_RETENTION_MONTHS),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def keeps_events_from(self, now: datetime) -> datetime | None:
        """The beginning of the month (UTC) before which raw events need no longer be kept; None when all are kept.

        The current month and `keep_events_months` whole ones before it stay, as the log comes and goes by months.
        """
        if self.keep_events_months is None:
            return None
        today = now.astimezone(UTC)
        months = today.year * 12 + today.month - 1 - self.keep_events_months
        return datetime(months // 12, months % 12 + 1, 1, tzinfo=UTC)

    @property
    def offers(self) -> tuple[str, ...]:
        """The tags of the languages that end users may have it in; first the one that its texts are written in."""
        further = [tag for tag in LANGUAGES if tag in self.languages and tag != self.language]
        return (self.language, *further)

    @property
    def offered(self) -> list[Language]:
        return [LANGUAGES[tag] for tag in self.offers]

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
