"""Answers that are kept for requests that are sent again."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0006_values"),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.CharField(help_text="Of the secret key, method, path and body.", max_length=64)),
                ("status", models.PositiveSmallIntegerField(default=0)),
                ("headers", models.JSONField(default=dict)),
                ("body", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                "indexes": [models.Index(fields=["workspace", "created_at"], name="api_answer_oldest")],
                "constraints": [models.UniqueConstraint(fields=("workspace", "key"), name="api_answer_once")],
            },
        ),
        SecureTenantTable("KeptAnswer"),
    ]
