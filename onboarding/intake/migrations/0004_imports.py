"""Imports: files on their way into the log, the bytes of uploads while they are needed, and rejected lines."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
import workspaces.scope.tenant
from workspaces.scope.operations import SecureTenantTable


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0003_what_the_debugger_reads"),
        ("tenants", "0002_publishers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=255)),
                (
                    "origin",
                    models.CharField(
                        choices=[("upload", "Uploaded"), ("folder", "From the folder")], default="upload", max_length=10
                    ),
                ),
                ("path", models.TextField(blank=True, help_text="Where it lies in the folder; empty for an upload.")),
                ("size", models.BigIntegerField()),
                (
                    "modified",
                    models.BigIntegerField(
                        default=0, help_text="When the file was last changed, in Unix milliseconds."
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("uploaded", models.BigIntegerField(default=0, help_text="Bytes that have arrived.")),
                (
                    "touched_at",
                    models.DateTimeField(default=django.utils.timezone.now, help_text="When the last of them did."),
                ),
                ("uploaded_at", models.DateTimeField(null=True)),
                ("format", models.CharField(blank=True, max_length=10)),
                (
                    "mapping",
                    models.JSONField(help_text="mapping.Mapping.document(); null where none is needed.", null=True),
                ),
                (
                    "started_at",
                    models.DateTimeField(help_text="When it was asked for; receipt, to the messages.", null=True),
                ),
                ("claimed_at", models.DateTimeField(null=True)),
                ("beat_at", models.DateTimeField(null=True)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(default=0, help_text="How many workers began at this very line."),
                ),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("finished", "Finished"), ("failed", "Broke off"), ("cancelled", "Cancelled")],
                        max_length=10,
                    ),
                ),
                ("problem", models.TextField(blank=True, help_text="Why it broke off, and what to do.")),
                ("filed_at", models.DateTimeField(help_text="When the file was moved out of the folder.", null=True)),
                ("line", models.BigIntegerField(default=0, help_text="The number of the last row that is counted.")),
                ("position", models.BigIntegerField(default=0, help_text="Bytes of the file that have been read.")),
                ("rows", models.BigIntegerField(default=0)),
                ("stored", models.BigIntegerField(default=0)),
                ("duplicates", models.BigIntegerField(default=0)),
                ("mended", models.BigIntegerField(default=0)),
                ("rejected", models.BigIntegerField(default=0)),
                ("reasons", models.JSONField(default=dict, help_text="How many rows were rejected for each reason.")),
                ("kept", models.IntegerField(default=0, help_text="How many rejected lines are kept for the report.")),
                ("kept_bytes", models.BigIntegerField(default=0)),
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
            name="Piece",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "job_id",
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
                    "job",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="intake.import",
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
                "db_table": "intake_importpiece",
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="RejectedLine",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id", "job_id", "line", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("line", models.BigIntegerField()),
                ("reason", models.CharField(help_text="A code of reasons.Reason.", max_length=40)),
                ("sentence", models.TextField()),
                ("text", models.TextField()),
                (
                    "job",
                    workspaces.scope.tenant.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rejected_lines",
                        to="intake.import",
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
                "db_table": "intake_importrejection",
                "abstract": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(fields=["workspace", "-made_at"], name="import_newest"),
        ),
        migrations.AddIndex(
            model_name="import",
            index=models.Index(condition=models.Q(("ended_at", None)), fields=["workspace", "id"], name="import_open"),
        ),
        migrations.AddConstraint(
            model_name="import",
            constraint=models.UniqueConstraint(
                condition=models.Q(("filed_at", None), ("origin", "folder")),
                fields=("workspace", "path"),
                name="import_once_in_folder",
            ),
        ),
        SecureTenantTable("Import"),
        SecureTenantTable("Piece"),
        SecureTenantTable("RejectedLine"),
        # Uploads are compressed already or read once: to compress them in the database would only cost time.
        migrations.RunSQL("ALTER TABLE intake_importpiece ALTER COLUMN content SET STORAGE EXTERNAL", ""),
    ]
