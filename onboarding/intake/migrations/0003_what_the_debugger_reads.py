"""Messages that came again, and what became of rejected ones: for the event debugger, and only for a while."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable

# A rejection's text never changes; that it was sent again with success may be noted. Both tables are kept for a while.
GRANTS = f"""
GRANT UPDATE (replayed_at, replayed_by, replayed_as) ON intake_rejection TO "{settings.APP_ROLE}";
GRANT DELETE ON intake_rejection TO "{settings.APP_ROLE}";
"""
BACK = f"""
REVOKE DELETE ON intake_rejection FROM "{settings.APP_ROLE}";
REVOKE UPDATE (replayed_at, replayed_by, replayed_as) ON intake_rejection FROM "{settings.APP_ROLE}";
"""


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_what_has_been_seen")]

    operations = [
        migrations.CreateModel(
            name="Duplicate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("message_id", models.CharField(max_length=100)),
                ("client_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("first_received_at", models.DateTimeField()),
                ("times", models.PositiveIntegerField(default=1)),
                ("type", models.CharField(max_length=10)),
                ("event", models.CharField(blank=True, max_length=255)),
                ("sender", models.CharField(max_length=300)),
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
                "indexes": [models.Index(fields=["workspace", "-received_at", "-id"], name="duplicate_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=["workspace", "message_id", "client_at"], name="duplicate_once")
                ],
            },
        ),
        SecureTenantTable("Duplicate"),
        migrations.AddField("rejection", "replayed_at", models.DateTimeField(null=True)),
        migrations.AddField("rejection", "replayed_by", models.CharField(blank=True, default="", max_length=200)),
        migrations.AddField("rejection", "replayed_as", models.CharField(blank=True, default="", max_length=100)),
        # What is inserted by plain SQL names none of them.
        migrations.RunSQL(
            "ALTER TABLE intake_rejection ALTER COLUMN replayed_by SET DEFAULT '', "
            "ALTER COLUMN replayed_as SET DEFAULT ''",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(GRANTS, BACK),
    ]
