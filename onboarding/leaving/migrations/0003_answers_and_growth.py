import django.db.models.deletion
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("leaving", "0002_deleted_workspaces"),
        ("tenants", "0007_environments"),
    ]

    operations = [
        migrations.CreateModel(
            name="LeftAnswer",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "version_id",
                        "said_on",
                        "next_on",
                        "score",
                        "segment_hash",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version_id", models.BigIntegerField()),
                ("said_on", models.DateField()),
                ("next_on", models.DateField()),
                ("score", models.PositiveSmallIntegerField()),
                ("segment", models.TextField(help_text="Canonical JSON.")),
                ("segment_hash", models.UUIDField(help_text="md5 of the segment.")),
                ("n", models.PositiveIntegerField()),
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
        migrations.CreateModel(
            name="LeftStart",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "account_id",
                        "version_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("version_id", models.BigIntegerField()),
                ("began_at", models.DateTimeField()),
                ("cohort_on", models.DateField()),
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
        migrations.CreateModel(
            name="LeftAccount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version_id", models.BigIntegerField()),
                ("trait", models.CharField(max_length=80)),
                ("began_at", models.DateTimeField()),
                ("cohort_on", models.DateField()),
                ("at_start", models.FloatField(null=True)),
                ("later", models.FloatField(null=True)),
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
                "indexes": [models.Index(fields=["workspace", "trait", "version_id"], name="left_account")],
            },
        ),
        SecureTenantTable("LeftAnswer", grants="SELECT, INSERT, UPDATE"),
        SecureTenantTable("LeftStart", grants="SELECT, INSERT, UPDATE, DELETE"),
        SecureTenantTable("LeftAccount", grants="SELECT, INSERT"),
    ]
