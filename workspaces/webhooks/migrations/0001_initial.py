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
        ("tenants", "0004_retention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("url", models.CharField(max_length=500)),
                ("description", models.CharField(blank=True, max_length=120)),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60),
                        blank=True,
                        default=list,
                        help_text="Empty: every topic.",
                        size=None,
                    ),
                ),
                ("secret", models.TextField()),
                ("previous_secret", models.TextField(blank=True)),
                (
                    "previous_until",
                    models.DateTimeField(help_text="Until then the previous secret signs as well.", null=True),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("disabled_at", models.DateTimeField(null=True)),
                (
                    "disabled_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("member", "by a member"),
                            ("gone", "it answered 410 Gone"),
                            ("failing", "nothing was delivered for three days"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "told_at",
                    models.DateTimeField(help_text="When owners were told that it disabled itself.", null=True),
                ),
                ("failures", models.PositiveIntegerField(default=0, help_text="Attempts in a row that failed.")),
                ("failing_since", models.DateTimeField(null=True)),
                ("rests_until", models.DateTimeField(null=True)),
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
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("uid", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=200)),
                ("topic", models.CharField(max_length=60)),
                ("body", models.TextField(help_text="Exactly what is sent, and signed, at every attempt.")),
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
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("delivered", "Delivered"), ("failed", "Failed")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(default=0, help_text="Since it was made or last sent again."),
                ),
                ("next_attempt_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("tries", models.JSONField(default=list, help_text="Every attempt: at, status, error, milliseconds.")),
                (
                    "status",
                    models.PositiveSmallIntegerField(help_text="The HTTP status of the last answer.", null=True),
                ),
                ("error", models.CharField(blank=True, help_text="Why the last attempt failed.", max_length=300)),
                ("response", models.TextField(blank=True, help_text="The beginning of the last answer.")),
                ("delivered_at", models.DateTimeField(null=True)),
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
                (
                    "endpoint",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webhooks.endpoint",
                    ),
                ),
                (
                    "message",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="webhooks.message",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="endpoint",
            index=models.Index(fields=["workspace", "made_at"], name="webhooks_endpoints"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["workspace", "created_at"], name="webhooks_message_oldest"),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("workspace", "key"), name="webhooks_message_once"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["workspace", "endpoint", "next_attempt_at"],
                name="webhooks_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("claimed_until__isnull", False), ("state", "waiting")),
                fields=["workspace", "endpoint", "claimed_until"],
                name="webhooks_under_way",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["workspace", "endpoint", "-created_at"], name="webhooks_log"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["workspace", "created_at"], name="webhooks_oldest"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("workspace", "message", "endpoint"), name="webhooks_once"),
        ),
        SecureTenantTable("Endpoint"),
        SecureTenantTable("Message", grants="SELECT, INSERT, DELETE"),
        SecureTenantTable("Delivery"),
    ]
