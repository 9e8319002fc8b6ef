"""Cells are laid out for reading. What was counted so far is loose at first; it is laid out at the next occasion.

The wall is let down for the owner, whom it binds otherwise, while the rows of all workspaces are copied. The cells are
locked meanwhile, so that no fold adds to them unnoticed.
"""

import django.db.models.deletion
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable

STATEMENTS = [
    "ALTER TABLE cubes_cell NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE cubes_loose NO FORCE ROW LEVEL SECURITY",
    """
    INSERT INTO cubes_loose (workspace_id, version_id, measure, rung_key, segment, cohort_on, elapsed_s, n)
    SELECT workspace_id, version_id, measure, rung_key, segment, cohort_on, elapsed_s, n FROM cubes_cell
    """,
    "SET CONSTRAINTS ALL IMMEDIATE",  # tables with checks to come cannot be altered
    "ALTER TABLE cubes_loose FORCE ROW LEVEL SECURITY",
    "ALTER TABLE cubes_cell FORCE ROW LEVEL SECURITY",
]


class Migration(migrations.Migration):
    dependencies = [
        ("cubes", "0002_first_value_is_measured"),
        ("tenants", "0005_languages"),
    ]

    operations = [
        migrations.CreateModel(
            name="Loose",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version_id", models.BigIntegerField()),
                ("measure", models.CharField(max_length=10)),
                ("rung_key", models.CharField(blank=True, max_length=80)),
                ("segment", models.JSONField()),
                ("cohort_on", models.DateField()),
                ("elapsed_s", models.BigIntegerField()),
                ("n", models.BigIntegerField()),
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
            name="Sheet",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "version_id",
                        "week_on",
                        "measure",
                        "rung_key",
                        "trait",
                        "value_hash",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version_id", models.BigIntegerField()),
                ("week_on", models.DateField(help_text="The Monday of the cohort days.")),
                ("measure", models.CharField(max_length=10)),
                ("rung_key", models.CharField(blank=True, max_length=80)),
                ("trait", models.CharField(blank=True, max_length=255)),
                ("value_hash", models.UUIDField()),
                ("value", models.TextField(null=True)),
                ("counts", models.BinaryField(help_text="entries.ENTRY, many.")),
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
        SecureTenantTable("Loose"),
        SecureTenantTable("Sheet"),
        migrations.RunSQL(
            "ALTER TABLE cubes_sheet ALTER COLUMN counts SET STORAGE EXTERNAL", migrations.RunSQL.noop
        ),  # to unpack takes longer than to read what is not packed
        migrations.AddIndex(
            "Loose", models.Index(fields=["workspace", "version_id", "cohort_on"], name="loose_version_cohort")
        ),
        migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop),
    ]
