"""Names and samples of values that messages used, counted by the engine for editors to complete from."""

import django.db.models.deletion
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0001_initial"),
        ("tenants", "0002_publishers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Seen",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "event",
                        "kind",
                        "path",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=10)),
                ("event", models.CharField(blank=True, max_length=255)),
                ("path", models.CharField(blank=True, max_length=200)),
                ("count", models.BigIntegerField()),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("values", models.JSONField(default=dict)),
                (
                    "learning",
                    models.BooleanField(default=True, help_text="Whether values that were not seen yet will be kept."),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        db_index=False,
                        default=workspaces.scope.current.current_workspace_id,
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.workspace",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        SecureTenantTable("Seen"),
    ]
