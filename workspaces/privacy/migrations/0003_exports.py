import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
import workspaces.scope.tenant
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0002_deletion"),
        ("tenants", "0006_values"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("beat_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0, help_text="How many tables, and months of the log.")),
                ("size", models.BigIntegerField(default=0)),
                ("finished_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=200)),
                (
                    "asked_by",
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
            name="ExportPiece",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "export_id",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("number", models.IntegerField()),
                ("content", models.BinaryField()),
                (
                    "export",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="privacy.export",
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
            model_name="export",
            index=models.Index(fields=["workspace", "-asked_at"], name="export_newest"),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.UniqueConstraint(
                condition=models.Q(("finished_at", None)), fields=("workspace",), name="export_one_at_a_time"
            ),
        ),
        SecureTenantTable("Export"),
        SecureTenantTable("ExportPiece"),
        # Zipped already, so not worth the try.
        migrations.RunSQL("ALTER TABLE privacy_exportpiece ALTER COLUMN content SET STORAGE EXTERNAL", ""),
    ]
