import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# Rows of any table of a workspace whose deletion is due and has begun; of a partitioned one month by month.
DELETE_ROWS = """
CREATE FUNCTION privacy_delete_rows(deleted_from regclass, workspace bigint, at_most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    part regclass;
    removed bigint := 0;
    n bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM public.privacy_deletion d WHERE d.workspace_id = workspace AND d.undone_at IS NULL
                   AND d.finished_at IS NULL AND d.began_at IS NOT NULL AND d.due_at <= now()) THEN
        RAISE EXCEPTION 'No deletion of this workspace is due.' USING ERRCODE = '42501';
    END IF;
    FOR part IN
        SELECT deleted_from WHERE (SELECT relkind = 'r' FROM pg_class WHERE oid = deleted_from)
        UNION ALL SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = deleted_from
    LOOP
        EXECUTE format('DELETE FROM %1$s WHERE workspace_id = $1 AND ctid = ANY (ARRAY('
                       'SELECT ctid FROM %1$s WHERE workspace_id = $1 LIMIT $2))', part)
            USING workspace, at_most - removed;
        GET DIAGNOSTICS n = ROW_COUNT;
        removed := removed + n;
        EXIT WHEN removed >= at_most;
    END LOOP;
    RETURN removed;
END
$$;
REVOKE ALL ON FUNCTION privacy_delete_rows(regclass, bigint, int) FROM PUBLIC;
"""

GRANTS = f"""
GRANT SELECT, INSERT, UPDATE ON privacy_deletion TO "{settings.APP_ROLE}";
GRANT EXECUTE ON FUNCTION privacy_delete_rows(regclass, bigint, int) TO "{settings.APP_ROLE}";
"""


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Deletion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("workspace_id", models.BigIntegerField()),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("asked_by", models.CharField(blank=True, help_text="The owner's e-mail address.", max_length=200)),
                ("due_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(help_text="When all members had been written to.", null=True)),
                ("undone_at", models.DateTimeField(null=True)),
                ("began_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("rows", models.BigIntegerField(default=0, help_text="How many rows were removed.")),
            ],
            options={
                "indexes": [models.Index(fields=["workspace_id"], name="deletion_workspace")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None), ("undone_at", None)),
                        fields=("workspace_id",),
                        name="deletion_once",
                    )
                ],
            },
        ),
        migrations.RunSQL([DELETE_ROWS, GRANTS], "DROP FUNCTION privacy_delete_rows(regclass, bigint, int)"),
    ]
