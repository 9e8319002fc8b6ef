"""Of people who were erased it is kept whether they had reached first value.

Of those before now it is told from the cells that they left: of a cohort day, as many had reached it as there are cells
of first value; where several left on different days, those who left last are taken for them. The wall is let down for
the owner, whom it binds otherwise, while the rows of all workspaces are looked at.
"""

from django.db import migrations, models

TABLES = ("leaving_left", "leaving_leaving")
BEFORE_VALUE = """
UPDATE leaving_leaving l SET before_value = t.n - least(t.n, greatest(0, t.valued - t.later))
FROM (
    SELECT a.workspace_id, a.version_id, a.cohort_on, a.left_on, a.n, coalesce(v.n, 0) AS valued,
        coalesce(sum(a.n) OVER (PARTITION BY a.workspace_id, a.version_id, a.cohort_on ORDER BY a.left_on DESC
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS later
    FROM leaving_leaving a
    LEFT JOIN (
        SELECT workspace_id, version_id, cohort_on, sum(n) AS n FROM leaving_left WHERE measure = 'value'
        GROUP BY 1, 2, 3
    ) v USING (workspace_id, version_id, cohort_on)
) t
WHERE l.workspace_id = t.workspace_id AND l.version_id = t.version_id AND l.cohort_on = t.cohort_on
    AND l.left_on = t.left_on
"""
STATEMENTS = [
    *(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in TABLES),
    BEFORE_VALUE,
    *(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in TABLES),
]


class Migration(migrations.Migration):
    dependencies = [("leaving", "0003_answers_and_growth")]

    operations = [
        migrations.AddField(
            model_name="leaving",
            name="before_value",
            field=models.PositiveIntegerField(db_default=0),
        ),
        migrations.RunSQL(STATEMENTS, migrations.RunSQL.noop),
    ]
