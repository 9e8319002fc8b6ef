"""Removing what a workspace no longer keeps: rows by batches, or whole months that nobody needs any more.

The application's role may neither delete from the log nor drop its partitions, and shall not be able to: these
functions do it for that role, and only what the workspace's own setting says is old enough.
"""

from django.conf import settings
from django.db import migrations

# The month before which a workspace's events may go: where its log is said to begin, as far as its setting still says
# so. NULL: nothing may go. Months are UTC's whatever the session's time zone.
KEPT_FROM = """
CREATE FUNCTION intake_kept_from(workspace bigint) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN w.keep_events_months IS NOT NULL THEN least(w.log_begins_at, (
        date_trunc('month', now() AT TIME ZONE 'UTC') - make_interval(months => w.keep_events_months)
    ) AT TIME ZONE 'UTC') END
    FROM tenants_workspace w WHERE w.id = workspace AND w.log_begins_at IS NOT NULL
$$;
"""

# At most `at_most` rows, in whole months before that moment, that also happened before it and that the reader of the
# log has passed (`read_xid`, `read_row`); then receipts. Returns how many rows went: fewer than `at_most` means that
# nothing is left. Forced row-level security binds the owner too, hence app.workspace_id; to be called outside of any scope.
REMOVE = """
CREATE FUNCTION intake_remove_expired(workspace bigint, read_xid xid8, read_row bigint, at_most int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    begins timestamptz := public.intake_kept_from(workspace);
    month text;
    removed int := 0;
    n int;
BEGIN
    IF begins IS NULL THEN
        RETURN 0;
    END IF;
    PERFORM set_config('app.workspace_id', workspace::text, true);
    FOR month IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.intake_event'::regclass AND (
            c.relname = 'intake_event_earlier'
            OR c.relname < 'intake_event_' || to_char(begins AT TIME ZONE 'UTC', 'YYYY_MM'))
        ORDER BY c.relname
    LOOP
        EXECUTE format(
            'DELETE FROM public.%1$I WHERE workspace_id = $1 AND ctid = ANY (ARRAY('
            'SELECT ctid FROM public.%1$I WHERE workspace_id = $1 AND (written_xid, id) <= ($2, $3) '
            'AND occurred_at < $4 ORDER BY written_xid, id LIMIT $5))', month)
            USING workspace, read_xid, read_row, begins, at_most - removed;
        GET DIAGNOSTICS n = ROW_COUNT;
        removed := removed + n;
        EXIT WHEN removed >= at_most;
    END LOOP;
    IF removed < at_most THEN
        DELETE FROM public.intake_receipt WHERE workspace_id = workspace AND message_id = ANY (ARRAY(
            SELECT r.message_id FROM public.intake_receipt r
            WHERE r.workspace_id = workspace AND r.client_at < begins LIMIT at_most - removed));
        GET DIAGNOSTICS n = ROW_COUNT;
        removed := removed + n;
    END IF;
    PERFORM set_config('app.workspace_id', '', true);
    RETURN removed;
END
$$;
REVOKE ALL ON FUNCTION intake_remove_expired(bigint, xid8, bigint, int) FROM PUBLIC;
"""

# 1. Without a lock: every workspace with a row in the month must have let go of it, and have read it: that is what
#    transactions below `horizon` wrote, or, in the workspaces `behind`, those below `first_unread`. They are over, so
#    nothing can come to it; it may take seconds to look at.
# 2. Under the lock, which makes senders wait for a moment, only what was written since is asked for, by the index.
# Whoever holds the log for longer is not waited for: 'busy', and the next run tries again. (DETACH CONCURRENTLY would
# not make senders wait, but cannot be part of a function, and the application's role does not own the table.)
DROP = """
CREATE FUNCTION intake_drop_expired(month date, horizon xid8, behind bigint[], first_unread xid8[]) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '300ms' AS $$
DECLARE
    next timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC';
    name text := 'intake_event_' || to_char(month, 'YYYY_MM');
    workspace bigint;
    read_before xid8;
    begins timestamptz;
    needed boolean := false;
BEGIN
    PERFORM FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.intake_event'::regclass AND c.relname = name;
    IF NOT FOUND THEN
        RETURN 'gone';
    END IF;
    IF next > (date_trunc('month', now() AT TIME ZONE 'UTC') - interval '1 month') AT TIME ZONE 'UTC' THEN
        RETURN 'needed'; -- though perhaps empty: the shortest time that events can be kept for has not passed
    END IF;
    FOR workspace, read_before IN
        SELECT id, coalesce(unread.xid, horizon) FROM public.tenants_workspace
        LEFT JOIN unnest(behind, first_unread) AS unread (workspace_id, xid) ON unread.workspace_id = id
        ORDER BY coalesce(public.intake_kept_from(id) >= next, false), id
    LOOP
        PERFORM set_config('app.workspace_id', workspace::text, true);
        begins := public.intake_kept_from(workspace);
        IF begins >= next THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM public.%I WHERE workspace_id = $1 '
                           'AND (written_xid >= $2 OR occurred_at >= $3))', name)
                INTO needed USING workspace, read_before, begins;
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM public.%I WHERE workspace_id = $1)', name)
                INTO needed USING workspace;
        END IF;
        EXIT WHEN needed;
    END LOOP;
    IF NOT needed THEN
        LOCK TABLE ONLY public.intake_event IN ACCESS EXCLUSIVE MODE;
        FOR workspace, read_before IN
            SELECT id, coalesce(unread.xid, horizon) FROM public.tenants_workspace
            LEFT JOIN unnest(behind, first_unread) AS unread (workspace_id, xid) ON unread.workspace_id = id
        LOOP
            PERFORM set_config('app.workspace_id', workspace::text, true);
            EXECUTE format('SELECT EXISTS (SELECT FROM public.%I WHERE workspace_id = $1 AND written_xid >= $2)', name)
                INTO needed USING workspace, read_before;
            EXIT WHEN needed;
        END LOOP;
    END IF;
    PERFORM set_config('app.workspace_id', '', true);
    IF needed THEN
        RETURN 'needed';
    END IF;
    EXECUTE format('DROP TABLE public.%I', name);
    RETURN 'dropped';
EXCEPTION WHEN lock_not_available THEN
    RETURN 'busy';
END
$$;
REVOKE ALL ON FUNCTION intake_drop_expired(date, xid8, bigint[], xid8[]) FROM PUBLIC;
"""

GRANTS = f"""
GRANT EXECUTE ON FUNCTION intake_remove_expired(bigint, xid8, bigint, int), intake_drop_expired(date, xid8, bigint[], xid8[])
TO "{settings.APP_ROLE}";
"""

BACK = """
DROP FUNCTION intake_drop_expired(date, xid8, bigint[], xid8[]);
DROP FUNCTION intake_remove_expired(bigint, xid8, bigint, int);
DROP FUNCTION intake_kept_from(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0004_imports"),
        ("tenants", "0004_retention"),
    ]

    operations = [migrations.RunSQL([KEPT_FROM, REMOVE, DROP, GRANTS], BACK)]
