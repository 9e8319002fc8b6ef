"""What waits in many workspaces, in one question; and messages are found by their id.

The function runs with the rights of whoever asks, and enters the workspaces' walls one after the other; it is to be
called outside of any scope.
"""

from django.conf import settings
from django.db import migrations, models

# Only those of the workspaces are told in which any delivery waits (10,000 at most are counted), and since when the
# first is due of those whose endpoint is enabled and doesn't rest.
WAITING = """
CREATE FUNCTION webhooks_waiting(workspaces bigint[])
RETURNS TABLE (workspace bigint, deliveries bigint, due_at timestamptz)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    FOREACH workspace IN ARRAY workspaces LOOP
        PERFORM set_config('app.workspace_id', workspace::text, true);
        SELECT count(*) INTO deliveries FROM (
            SELECT FROM public.webhooks_delivery d
            WHERE d.workspace_id = workspace AND d.state = 'waiting' LIMIT 10000) few;
        IF deliveries > 0 THEN
            SELECT min(first.next_attempt_at) INTO due_at FROM public.webhooks_endpoint e CROSS JOIN LATERAL (
                SELECT d.next_attempt_at FROM public.webhooks_delivery d
                WHERE d.workspace_id = workspace AND d.endpoint_id = e.id AND d.state = 'waiting'
                    AND d.next_attempt_at <= now()
                ORDER BY d.next_attempt_at LIMIT 1) first
            WHERE e.workspace_id = workspace AND e.disabled_at IS NULL
                AND (e.rests_until IS NULL OR e.rests_until <= now());
            RETURN NEXT;
        END IF;
    END LOOP;
    PERFORM set_config('app.workspace_id', '', true);
END
$$;
REVOKE ALL ON FUNCTION webhooks_waiting(bigint[]) FROM PUBLIC;
"""
GRANT = f'GRANT EXECUTE ON FUNCTION webhooks_waiting(bigint[]) TO "{settings.APP_ROLE}";'


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_initial")]

    operations = [
        migrations.RunSQL([WAITING, GRANT], "DROP FUNCTION webhooks_waiting(bigint[])"),
        migrations.AddIndex(
            model_name="message", index=models.Index(fields=["workspace", "uid"], name="webhooks_message_uid")
        ),
    ]
