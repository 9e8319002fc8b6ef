"""Rehearsals of publishing a draft, kept while somebody looks at them."""

import django.db.models.deletion
from django.db import migrations, models

import workspaces.scope.current
import workspaces.scope.tenant
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("ladders", "0003_drafts_with_copies"),
        ("progress", "0003_people_are_moved_between_versions"),
        ("tenants", "0002_publishers"),
    ]

    operations = [
        migrations.CreateModel(
            name="DryRun",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "fingerprint",
                    models.CharField(help_text="Of the draft as it stood, its role included.", max_length=64),
                ),
                ("moves", models.BooleanField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("beat_at", models.DateTimeField(null=True)),
                ("total", models.PositiveIntegerField(default=0, help_text="How many people there are to look at.")),
                ("done", models.PositiveIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "result",
                    models.JSONField(
                        help_text="tally.Tally.data and who began lately; null when it failed.", null=True
                    ),
                ),
                (
                    "version",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="ladders.ladderversion",
                    ),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("workspace", "version", "fingerprint", "moves"), name="dry_run_once"
                    )
                ],
            },
        ),
        SecureTenantTable("DryRun"),
    ]
