"""Discoveries: what was asked about a role, who answered what, and which ladder was proposed and made of it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone

from milestones.discovery.answers import Answers, values_of
from milestones.discovery.deciding import Decisions
from milestones.discovery.proposal import Proposal, from_data
from milestones.discovery.questions import LONGEST_LINE
from milestones.discovery.roles import KINDS
from milestones.ladders.models import Ladder
from milestones.library.content import LONGEST_KEY, LONGEST_NAME
from workspaces.audit.models import Entry
from workspaces.scope import TenantForeignKey, TenantModel
from workspaces.tenants.models import Member, User

# Nobody types faster than this; a program that holds a link might.
MOST_SAVES_A_MINUTE = 40


class Discovery(TenantModel):
    """One round of questions about one role: for all of its people, or for one customer."""

    name = models.CharField(max_length=LONGEST_NAME)
    role_key = models.CharField(max_length=LONGEST_KEY)
    role_name = models.CharField(max_length=LONGEST_NAME)
    kind = models.CharField(max_length=20, blank=True, choices=[(kind.key, kind.name) for kind in KINDS.values()])
    product = models.CharField(max_length=LONGEST_KEY, blank=True, help_text="Of the starter packs; '' for another.")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "-made_at"], name="discovery_newest")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("discovery:discovery", args=[self.workspace.slug, self.pk])

    @property
    def plan(self) -> "Plan | None":
        """What was proposed last."""
        return self.plans.order_by("-pk").first()

    def archive(self, *, by: Member) -> None:
        """Put it away. Twice changes nothing."""
        if self.archived_at is None:
            self._put("discovery.archived", timezone.now(), by)

    def restore(self, *, by: Member) -> None:
        if self.archived_at is not None:
            self._put("discovery.restored", None, by)

    def _put(self, action: str, archived_at: datetime | None, by: Member) -> None:
        self.archived_at = archived_at
        self.save(update_fields=["archived_at"])
        Entry.record(by=by, action=action, target=self)

    def values(self, data: dict[str, Any]) -> Answers:
        return values_of(data, role=self.role_name, kind=self.kind, product=self.product)


class Link(TenantModel):
    """An address under which somebody without a log-in may answer one discovery's questions, for a while."""

    discovery = TenantForeignKey(Discovery, on_delete=models.CASCADE, related_name="links")
    label = models.CharField(max_length=LONGEST_LINE, help_text="Whom it was made for, as the member calls them.")
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["workspace", "discovery", "-made_at"], name="link_of_discovery")]

    def __str__(self) -> str:
        return self.label

    @property
    def is_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def is_open(self) -> bool:
        """Whether answers may still be given or changed through it."""
        return self.revoked_at is None and not self.is_expired

    def revoke(self, *, by: Member) -> None:
        """Close it. Twice changes nothing."""
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])
            Entry.record(by=by, action="discovery_link.revoked", target=self, discovery=str(self.discovery))


class Response(TenantModel):
    """One set of answers: the members' own (no link), or what came through a link.

    `typed` is what stands in the form, `answers` its canonical data once it was sent.
    """

    discovery = TenantForeignKey(Discovery, on_delete=models.CASCADE, related_name="responses")
    link = TenantForeignKey(Link, null=True, on_delete=models.CASCADE, related_name="responses")
    typed = models.JSONField(default=dict)
    answers = models.JSONField(null=True)
    by = models.CharField(max_length=LONGEST_LINE, blank=True, help_text="Who answered, as they call themselves.")
    saved_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0, help_text="Counts the saves.")
    page = models.CharField(max_length=40, blank=True, help_text="The open page that saved last.")
    minute_began_at = models.DateTimeField(default=timezone.now)
    saves_in_minute = models.PositiveIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["workspace", "link"], name="response_once_a_link"),
            models.UniqueConstraint(
                fields=["workspace", "discovery"], condition=models.Q(link=None), name="response_of_the_members"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "discovery"], name="response_of_discovery")]

    def __str__(self) -> str:
        return f"Answers of {self.by or 'nobody yet'}"

    def count_save(self) -> bool:
        """Count one more save in this minute; False when there have been too many."""
        now = timezone.now()
        if now - self.minute_began_at >= timedelta(minutes=1):
            self.minute_began_at, self.saves_in_minute = now, 0
        self.saves_in_minute += 1
        return self.saves_in_minute <= MOST_SAVES_A_MINUTE


class Plan(TenantModel):
    """A proposal with the answers that led to it and what was decided about it; final once a ladder was made of it.

    The plans of a ladder are its goals.
    """

    discovery = TenantForeignKey(Discovery, on_delete=models.CASCADE, related_name="plans")
    answers = models.JSONField()
    answered_by = models.CharField(max_length=LONGEST_LINE, blank=True)
    answered_at = models.DateTimeField()
    content = models.JSONField(help_text="The proposal, as milestones.discovery.proposal keeps it.")
    decisions = models.JSONField(help_text="As milestones.discovery.deciding has them.")
    past = models.JSONField(default=list, help_text="What was decided before, for undo: {words, decisions}.")
    revision = models.PositiveIntegerField(default=0)
    changed_by = models.CharField(max_length=200, blank=True)
    proposed_at = models.DateTimeField(default=timezone.now)
    ladder = TenantForeignKey(Ladder, null=True, on_delete=models.CASCADE, related_name="plans")
    number = models.PositiveIntegerField(null=True, help_text="Of the ladder's draft that was made of it.")
    made_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=200, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "discovery"], name="plan_of_discovery"),
            models.Index(fields=["workspace", "ladder"], name="plan_of_ladder"),
        ]

    def __str__(self) -> str:
        return f"Proposal for {self.discovery.name}"

    @property
    def proposal(self) -> Proposal:
        return from_data(self.content)

    @property
    def values(self) -> Answers:
        return self.discovery.values(self.answers)

    @property
    def now_decided(self) -> Decisions:
        return dict(self.decisions)
