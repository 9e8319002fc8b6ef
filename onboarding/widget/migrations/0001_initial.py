import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
import workspaces.scope.tenant
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ladders", "0005_closures"),
        ("tenants", "0004_retention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IdentityCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("signed", models.PositiveIntegerField(default=0)),
                ("unsigned", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
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
            name="IdentitySecret",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sealed", models.TextField()),
                (
                    "hint",
                    models.CharField(
                        help_text="The secret's first and last characters, to recognise it by.", max_length=30
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                "indexes": [models.Index(fields=["workspace", "made_at"], name="identity_secret_newest")],
            },
        ),
        migrations.CreateModel(
            name="WidgetEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sender", models.CharField(max_length=300)),
                ("version_number", models.PositiveIntegerField(help_text="Of the ladder's version that was shown.")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("seen", "Seen"),
                            ("hidden", "Hidden"),
                            ("step_clicked", "Step Clicked"),
                            ("step_completed", "Step Completed"),
                            ("completed", "Completed"),
                            ("dismissed", "Dismissed"),
                            ("resumed", "Resumed"),
                            ("skipped", "Skipped"),
                            ("unskipped", "Unskipped"),
                        ],
                        max_length=20,
                    ),
                ),
                ("rung_key", models.CharField(blank=True, max_length=80)),
                ("reason", models.CharField(blank=True, max_length=20)),
                (
                    "ladder",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="ladders.ladder",
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
                "indexes": [models.Index(fields=["workspace", "ladder", "at"], name="widget_event_of_ladder")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ["step_completed", "completed"])),
                        fields=("workspace", "sender", "ladder", "kind", "rung_key"),
                        name="widget_event_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WidgetSettings",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "allowed_origins",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), blank=True, default=list, size=None
                    ),
                ),
                (
                    "position",
                    models.CharField(
                        choices=[("bottom-right", "Bottom right"), ("bottom-left", "Bottom left")],
                        default="bottom-right",
                        max_length=20,
                    ),
                ),
                (
                    "enforced",
                    models.BooleanField(
                        default=False, help_text="Only people whom a signed token names see a checklist."
                    ),
                ),
                ("theme", models.JSONField(blank=True, default=dict)),
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
                "constraints": [models.UniqueConstraint(fields=("workspace",), name="widget_settings_once")],
            },
        ),
        migrations.CreateModel(
            name="WidgetState",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sender", models.CharField(max_length=300)),
                (
                    "began_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, help_text="First in sight: what is done later is news."
                    ),
                ),
                ("opened_at", models.DateTimeField(help_text="First opened.", null=True)),
                (
                    "kickoff_seen_at",
                    models.DateTimeField(help_text="First opened while the ladder had a kickoff to show.", null=True),
                ),
                ("seen_on", models.DateField(help_text="The last day (UTC) on which it was in sight.", null=True)),
                ("dismissed_at", models.DateTimeField(null=True)),
                ("dismiss_reason", models.CharField(blank=True, max_length=20)),
                ("skipped", models.JSONField(default=dict, help_text="By rung key the reason; empty: brought back.")),
                ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "ladder",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="ladders.ladder",
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
                    models.UniqueConstraint(fields=("workspace", "sender", "ladder"), name="widget_state_once")
                ],
            },
        ),
        SecureTenantTable("WidgetSettings"),
        SecureTenantTable("IdentitySecret", grants="SELECT, INSERT, UPDATE"),
        SecureTenantTable("IdentityCount"),
        SecureTenantTable("WidgetState"),
        SecureTenantTable("WidgetEvent", grants="SELECT, INSERT"),
    ]
