"""What every table of a workspace has in common."""

from typing import Any, TypeVar

from django.db import models

from workspaces.scope.current import current_workspace_id

M = TypeVar("M", bound=models.Model)


class TenantManager(models.Manager[M]):
    """Reads the current workspace's rows only, and raises OutsideScope where there is none."""

    def get_queryset(self) -> models.QuerySet[M]:
        return super().get_queryset().filter(workspace_id=current_workspace_id())


class TenantForeignKey(models.ForeignKey):
    """A reference between tenant tables. In the database it is (workspace_id, id), so it cannot cross workspaces.

    The constraint is made by SecureTenantTable; the index, led by workspace_id, is the model's to declare.
    """

    def __init__(self, to: Any, on_delete: Any, **options: Any) -> None:
        options.setdefault("db_constraint", False)
        options.setdefault("db_index", False)
        super().__init__(to, on_delete, **options)


class TenantRow(models.Model):
    """A row of one workspace under a key of its own, which must begin with the workspace (CompositePrimaryKey)."""

    workspace = models.ForeignKey(
        "tenants.Workspace",
        on_delete=models.CASCADE,
        default=current_workspace_id,
        editable=False,
        db_index=False,
        related_name="+",
    )

    objects = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"


class TenantModel(TenantRow):
    """A row of one workspace with an id. Its migration must say SecureTenantTable after CreateModel."""

    id = models.BigAutoField(primary_key=True)

    class Meta(TenantRow.Meta):
        abstract = True
