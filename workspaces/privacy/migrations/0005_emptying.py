import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable

# Rows of an environment for tests whose emptying is under way; never of a live workspace, and nothing that is kept by
# right. Of a partitioned table month by month.
EMPTY_ROWS = """
CREATE FUNCTION privacy_empty_rows(emptied regclass, workspace bigint, at_most int) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    part regclass;
    removed bigint := 0;
    n bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM public.tenants_workspace w WHERE w.id = workspace AND w.live_id IS NOT NULL) THEN
        RAISE EXCEPTION 'This is no environment for tests.' USING ERRCODE = '42501';
    END IF;
    IF NOT EXISTS (SELECT FROM public.privacy_emptying e WHERE e.workspace_id = workspace
                   AND e.finished_at IS NULL AND e.claimed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'No emptying of this environment is under way.' USING ERRCODE = '42501';
    END IF;
    IF emptied::text IN ('audit_entry', 'privacy_emptying', 'privacy_erasure', 'privacy_suppressed',
                         'privacy_suppressionkey', 'ladders_ladderversion', 'ladders_rung') THEN
        RAISE EXCEPTION 'Rows of % stay.', emptied USING ERRCODE = '42501';
    END IF;
    FOR part IN
        SELECT emptied WHERE (SELECT relkind = 'r' FROM pg_class WHERE oid = emptied)
        UNION ALL SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = emptied
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
REVOKE ALL ON FUNCTION privacy_empty_rows(regclass, bigint, int) FROM PUBLIC;
"""

GRANTS = f"""
GRANT EXECUTE ON FUNCTION privacy_empty_rows(regclass, bigint, int) TO "{settings.APP_ROLE}";
"""


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0004_what_is_kept"),
        ("tenants", "0007_environments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Emptying",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("actor", models.CharField(help_text="The member's e-mail then.", max_length=200)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("beat_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                (
                    "problem",
                    models.CharField(blank=True, help_text="What it waits for, or why it broke off.", max_length=200),
                ),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(default=0, help_text="How many messages there were.")),
                ("look_again_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("removed", models.JSONField(default=dict, help_text="By table, how many rows.")),
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
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)), fields=("workspace",), name="emptying_once"
                    )
                ],
            },
        ),
        SecureTenantTable("Emptying", grants="SELECT, INSERT, UPDATE"),
        migrations.RunSQL([EMPTY_ROWS, GRANTS], "DROP FUNCTION privacy_empty_rows(regclass, bigint, int)"),
    ]
