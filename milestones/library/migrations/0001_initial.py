import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Milestone",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=120)),
                ("purpose", models.TextField(blank=True)),
                (
                    "expected_actions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "risks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None
                    ),
                ),
                ("criterion", models.JSONField(help_text="In the canonical form of milestones.library.criteria.")),
                ("unlock", models.CharField(blank=True, help_text="Feature key.", max_length=60)),
                ("cue", models.TextField(blank=True)),
                ("tip", models.TextField(blank=True)),
                ("video_url", models.CharField(blank=True, max_length=500)),
                ("value_statement", models.TextField(blank=True)),
                ("action_label", models.TextField(blank=True)),
                ("action_url", models.CharField(blank=True, max_length=500)),
                ("minutes", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("tags", models.JSONField(blank=True, default=dict)),
                ("messages", models.JSONField(blank=True, default=dict)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
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
                "constraints": [models.UniqueConstraint(fields=("workspace", "key"), name="milestone_key")],
            },
        ),
        SecureTenantTable("Milestone"),
    ]
