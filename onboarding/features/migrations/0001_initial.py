"""Features that completions switch on, and members' grants: kept for good, and never changed but to revoke them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
import workspaces.scope.tenant
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenants", "0004_retention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Feature",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("key", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=120)),
                ("description", models.CharField(blank=True, max_length=500)),
                (
                    "reach",
                    models.CharField(
                        choices=[("person", "The person who did the step"), ("account", "Everyone in their account")],
                        default="person",
                        max_length=10,
                    ),
                ),
                ("named", models.BooleanField(default=True)),
                ("archived_at", models.DateTimeField(null=True)),
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
            name="Grant",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "sender",
                    models.CharField(
                        blank=True, help_text="The key of the sender, as in the event log.", max_length=300
                    ),
                ),
                ("account_key", models.CharField(blank=True, max_length=255)),
                ("granted_at", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
                ("reason", models.CharField(max_length=500)),
                ("actor", models.CharField(help_text="The member's e-mail then.", max_length=200)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("revoked_actor", models.CharField(blank=True, max_length=200)),
                (
                    "feature",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to="features.feature",
                    ),
                ),
                (
                    "revoked_user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
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
            },
        ),
        migrations.AddConstraint(
            model_name="feature",
            constraint=models.UniqueConstraint(fields=("workspace", "key"), name="feature_key"),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("sender", ""), _negated=True), fields=["workspace", "sender"], name="grant_sender"
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(
                condition=models.Q(("account_key", ""), _negated=True),
                fields=["workspace", "account_key"],
                name="grant_account",
            ),
        ),
        migrations.AddIndex(
            model_name="grant",
            index=models.Index(fields=["workspace", "feature", "-granted_at"], name="grant_feature"),
        ),
        migrations.AddConstraint(
            model_name="grant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sender", ""), models.Q(("account_key", ""), _negated=True)),
                    models.Q(models.Q(("sender", ""), _negated=True), ("account_key", "")),
                    _connector="OR",
                ),
                name="grant_to_person_or_account",
            ),
        ),
        SecureTenantTable("Feature"),
        SecureTenantTable("Grant", grants="SELECT, INSERT, UPDATE (revoked_at, revoked_user_id, revoked_actor)"),
    ]
