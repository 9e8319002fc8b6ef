"""First value gets cells of its own: so far they are those of each version's first-value rung.

The wall is let down for the owner, whom it binds otherwise, while the rows of all workspaces are copied. The tables are
locked meanwhile, so that no fold carries counts from the one to the other half-way.
"""

from django.db import migrations, models

TABLES = ("cubes_cell", "progress_cubedelta", "ladders_rung")
COLUMNS = {
    "cubes_cell": "cohort_on, elapsed_s, reached_on, segment_hash, segment, n",
    "progress_cubedelta": "cohort_on, elapsed_s, reached_on, segment, n",
}
COPY = """
INSERT INTO {table} (workspace_id, version_id, measure, rung_key, {columns})
SELECT c.workspace_id, c.version_id, 'value', '', {columns}
FROM {table} c JOIN ladders_rung r ON r.workspace_id = c.workspace_id AND r.version_id = c.version_id
    AND r.key = c.rung_key AND r.first_value
WHERE c.measure = 'completed'
"""
STATEMENTS = [
    *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in TABLES),
    *(COPY.format(table=table, columns=columns) for table, columns in COLUMNS.items()),
    "SET CONSTRAINTS ALL IMMEDIATE",  # tables with checks to come cannot be altered
    *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in TABLES),
]


class Migration(migrations.Migration):
    dependencies = [
        ("cubes", "0001_initial"),
        ("ladders", "0003_drafts_with_copies"),
        ("progress", "0003_people_are_moved_between_versions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="cell",
            name="measure",
            field=models.CharField(
                choices=[
                    ("began", "began"),
                    ("completed", "completed"),
                    ("in_order", "in_order"),
                    ("value", "value"),
                    ("finished", "finished"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop),
    ]
