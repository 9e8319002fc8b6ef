"""Who: the companies that use Firstmile, the people who log in, and which of them may do what where."""

import zoneinfo
from copy import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.tenants.access import Level, allows
from workspaces.tenants.languages import DEFAULT_LANGUAGE, LANGUAGES, Language


def validate_time_zone(name: str) -> None:
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(name)s” is no time zone; write for example Europe/Berlin or UTC."), params={"name": name}
        )


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
    language = models.CharField(
        max_length=10,
        blank=True,
        default="",
        db_default="",
        help_text="The one that the application speaks; empty: the browser's.",
    )
    time_zone = models.CharField(
        max_length=60,
        blank=True,
        default="",
        db_default="",
        validators=[validate_time_zone],
        help_text="Empty: the workspace's.",
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []  # beyond e-mail and password

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def zone(self) -> zoneinfo.ZoneInfo | None:
        """The time zone that they read times in, wherever they are; None where the workspace's will do."""
        return zoneinfo.ZoneInfo(self.time_zone) if self.time_zone else None

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


LONGEST_RETENTION_MONTHS = 120
SHORTEST_AUDIT_MONTHS = 6
SEEN_EVERY = timedelta(minutes=5)  # how exactly it is known when a member was last here


class Workspace(models.Model):
    """A tenant. Days begin at midnight in its time zone; `segments` are the traits that its numbers split by,
    `values` the numeric traits of accounts by which their growth is told.

    `log_begins_at` says what has become of `keep_events_months`: raw events of before may be gone. It only ever rises.

    An environment for tests is a workspace of its own, kept apart like any other, that points to the `live` one. Its
    members are the live one's, and it has no others.
    """

    live = models.OneToOneField(
        "self", null=True, blank=True, editable=False, on_delete=models.CASCADE, related_name="test_environment"
    )
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=60, default="UTC", validators=[validate_time_zone])
    segments = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    values = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    language = models.CharField(
        max_length=10,
        choices=[(language.tag, _(language.in_english)) for language in LANGUAGES.values()],
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
        choices=[(Level.EDITOR, _("Editors and admins")), (Level.ADMIN, _("Admins only"))],
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
    keep_audit_months = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(SHORTEST_AUDIT_MONTHS), MaxValueValidator(LONGEST_RETENTION_MONTHS)],
        help_text="How long entries of the audit log are kept; empty: for ever.",
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="audit_retention_in_bounds",
                condition=models.Q(
                    keep_audit_months__gte=SHORTEST_AUDIT_MONTHS, keep_audit_months__lte=LONGEST_RETENTION_MONTHS
                ),
            ),
            models.CheckConstraint(name="not_its_own_test", condition=~models.Q(live=models.F("id"))),
            models.CheckConstraint(
                name="retention_in_bounds",
                condition=models.Q(keep_events_months__gte=1, keep_events_months__lte=LONGEST_RETENTION_MONTHS),
            ),
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

    @property
    def is_test(self) -> bool:
        return self.live_id is not None

    @property
    def team(self) -> "Workspace":
        """The workspace whose members enter this one: itself, or the live one of an environment for tests."""
        return self.live or self

    @property
    def test(self) -> "Workspace | None":
        """The environment for tests of a live workspace, if it has one."""
        try:
            return self.test_environment
        except Workspace.DoesNotExist:
            return None

    @property
    def environments(self) -> "list[Workspace]":
        """All that its team may enter, the live one first."""
        return [self.team, *([self.team.test] if self.team.test else [])]

    @property
    def members(self) -> "models.QuerySet[Member]":
        return Member.objects.filter(workspace=self.live_id or self.pk)

    def member(self, **who: Any) -> "Member | None":
        """The member who is `who` (user=…, pk=…), as they are in this environment; None when there is none."""
        found = self.members.select_related("user").filter(**who).first()
        return found.in_environment(self) if found else None

    def join(self, user: User, level: Level) -> "Member":
        """Make `user` a member of the team, or change the level of the membership there is."""
        member, _made = Member.objects.update_or_create(workspace=self.team, user=user, defaults={"level": level})
        return member.in_environment(self)


class Member(models.Model):
    """A person of the tenant who logs in, with an access level.

    The row belongs to the live workspace. `in_environment` gives the member as they are in one of its environments,
    which then is `workspace`: whose settings and data the member works with.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    level = models.IntegerField(choices=Level.choices)
    joined_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="member_once")]

    def __str__(self) -> str:
        return str(self.user)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refused for a member in an environment for tests, whose row is the live one's."""
        if self.workspace.is_test:
            raise ValueError("An environment for tests has no members of its own; change the live workspace's.")
        super().save(*args, **kwargs)

    def in_environment(self, workspace: Workspace) -> "Member":
        """This member in `workspace`, which must be one of their team's. Not to be saved in test: see `save`."""
        if workspace.pk == self.workspace_id:
            return self
        if (workspace.live_id or workspace.pk) != (self.workspace.live_id or self.workspace_id):
            raise ValueError(f"Workspaces {workspace.pk} and {self.workspace_id} are not of one team.")
        there = copy(self)
        there.workspace = workspace
        return there

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """What the member reads times in. Days are counted in the workspace's, whoever reads."""
        return self.user.zone or self.workspace.zone

    def seen(self) -> None:
        """Note that the member was here, every few minutes at most."""
        now = timezone.now()
        if self.last_seen_at is None or now - self.last_seen_at >= SEEN_EVERY:
            Member.objects.filter(pk=self.pk).update(last_seen_at=now)

    def may(self, permission: str) -> bool:
        """Whether the member's level suffices for `permission` (a key of access.PERMISSIONS).

        Publishing can be kept to admins by the workspace.
        """
        level = Level(self.level)
        if permission == "ladders.publish" and level < self.workspace.publishers:
            return False
        return allows(level, permission)
