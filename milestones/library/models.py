"""The milestone library: modules that ladders are made of, each reusable in many."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from milestones.library import content
from milestones.library.criteria import Criterion, parse
from workspaces.audit.models import Entry
from workspaces.scope import TenantModel
from workspaces.tenants.models import Member


class Milestone(TenantModel):
    """One reusable module. Its `key` is what people's credit is kept by and never changes.

    Published ladder versions hold their own copy of the content, so changing a module changes no version.
    """

    key = models.CharField(max_length=content.LONGEST_KEY)
    name = models.CharField(max_length=content.LONGEST_NAME)
    purpose = models.TextField(blank=True)
    expected_actions = ArrayField(models.TextField(), default=list, blank=True)
    risks = ArrayField(models.TextField(), default=list, blank=True)
    criterion = models.JSONField(help_text="In the canonical form of milestones.library.criteria.")
    unlock = models.CharField(max_length=content.LONGEST_KEY, blank=True, help_text="Feature key.")
    cue = models.TextField(blank=True)
    tip = models.TextField(blank=True)
    video_url = models.CharField(max_length=content.LONGEST_URL, blank=True)
    value_statement = models.TextField(blank=True)
    action_label = models.TextField(blank=True)
    action_url = models.CharField(max_length=content.LONGEST_URL, blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    tags = models.JSONField(default=dict, blank=True)
    messages = models.JSONField(default=dict, blank=True)
    translations = models.JSONField(default=dict, blank=True, help_text="See milestones.library.translations.")
    archived_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, help_text="Counts its changes, so that none is overwritten.")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.CharField(max_length=200, blank=True, help_text="The member's name, as it was then.")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="milestone_key")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("library:milestone", args=[self.workspace.slug, self.key])

    @property
    def success(self) -> Criterion:
        """The success criterion as a value."""
        return parse(self.criterion)

    @property
    def content(self) -> dict[str, Any]:
        """What the module says, in the canonical form of milestones.library.content."""
        values = {field: getattr(self, field) for field in content.FIELDS}
        return {field: value for field, value in values.items() if value not in ("", [], {}, None)}

    def become(self, new: dict[str, Any], *, by: Member | None = None) -> bool:
        """Say what canonical content `new` says. Returns whether that changed anything; saves only then."""
        if self.pk:
            if self.content == new:
                return False
            self.revision += 1
        for field in content.FIELDS:
            default = self._meta.get_field(field).get_default()
            setattr(self, field, new.get(field, default))
        self.changed_at, self.changed_by = timezone.now(), str(by) if by else "an import"
        self.save()
        return True

    def archive(self, *, by: Member) -> None:
        """Offer it no longer to new ladders. Whatever holds it keeps it."""
        self._set_archived(timezone.now(), by=by, action="milestone.archived")

    def restore(self, *, by: Member) -> None:
        """Take it back into the library."""
        self._set_archived(None, by=by, action="milestone.restored")

    def _set_archived(self, at: datetime | None, *, by: Member, action: str) -> None:
        if (self.archived_at is None) != (at is None):
            self.archived_at = at
            self.save(update_fields=["archived_at"])
            Entry.record(by=by, action=action, target=self)
