"""Rulings of members on people's rungs: kept for good, and never changed but to withdraw them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
import workspaces.scope.tenant
from workspaces.scope.operations import SecureTenantTable

RIGHTS = "SELECT, INSERT, UPDATE (withdrawn_at, withdrawn_user_id, withdrawn_actor)"
REFERENCE = (
    "ALTER TABLE progress_completion ADD CONSTRAINT progress_completion_ruling_id_fk "
    "FOREIGN KEY (workspace_id, ruling_id) REFERENCES progress_ruling (workspace_id, id) DEFERRABLE INITIALLY DEFERRED"
)


class Migration(migrations.Migration):
    dependencies = [
        ("ladders", "0005_closures"),
        ("progress", "0005_accounts"),
        ("tenants", "0002_publishers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Ruling",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sender", models.CharField(help_text="The key of the sender, as in the event log.", max_length=300)),
                ("rung_key", models.CharField(max_length=80)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("completed", "Completed by hand"), ("revoked", "Revoked")], max_length=10
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "until",
                    models.DateTimeField(
                        help_text="Of a revocation: what happened up to then does not count.", null=True
                    ),
                ),
                ("actor", models.CharField(help_text="The member's e-mail then.", max_length=200)),
                ("reason", models.CharField(max_length=500)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdrawn_actor", models.CharField(blank=True, max_length=200)),
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
                    "withdrawn_user",
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
        migrations.AddIndex(
            model_name="ruling",
            index=models.Index(fields=["workspace", "sender"], name="ruling_sender"),
        ),
        SecureTenantTable("Ruling", grants=RIGHTS),
        migrations.AddField(
            model_name="completion",
            name="ruling",
            field=workspaces.scope.tenant.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="progress.ruling",
            ),
        ),
        migrations.AddIndex(
            model_name="completion",
            index=models.Index(
                condition=models.Q(("ruling__isnull", False)), fields=["workspace", "ruling"], name="completion_by_hand"
            ),
        ),
        migrations.RunSQL(
            REFERENCE, "ALTER TABLE progress_completion DROP CONSTRAINT progress_completion_ruling_id_fk"
        ),
    ]
