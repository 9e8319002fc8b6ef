import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable
from workspaces.scope.tenant import TenantForeignKey


def identity() -> models.BigAutoField:
    return models.BigAutoField(primary_key=True, serialize=False)


def workspace() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        default=workspaces.scope.current.current_workspace_id,
        editable=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to="tenants.workspace",
    )


def reference(to: str, on_delete: object, related_name: str) -> TenantForeignKey:
    return TenantForeignKey(db_constraint=False, db_index=False, on_delete=on_delete, related_name=related_name, to=to)


def keys() -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [("library", "0001_initial"), ("tenants", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", identity()),
                ("key", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=120)),
                ("rule", models.JSONField(help_text="In the canonical form of milestones.library.criteria.")),
                (
                    "precedence",
                    models.PositiveSmallIntegerField(
                        default=100, help_text="Of several roles that match, the smallest number counts."
                    ),
                ),
                ("workspace", workspace()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("workspace", "key"), name="role_key")],
            },
        ),
        SecureTenantTable("Role"),
        migrations.CreateModel(
            name="Ladder",
            fields=[
                ("id", identity()),
                ("key", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=120)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("role", reference("ladders.role", django.db.models.deletion.PROTECT, "ladders")),
                ("workspace", workspace()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("workspace", "key"), name="ladder_key")],
                "indexes": [models.Index(fields=["workspace", "role"], name="ladder_of_role")],
            },
        ),
        SecureTenantTable("Ladder"),
        migrations.CreateModel(
            name="LadderVersion",
            fields=[
                ("id", identity()),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "Draft"), ("published", "Published")], default="draft", max_length=10
                    ),
                ),
                ("title", models.TextField(blank=True)),
                ("value_proposition", models.TextField(blank=True)),
                ("done_looks_like", models.TextField(blank=True)),
                ("notes", models.TextField(blank=True, help_text="What this version changes, and why.")),
                (
                    "start",
                    models.JSONField(
                        blank=True, help_text="The event that starts a journey; null: first seen.", null=True
                    ),
                ),
                ("funnel", keys()),
                (
                    "role_content",
                    models.JSONField(blank=True, default=dict, help_text="The role as it was at publication."),
                ),
                ("fingerprint", models.CharField(blank=True, max_length=64)),
                ("effective_from", models.DateTimeField(blank=True, null=True)),
                ("published_at", models.DateTimeField(blank=True, null=True)),
                (
                    "published_by",
                    models.CharField(blank=True, help_text="The publisher's name, as it was then.", max_length=200),
                ),
                ("ladder", reference("ladders.ladder", django.db.models.deletion.CASCADE, "versions")),
                ("workspace", workspace()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "ladder", "number"), name="version_number"),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "draft")), fields=("workspace", "ladder"), name="version_one_draft"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "draft"), ("published_at__isnull", False), _connector="OR"),
                        name="version_published_at",
                    ),
                ],
            },
        ),
        SecureTenantTable("LadderVersion"),
        migrations.CreateModel(
            name="Rung",
            fields=[
                ("id", identity()),
                ("key", models.CharField(max_length=60)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "phase",
                    models.CharField(
                        choices=[("quick wins", "quick wins"), ("core", "core"), ("advanced", "advanced")],
                        max_length=20,
                    ),
                ),
                ("due_after", models.DurationField(blank=True, help_text="After the rung opened.", null=True)),
                ("prerequisites", keys()),
                ("first_value", models.BooleanField(default=False)),
                ("content", models.JSONField(blank=True, default=dict)),
                ("milestone", reference("library.milestone", django.db.models.deletion.PROTECT, "+")),
                ("version", reference("ladders.ladderversion", django.db.models.deletion.CASCADE, "rungs")),
                ("workspace", workspace()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("workspace", "version", "key"), name="rung_key"),
                    models.UniqueConstraint(fields=("workspace", "version", "position"), name="rung_position"),
                    models.UniqueConstraint(
                        condition=models.Q(("first_value", True)),
                        fields=("workspace", "version"),
                        name="rung_one_first_value",
                    ),
                ],
                "indexes": [models.Index(fields=["workspace", "milestone"], name="rung_of_milestone")],
            },
        ),
        SecureTenantTable("Rung"),
    ]
