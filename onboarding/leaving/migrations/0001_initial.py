import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable

ERASE_RECEIPTS = """
CREATE FUNCTION leaving_erase_receipts(workspace bigint, who text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.privacy_erasure
                   WHERE workspace_id = workspace AND finished_at IS NULL AND senders::text[] @> who) THEN
        RAISE EXCEPTION 'No erasure of these senders is under way in this scope.' USING ERRCODE = '42501';
    END IF;
    DELETE FROM public.intake_receipt r USING public.intake_event e
    WHERE r.workspace_id = workspace AND e.workspace_id = workspace AND e.sender = ANY(who)
      AND r.message_id = e.message_id;
END
$$;
REVOKE ALL ON FUNCTION leaving_erase_receipts(bigint, text[]) FROM PUBLIC;
"""

# What others' messages say of somebody is taken out of them: no more than what they carry may change, neither whose
# they are nor what happened when.
REWRITE_EVENTS = """
CREATE FUNCTION leaving_rewrite_events(workspace bigint, rows jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.privacy_erasure WHERE workspace_id = workspace AND finished_at IS NULL) THEN
        RAISE EXCEPTION 'No erasure is under way in this scope.' USING ERRCODE = '42501';
    END IF;
    UPDATE public.intake_event e SET anonymous_id = x.anonymous_id, previous_id = x.previous_id,
        properties = x.properties, traits = x.traits, context = x.context
    FROM jsonb_to_recordset(rows) AS x(message_id text, client_at timestamptz, anonymous_id text, previous_id text,
        properties jsonb, traits jsonb, context jsonb)
    WHERE e.workspace_id = workspace AND e.message_id = x.message_id AND e.client_at = x.client_at;
END
$$;
REVOKE ALL ON FUNCTION leaving_rewrite_events(bigint, jsonb) FROM PUBLIC;
"""

GRANTS = f"""
GRANT EXECUTE ON FUNCTION leaving_erase_receipts(bigint, text[]), leaving_rewrite_events(bigint, jsonb)
TO "{settings.APP_ROLE}";
"""

BACK = """
DROP FUNCTION leaving_erase_receipts(bigint, text[]);
DROP FUNCTION leaving_rewrite_events(bigint, jsonb);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("intake", "0005_retention"),
        ("privacy", "0001_initial"),
        ("tenants", "0006_values"),
    ]

    operations = [
        migrations.CreateModel(
            name="Leaving",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "version_id",
                        "cohort_on",
                        "left_on",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version_id", models.BigIntegerField()),
                ("cohort_on", models.DateField()),
                ("left_on", models.DateField()),
                ("n", models.PositiveIntegerField()),
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
            name="Left",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "version_id",
                        "measure",
                        "rung_key",
                        "cohort_on",
                        "reached_on",
                        "elapsed_s",
                        "segment_hash",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version_id", models.BigIntegerField()),
                ("measure", models.CharField(max_length=10)),
                ("rung_key", models.CharField(blank=True, max_length=80)),
                ("segment", models.TextField(help_text="Canonical JSON.")),
                ("segment_hash", models.UUIDField(help_text="md5 of the segment.")),
                ("cohort_on", models.DateField()),
                ("reached_on", models.DateField()),
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
            name="LeftUse",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id",
                        "version_id",
                        "measure",
                        "subject",
                        "cohort_on",
                        "p",
                        "q",
                        "segment_hash",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version_id", models.BigIntegerField()),
                ("measure", models.CharField(max_length=12)),
                ("subject", models.CharField(blank=True, max_length=120)),
                ("segment", models.TextField(help_text="Canonical JSON.")),
                ("segment_hash", models.UUIDField(help_text="md5 of the segment.")),
                ("cohort_on", models.DateField()),
                ("p", models.IntegerField()),
                ("q", models.IntegerField()),
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
        SecureTenantTable("Left", grants="SELECT, INSERT, UPDATE"),
        SecureTenantTable("LeftUse", grants="SELECT, INSERT, UPDATE"),
        SecureTenantTable("Leaving", grants="SELECT, INSERT, UPDATE"),
        migrations.RunSQL([ERASE_RECEIPTS, REWRITE_EVENTS, GRANTS], BACK),
    ]
