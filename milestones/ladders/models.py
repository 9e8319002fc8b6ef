"""Ladders: what a role should climb. A ladder has versions; a published version never changes again."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from milestones.ladders import publication
from milestones.ladders.document import DEFAULT_PRECEDENCE, PHASES, ROLE_FIELDS, TEXTS, Document, read
from milestones.library.content import LONGEST_KEY, LONGEST_NAME
from milestones.library.criteria import Rule, parse_rule
from milestones.library.models import Milestone
from milestones.library.periods import period_text
from workspaces.scope import TenantForeignKey, TenantModel
from workspaces.scope.tenant import TenantManager
from workspaces.tenants.models import Member, User


class Role(TenantModel):
    """The kind of end user that ladders are for. Published versions keep a copy of its rule."""

    key = models.CharField(max_length=LONGEST_KEY)
    name = models.CharField(max_length=LONGEST_NAME)
    rule = models.JSONField(help_text="In the canonical form of milestones.library.criteria.")
    precedence = models.PositiveSmallIntegerField(
        default=DEFAULT_PRECEDENCE, help_text="Of several roles that match, the smallest number counts."
    )

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="role_key")]

    def __str__(self) -> str:
        return self.name

    @property
    def content(self) -> dict[str, Any]:
        return {field: getattr(self, field) for field in ROLE_FIELDS}

    @property
    def chooses(self) -> Rule:
        return parse_rule(self.rule)


class Ladder(TenantModel):
    """An ordered set of milestones for a role, through all its versions."""

    key = models.CharField(max_length=LONGEST_KEY)
    name = models.CharField(max_length=LONGEST_NAME)
    role = TenantForeignKey(Role, on_delete=models.PROTECT, related_name="ladders")
    archived_at = models.DateTimeField(null=True, blank=True)
    closures = ArrayField(
        ArrayField(models.DateTimeField(), size=2),
        default=list,
        blank=True,
        help_text="Earlier times during which it was archived, each from and until.",
    )

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="ladder_key")]
        indexes = [models.Index(fields=["workspace", "role"], name="ladder_of_role")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("ladders:ladder", args=[self.workspace.slug, self.key])

    @property
    def draft(self) -> "LadderVersion | None":
        return self.versions.filter(state=LadderVersion.State.DRAFT).first()

    @property
    def published(self) -> "LadderVersion | None":
        """The newest published version."""
        return self.versions.filter(state=LadderVersion.State.PUBLISHED).order_by("-number").first()

    @property
    def newest(self) -> "LadderVersion | None":
        return self.versions.order_by("-number").first()

    def publish(self, *, by: Member | None, at: datetime | None = None, moves: bool = False) -> "LadderVersion":
        """Make the draft the version that people climb: from `at` (now) on, or always when it is the first.

        Journeys that began before keep their version, or with `moves` go on with this one, with credit for every
        milestone done. Raises publication.NotPublishable with every reason.
        """
        return publication.publish(self, by=by, at=at or timezone.now(), moves=moves)

    def close(self, *, at: datetime) -> None:
        """Archive it: nobody begins it from then on; those under way keep what they have."""
        self.archived_at = at
        self.save(update_fields=["archived_at"])

    def reopen(self, *, at: datetime) -> None:
        """Use it again: also those can begin it who came meanwhile, unless another ladder's role was theirs then."""
        self.closures, self.archived_at = [*self.closures, [self.archived_at, at]], None
        self.save(update_fields=["closures", "archived_at"])


class Versions(TenantManager["LadderVersion"]):
    def live(self) -> "models.QuerySet[LadderVersion]":
        """The published versions of ladders in use."""
        return self.published().filter(ladder__archived_at=None)

    def published(self) -> "models.QuerySet[LadderVersion]":
        """Every published version, also of archived ladders: people may still be under way on them."""
        return self.get_queryset().filter(state=LadderVersion.State.PUBLISHED)


class LadderVersion(TenantModel):
    """One state of a ladder: a draft, of which a ladder has one at most, or published and never changed again.

    On publication it takes copies of everything it says from elsewhere (the role, the milestones), and a
    fingerprint of the whole. A trigger in the database refuses every later change.
    """

    class State(models.TextChoices):
        DRAFT = "draft", gettext_lazy("Draft")
        PUBLISHED = "published", gettext_lazy("Published")

    ladder = TenantForeignKey(Ladder, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.TextField(blank=True)
    value_proposition = models.TextField(blank=True)
    kickoff = models.TextField(blank=True, help_text="What done looks like for the first phase.")
    done_looks_like = models.TextField(blank=True)
    notes = models.TextField(blank=True, help_text="What this version changes, and why.")
    start = models.JSONField(null=True, blank=True, help_text="The event that starts a journey; null: first seen.")
    funnel = ArrayField(models.CharField(max_length=LONGEST_KEY), default=list, blank=True)
    new_steps_a_session = models.PositiveSmallIntegerField(null=True, blank=True)
    stories = models.JSONField(default=list, blank=True, help_text="Customer stories: text, who, role, industry.")
    impact = models.JSONField(default=dict, blank=True, help_text="Before and after, with variables.")
    translations = models.JSONField(default=dict, blank=True, help_text="Of the ladder's own texts.")
    role_content = models.JSONField(default=dict, blank=True, help_text="The role as it was at publication.")
    fingerprint = models.CharField(max_length=64, blank=True)
    moves = models.BooleanField(default=False, help_text="Whether people under way moved to it.")
    effective_from = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=200, blank=True, help_text="The publisher's name, as it was then.")
    revision = models.PositiveIntegerField(default=0, help_text="Counts the changes of a draft.")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.CharField(max_length=200, blank=True, help_text="Who changed the draft last.")

    objects = Versions()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "ladder", "number"], name="version_number"),
            models.UniqueConstraint(
                fields=["workspace", "ladder"], condition=models.Q(state="draft"), name="version_one_draft"
            ),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(published_at__isnull=False), name="version_published_at"
            ),
        ]

    def __str__(self) -> str:
        return _("%(ladder)s, version %(number)d") % {"ladder": self.ladder.name, "number": self.number}

    def get_absolute_url(self) -> str:
        return reverse("ladders:version", args=[self.workspace.slug, self.ladder.key, self.number])

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def role(self) -> dict[str, Any]:
        """The role's canonical content: as it was at publication, or as it is now for a draft."""
        return self.role_content if self.is_published else self.ladder.role.content

    @property
    def document(self) -> Document:
        """The whole version in the canonical form of milestones.ladders.document."""
        said = {
            field: getattr(self, field)
            for field in (*TEXTS, "new_steps_a_session", "stories", "impact", "translations")
        }
        ladder = {"key": self.ladder.key, "name": self.ladder.name, "role": self.role, **said}
        rungs = [rung.document for rung in self.rungs.all()]
        # Read again, because jsonb forgets the order of keys.
        return read({"ladder": {**ladder, "start": self.start, "funnel": self.funnel, "rungs": rungs}})


class Rung(TenantModel):
    """A milestone's place in a version. `content` is the version's own copy of the milestone's content.

    It is taken from the library when the rung is added; from then on the two change apart, until somebody takes over
    one from the other.
    """

    version = TenantForeignKey(LadderVersion, on_delete=models.CASCADE, related_name="rungs")
    milestone = TenantForeignKey(Milestone, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=LONGEST_KEY)
    position = models.PositiveSmallIntegerField()
    phase = models.CharField(max_length=20, choices=[(phase, phase) for phase in PHASES])
    due_after = models.DurationField(null=True, blank=True, help_text="After the rung opened.")
    spacing = models.DurationField(null=True, blank=True, help_text="After the step that was done before.")
    prerequisites = ArrayField(models.CharField(max_length=LONGEST_KEY), default=list, blank=True)
    first_value = models.BooleanField(default=False)
    content = models.JSONField(default=dict, blank=True)

    class Meta(TenantModel.Meta):
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "version", "key"], name="rung_key"),
            models.UniqueConstraint(fields=["workspace", "version", "position"], name="rung_position"),
            models.UniqueConstraint(
                fields=["workspace", "version"], condition=models.Q(first_value=True), name="rung_one_first_value"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "milestone"], name="rung_of_milestone")]

    def __str__(self) -> str:
        return self.key

    @property
    def says(self) -> dict[str, Any]:
        """The milestone's canonical content: the version's own copy, else (drafts of old) the library's."""
        return self.content or self.milestone.content

    @property
    def document(self) -> dict[str, Any]:
        rung: dict[str, Any] = {"milestone": self.says, "phase": self.phase}
        if self.due_after is not None:
            rung["due_after"] = period_text(self.due_after)
        if self.spacing is not None:
            rung["spacing"] = period_text(self.spacing)
        if self.prerequisites:
            rung["prerequisites"] = self.prerequisites
        if self.first_value:
            rung["first_value"] = True
        return rung


class DraftEdit(TenantModel):
    """One change of a draft: who, when, where and in which words, and what the draft said before."""

    version = TenantForeignKey(LadderVersion, on_delete=models.CASCADE, related_name="edits")
    revision = models.PositiveIntegerField(help_text="The draft's revision that this change made.")
    place = models.CharField(max_length=200, help_text="What was changed, such as rungs.invite-team.cue.")
    words = models.CharField(max_length=300)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    actor = models.CharField(max_length=200, help_text="The editor's name, as it was then.")
    at = models.DateTimeField(default=timezone.now)
    before = models.JSONField(help_text="The whole draft before the change, as a canonical document.")
    undoes = models.PositiveIntegerField(null=True, help_text="The revision whose change this one took back.")
    redoes = models.PositiveIntegerField(null=True, help_text="The revision whose change this one made again.")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "version", "revision"], name="edit_revision")]
        ordering = ["-revision"]

    def __str__(self) -> str:
        return self.words


class Review(TenantModel):
    """Another member's opinion of a draft, asked for and given. It is about one revision of it, and for one audience.

    `state`: what the draft said then, role included and notes aside; see milestones.ladders.versions.state.
    """

    class Verdict(models.TextChoices):
        APPROVED = "approved", gettext_lazy("Approved")
        CHANGES = "changes", gettext_lazy("Changes asked for")

    version = TenantForeignKey(LadderVersion, on_delete=models.CASCADE, related_name="reviews")
    revision = models.PositiveIntegerField()
    state = models.CharField(max_length=64, blank=True)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    asked_of = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    asked_at = models.DateTimeField(default=timezone.now)
    mailed_at = models.DateTimeField(null=True, help_text="When the reviewer was told by e-mail.")
    note = models.TextField(blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    answered_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "version", "-asked_at"], name="review_of_version"),
            models.Index(fields=["workspace", "asked_of"], condition=models.Q(answered_at=None), name="review_waiting"),
        ]


class Schedule(TenantModel):
    """A draft that is to be published at a moment to come. The record is the queue: whoever publishes it removes it."""

    version = TenantForeignKey(LadderVersion, on_delete=models.CASCADE, related_name="schedules")
    publish_at = models.DateTimeField()
    moves = models.BooleanField(default=False)
    revision = models.PositiveIntegerField(help_text="The draft's revision when it was scheduled.")
    state = models.CharField(max_length=64, blank=True, help_text="What the draft said when it was scheduled.")
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    made_at = models.DateTimeField(default=timezone.now)
    failed_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "version"], name="schedule_once")]
        indexes = [models.Index(fields=["workspace", "publish_at"], name="schedule_due")]
