"""The event log: append-only, one partition a month, behind the tenant wall like every partition of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import workspaces.scope.current
from workspaces.scope.operations import POLICY, SecureTenantTable, wall_sql

LOG = """
CREATE TABLE intake_event (
    workspace_id bigint NOT NULL,
    client_at timestamptz NOT NULL,
    message_id text NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    written_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    type text NOT NULL,
    event text NOT NULL,
    sender text NOT NULL,
    anonymous_id text NOT NULL,
    previous_id text NOT NULL,
    group_id text NOT NULL,
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    clamped boolean NOT NULL,
    properties jsonb NOT NULL,
    traits jsonb NOT NULL,
    context jsonb NOT NULL,
    PRIMARY KEY (workspace_id, message_id, client_at)
) PARTITION BY RANGE (client_at);
CREATE INDEX intake_event_written ON intake_event (workspace_id, written_xid, id);
CREATE INDEX intake_event_sender ON intake_event (workspace_id, sender, occurred_at);
COMMENT ON TABLE intake_event IS 'Every event that was taken, once. Partitions: intake_ensure_partition.';
"""

# The key of messages that state no usable time: the first receipt's time stands in for it. `claimed_at` is the time
# far ahead that such a message states; when the clock has caught up with it, a retry must still be known.
RECEIPTS = """
CREATE TABLE intake_receipt (
    workspace_id bigint NOT NULL,
    message_id text NOT NULL,
    client_at timestamptz NOT NULL,
    claimed_at timestamptz,
    PRIMARY KEY (workspace_id, message_id)
);
CREATE INDEX intake_receipt_claimed ON intake_receipt (workspace_id, claimed_at) WHERE claimed_at IS NOT NULL;
"""

# Called by the application's role, which owns nothing: hence SECURITY DEFINER with a pinned search_path, and hence
# every month outside of 2005-01 to next month is refused. LIKE and ATTACH, rather than PARTITION OF, so that writers
# go on meanwhile. The month's bounds are UTC whatever the session's time zone.
ENSURE_PARTITION = f"""
CREATE FUNCTION intake_ensure_partition(month date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    first date := make_date(extract(year FROM month)::int, extract(month FROM month)::int, 1);
    next date := (first + interval '1 month')::date;
    name text := 'intake_event_' || to_char(first, 'YYYY_MM');
BEGIN
    IF first < '2005-01-01' OR first > (now() AT TIME ZONE 'UTC') + interval '1 month' THEN
        RAISE EXCEPTION 'The event log has no partition for the month of %.', first;
    END IF;
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('intake_ensure_partition'));
    -- Asked of the table: to_regclass may still remember the answer from before the wait.
    PERFORM FROM pg_class WHERE relname = name AND relnamespace = 'public'::regnamespace;
    IF FOUND THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.intake_event INCLUDING ALL EXCLUDING IDENTITY)', name);
    EXECUTE format('ALTER TABLE public.%I ALTER COLUMN workspace_id SET STATISTICS 0, '
                   'ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tenant ON public.%I USING (%s) WITH CHECK (%s)', name, $policy${POLICY}$policy$,
                   $policy${POLICY}$policy$);
    EXECUTE format('ALTER TABLE public.intake_event ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                   name, to_char(first, 'YYYY-MM-DD 00:00:00+00'), to_char(next, 'YYYY-MM-DD 00:00:00+00'));
END
$$;
REVOKE ALL ON FUNCTION intake_ensure_partition(date) FROM PUBLIC;
"""

# The application appends and reads; it never changes the log.
GRANTS = f"""
GRANT SELECT, INSERT ON intake_event, intake_receipt TO "{settings.APP_ROLE}";
GRANT EXECUTE ON FUNCTION intake_ensure_partition(date) TO "{settings.APP_ROLE}";
"""

EARLIER = "CREATE TABLE intake_event_earlier PARTITION OF intake_event FOR VALUES FROM (MINVALUE) TO ('2005-01-01 00:00:00+00')"

BACK = """
DROP FUNCTION intake_ensure_partition(date);
DROP TABLE intake_receipt;
DROP TABLE intake_event;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [
                LOG,
                EARLIER,
                RECEIPTS,
                *wall_sql("intake_event"),
                *wall_sql("intake_event_earlier"),
                *wall_sql("intake_receipt"),
                ENSURE_PARTITION,
                GRANTS,
            ],
            BACK,
        ),
        migrations.CreateModel(
            name="LoggedEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("client_at", models.DateTimeField()),
                ("message_id", models.TextField()),
                ("type", models.TextField()),
                ("event", models.TextField(help_text="The event's name; empty for identify, group and alias.")),
                ("sender", models.TextField()),
                ("anonymous_id", models.TextField()),
                ("previous_id", models.TextField()),
                ("group_id", models.TextField()),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                (
                    "clamped",
                    models.BooleanField(
                        help_text="Whether the stated time lay so far ahead that receipt stands for it."
                    ),
                ),
                ("properties", models.JSONField()),
                ("traits", models.JSONField()),
                ("context", models.JSONField()),
            ],
            options={
                "db_table": "intake_event",
                "abstract": False,
                "managed": False,
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Rejection",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("received_at", models.DateTimeField()),
                ("reason", models.CharField(help_text="A code of reasons.Reason.", max_length=40)),
                ("sentence", models.TextField()),
                ("message", models.TextField()),
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
                "indexes": [models.Index(fields=["workspace", "-received_at"], name="rejection_newest")],
            },
        ),
        SecureTenantTable("Rejection", grants="SELECT, INSERT"),
    ]
