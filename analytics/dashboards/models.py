"""Questions that members want to ask again."""

from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.utils import timezone

from workspaces.scope import TenantModel
from workspaces.tenants.models import Member, User

MOST_SHARED = 100  # of a workspace, made by programs


class SavedView(TenantModel):
    """A named question to the adoption page: of one member, or shared with the workspace.

    `asks` are the parameters of its address. A view without a named day stays a question about today. The default view
    of a member, or else the workspace's, is what the adoption page opens with. What is deleted stays for a while, so
    that it can be brought back.
    """

    name = models.CharField(max_length=80)
    asks = models.JSONField(default=dict)
    owner = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    shared = models.BooleanField(default=False)
    default = models.BooleanField(default=False)
    saved_at = models.DateTimeField(default=timezone.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "owner"],
                condition=models.Q(default=True, shared=False, deleted_at=None),
                name="view_default_of_member",
            ),
            models.UniqueConstraint(
                fields=["workspace"],
                condition=models.Q(default=True, shared=True, deleted_at=None),
                name="view_default_of_workspace",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible_to(cls, member: Member) -> models.QuerySet["SavedView"]:
        """Their own and the workspace's, by name."""
        mine = models.Q(owner=member.user) | models.Q(shared=True)
        return cls.objects.filter(mine, deleted_at=None).order_by("name", "pk")

    @classmethod
    def default_for(cls, member: Member) -> "SavedView | None":
        """Their own default, else the workspace's."""
        defaults = cls.visible_to(member).filter(default=True)
        return defaults.filter(shared=False).first() or defaults.first()

    @classmethod
    def deleted_named(cls, number: str) -> "SavedView | None":
        """A deleted one that an address names by its number, however odd the number is."""
        if not number.isdecimal() or len(number) > 18:
            return None
        return cls.objects.exclude(deleted_at=None).filter(pk=int(number)).first()

    @property
    def address(self) -> str:
        return "?" + urlencode({**self.asks, "view": str(self.pk)})

    def may_be_changed_by(self, member: Member) -> bool:
        """What is shared, by those who may share; what is not, by its owner alone."""
        return member.may("views.share") if self.shared else self.owner_id == member.user_id

    def keep(self, **changes: Any) -> None:
        """Save the changes; of several defaults the one set last is it."""
        for name, value in changes.items():
            setattr(self, name, value)
        if self.default and self.deleted_at is None:
            others = SavedView.objects.filter(default=True, shared=self.shared).exclude(pk=self.pk)
            (others if self.shared else others.filter(owner=self.owner)).update(default=False)
        self.save()
