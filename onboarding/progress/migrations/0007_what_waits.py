"""What waits in many workspaces, in one question: each of them row by row would be three.

The function runs with the rights of whoever asks, and enters the workspaces' walls one after the other; it is to be
called outside of any scope.
"""

from django.conf import settings
from django.db import migrations

# Only those of the workspaces are told in which anything waits: the first message of the log beyond the watermark
# (when it was received, which transaction wrote it), and how many changes of counts (up to 10,000 of them).
WAITING = """
CREATE FUNCTION progress_waiting(workspaces bigint[])
RETURNS TABLE (workspace bigint, received_at timestamptz, written_xid xid8, deltas bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    read_xid xid8;
    read_row bigint;
BEGIN
    FOREACH workspace IN ARRAY workspaces LOOP
        PERFORM set_config('app.workspace_id', workspace::text, true);
        SELECT w.transaction::text::xid8, w.row INTO read_xid, read_row
            FROM public.progress_watermark w WHERE w.workspace_id = workspace;
        IF NOT FOUND THEN
            read_xid := '0'::xid8;
            read_row := 0;
        END IF;
        SELECT e.received_at, e.written_xid INTO received_at, written_xid
            FROM public.intake_event e
            WHERE e.workspace_id = workspace AND (e.written_xid, e.id) > (read_xid, read_row)
            ORDER BY e.written_xid, e.id LIMIT 1;
        SELECT count(*) INTO deltas FROM (
            SELECT FROM public.progress_cubedelta d WHERE d.workspace_id = workspace LIMIT 10000) few;
        IF received_at IS NOT NULL OR deltas > 0 THEN
            RETURN NEXT;
        END IF;
    END LOOP;
    PERFORM set_config('app.workspace_id', '', true);
END
$$;
REVOKE ALL ON FUNCTION progress_waiting(bigint[]) FROM PUBLIC;
"""
GRANT = f'GRANT EXECUTE ON FUNCTION progress_waiting(bigint[]) TO "{settings.APP_ROLE}";'


class Migration(migrations.Migration):
    dependencies = [
        ("progress", "0006_rulings"),
        ("intake", "0002_what_has_been_seen"),
    ]

    operations = [migrations.RunSQL([WAITING, GRANT], "DROP FUNCTION progress_waiting(bigint[])")]
