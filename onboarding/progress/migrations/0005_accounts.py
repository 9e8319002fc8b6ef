"""Accounts have evidence of their own, and activity says which account it names.

What is collected without that is thrown away: with nothing tracked, the engine collects everything from the log once more
and replays everybody (history.catch_up). TRUNCATE, since forced row-level security hides rows from their owner too.
"""

import django.db.models.deletion
from django.db import migrations, models

import workspaces.scope.current
import workspaces.scope.tenant
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_members_are_described"),
        ("progress", "0004_dry_runs"),
        ("tenants", "0002_publishers"),
    ]

    operations = [
        migrations.RunSQL("TRUNCATE progress_activity, progress_traitvalue, progress_tracked", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="activity",
            name="account_key",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.CreateModel(
            name="AccountActivity",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "account_id",
                        "signal",
                        "occurred_at",
                        "message_id",
                        "sender_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("signal", models.CharField(max_length=16)),
                ("occurred_at", models.DateTimeField()),
                ("message_id", models.CharField(max_length=100)),
                (
                    "account",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.account",
                    ),
                ),
                (
                    "sender",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.sender",
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
                "indexes": [models.Index(fields=["workspace", "sender"], name="account_activity_sender")],
            },
        ),
        migrations.CreateModel(
            name="AccountTraitValue",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "account_id",
                        "name",
                        "said_at",
                        "message_id",
                        "sender_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(max_length=255)),
                ("said_at", models.DateTimeField()),
                ("message_id", models.CharField(max_length=100)),
                ("value", models.JSONField(null=True)),
                (
                    "account",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.account",
                    ),
                ),
                (
                    "sender",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.sender",
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
                "indexes": [models.Index(fields=["workspace", "sender"], name="account_trait_sender")],
            },
        ),
        SecureTenantTable("AccountActivity"),
        SecureTenantTable("AccountTraitValue"),
    ]
