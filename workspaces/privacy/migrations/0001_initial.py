import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import SecureTenantTable

# Inside of a scope and while an erasure that names these senders is under way, their rows may go from any table that has
# the column, also from those to which the application's role may otherwise only add.
ERASE_SENDERS = """
CREATE FUNCTION privacy_erase_senders(erased_from regclass, workspace bigint, who text[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    n bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM public.privacy_erasure
                   WHERE workspace_id = workspace AND finished_at IS NULL AND senders::text[] @> who) THEN
        RAISE EXCEPTION 'No erasure of these senders is under way in this scope.' USING ERRCODE = '42501';
    END IF;
    EXECUTE format('DELETE FROM %s WHERE workspace_id = $1 AND sender = ANY($2)', erased_from) USING workspace, who;
    GET DIAGNOSTICS n = ROW_COUNT;
    RETURN n;
END
$$;
REVOKE ALL ON FUNCTION privacy_erase_senders(regclass, bigint, text[]) FROM PUBLIC;
"""

# Of an entry only whom it was about and what was said of them may change, and only while somebody is being erased.
REDACT_ENTRY = """
CREATE FUNCTION privacy_redact_entry(workspace bigint, entry bigint, about text, said jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.privacy_erasure WHERE workspace_id = workspace AND finished_at IS NULL) THEN
        RAISE EXCEPTION 'No erasure is under way in this scope.' USING ERRCODE = '42501';
    END IF;
    UPDATE public.audit_entry SET target = about, details = said WHERE workspace_id = workspace AND id = entry;
END
$$;
REVOKE ALL ON FUNCTION privacy_redact_entry(bigint, bigint, text, jsonb) FROM PUBLIC;
"""

GRANTS = f"""
GRANT EXECUTE ON FUNCTION privacy_erase_senders(regclass, bigint, text[]), privacy_redact_entry(bigint, bigint, text, jsonb)
TO "{settings.APP_ROLE}";
"""

BACK = """
DROP FUNCTION privacy_erase_senders(regclass, bigint, text[]);
DROP FUNCTION privacy_redact_entry(bigint, bigint, text, jsonb);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("audit", "0001_initial"),
        ("tenants", "0006_values"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Refused",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id", "day", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField()),
                ("count", models.PositiveIntegerField()),
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
            name="Suppressed",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "workspace_id", "digest", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
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
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "digest",
                    models.CharField(help_text="suppression.digest of the id that was asked for.", max_length=64),
                ),
                (
                    "subject",
                    models.CharField(
                        blank=True, help_text='"u:" and a user id, or "a:" and an anonymous id.', max_length=300
                    ),
                ),
                (
                    "senders",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=300), default=list, size=None
                    ),
                ),
                (
                    "terms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        default=list,
                        help_text="Their ids and addresses, to look for in texts.",
                        size=None,
                    ),
                ),
                (
                    "names",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, help_text="What they are called.", size=None
                    ),
                ),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "actor",
                    models.CharField(
                        help_text="The member's e-mail then, or what acted instead of a member.", max_length=200
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waits"),
                            ("under way", "Under way"),
                            ("watching", "Watched for latecomers"),
                            ("done", "Done"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("claimed_at", models.DateTimeField(null=True)),
                ("beat_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("problem", models.CharField(blank=True, help_text="Why the last attempt broke off.", max_length=200)),
                ("done", models.PositiveIntegerField(default=0)),
                (
                    "total",
                    models.PositiveIntegerField(
                        default=0, help_text="How many stretches of the workspace's texts there are."
                    ),
                ),
                ("look_again_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("removed", models.JSONField(default=dict, help_text="By what it was, how many.")),
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
                "indexes": [models.Index(fields=["workspace", "-asked_at"], name="erasure_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at", None)), fields=("workspace", "digest"), name="erasure_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SuppressionKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sealed", models.TextField()),
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
                "constraints": [models.UniqueConstraint(fields=("workspace",), name="suppression_key_once")],
            },
        ),
        SecureTenantTable("Erasure"),
        SecureTenantTable("SuppressionKey", grants="SELECT, INSERT, UPDATE"),
        SecureTenantTable("Suppressed", grants="SELECT, INSERT, DELETE"),
        SecureTenantTable("Refused"),
        migrations.RunSQL([ERASE_SENDERS, REDACT_ENTRY, GRANTS], BACK),
    ]
