"""What the frame asks PostgreSQL: all that a checklist rests on, and on the short way two things more, prepared.

OFFSET 0 keeps look-ups look-ups while the statistics of a growing table are old.
"""

from workspaces.keys.models import ApiKey
from workspaces.scope.prepared import Statements

# {workspace}, {sender} and {signer} (an identity secret's id; 0 for none).
_STATEMENT = """
WITH person AS MATERIALIZED (
    SELECT id, key, traits FROM people_person WHERE workspace_id = {workspace} AND id = (
        SELECT min(id) FROM (
            SELECT id FROM people_person WHERE workspace_id = {workspace} AND key = {sender}
            UNION ALL SELECT person_id FROM people_sender WHERE workspace_id = {workspace} AND key = {sender}) found)),
names AS MATERIALIZED (
    SELECT key FROM person
    UNION SELECT s.key FROM person CROSS JOIN LATERAL (
        SELECT key FROM people_sender WHERE workspace_id = {workspace} AND person_id = person.id OFFSET 0) s),
climbs AS MATERIALIZED (
    SELECT j.*, l.name, l.archived_at, v.fingerprint, v.new_steps_a_session IS NOT NULL OR EXISTS (
            SELECT FROM ladders_rung WHERE workspace_id = {workspace} AND version_id = j.version_id
            AND spacing IS NOT NULL) AS paced
    FROM person CROSS JOIN LATERAL (
        SELECT id, ladder_id, version_id, started_at, first_value_at, finished_at FROM progress_journey
        WHERE workspace_id = {workspace} AND person_id = person.id OFFSET 0) j
    CROSS JOIN LATERAL (
        SELECT name, archived_at FROM ladders_ladder WHERE workspace_id = {workspace} AND id = j.ladder_id OFFSET 0) l
    CROSS JOIN LATERAL (
        SELECT fingerprint, new_steps_a_session FROM ladders_ladderversion
        WHERE workspace_id = {workspace} AND id = j.version_id OFFSET 0) v)
SELECT current_setting('app.workspace_id', true),
    EXISTS (
        SELECT FROM widget_identitysecret WHERE workspace_id = {workspace} AND id = {signer} AND revoked_at IS NULL),
    (SELECT json_build_array(allowed_origins, enforced, position, theme)
     FROM widget_widgetsettings WHERE workspace_id = {workspace})::text,
    (SELECT json_build_array(language, languages, time_zone, name) FROM tenants_workspace WHERE id = {workspace})::text,
    (SELECT json_build_array(traits->'locale', traits->'language', traits->'industry') FROM person)::text,
    COALESCE((SELECT bool_or(paced) FROM climbs), false),
    (SELECT json_agg(json_build_array(id, ladder_id, version_id, fingerprint, name, archived_at IS NOT NULL, started_at,
        first_value_at, finished_at) ORDER BY id) FROM climbs)::text,
    (SELECT json_agg(json_build_array(c.journey_id, c.rung_key, c.completed_at) ORDER BY c.journey_id, c.rung_key)
     FROM climbs CROSS JOIN LATERAL (
        SELECT journey_id, rung_key, completed_at FROM progress_completion
        WHERE workspace_id = {workspace} AND journey_id = climbs.id OFFSET 0) c)::text,
    (SELECT json_agg(json_build_array(
        w.ladder_id, w.dismissed_at, w.skipped, extract(epoch FROM w.opened_at), w.began_at)
        ORDER BY w.changed_at, w.id)
     FROM names CROSS JOIN LATERAL (
        SELECT id, ladder_id, dismissed_at, skipped, opened_at, began_at, changed_at FROM widget_widgetstate
        WHERE workspace_id = {workspace} AND sender = names.key OFFSET 0) w)::text,
    (SELECT json_agg(u.feature ORDER BY u.feature) FROM person CROSS JOIN LATERAL (
        SELECT DISTINCT feature FROM progress_unlock
        WHERE workspace_id = {workspace} AND person_id = person.id OFFSET 0) u)::text,
    (SELECT json_agg(json_build_array(g.id, (
        SELECT key FROM features_feature WHERE workspace_id = {workspace} AND id = g.feature_id)) ORDER BY g.id)
     FROM names CROSS JOIN LATERAL (
        SELECT id, feature_id FROM features_grant
        WHERE workspace_id = {workspace} AND sender = names.key AND sender <> '' AND revoked_at IS NULL
        AND (until IS NULL OR until > now()) OFFSET 0) g)::text,
    (SELECT json_agg(key ORDER BY key) FROM features_feature
     WHERE workspace_id = {workspace} AND archived_at IS NOT NULL)::text,
    EXISTS (SELECT FROM features_feature WHERE workspace_id = {workspace} AND reach = 'account' AND archived_at IS NULL)
    OR EXISTS (SELECT FROM features_grant WHERE workspace_id = {workspace} AND account_key <> ''
        AND revoked_at IS NULL AND (until IS NULL OR until > now()))
"""

# With a key that was revoked, or is another workspace's, no scope is bound, and the wall shows nothing. The plan is
# made once for all; what takes longer than this is given up.
BIND = f"""
SELECT set_config('app.workspace_id', coalesce(
        (SELECT workspace_id::text FROM {ApiKey._meta.db_table}
         WHERE id = $2 AND workspace_id = $1 AND revoked_at IS NULL
             AND (expires_at IS NULL OR expires_at > now())), ''), true),
    set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true),
    set_config('statement_timeout', '5s', true)"""

STATEMENTS = Statements(f"""
PREPARE widget_bind (bigint, bigint) AS {BIND};
PREPARE widget_glance (bigint, text, bigint) AS {_STATEMENT.format(workspace="$1", sender="$2", signer="$3")};
PREPARE widget_told (bigint, text, bigint) AS
    SELECT coalesce(array_agg(rung_key), '{{}}') FROM widget_widgetevent
    WHERE workspace_id = $1 AND sender = $2 AND ladder_id = $3 AND kind = 'step_completed';
PREPARE widget_count (bigint, date, int, int) AS
    INSERT INTO widget_identitycount AS counted (workspace_id, day, signed, unsigned, refused)
    VALUES ($1, $2, $3, $4, 0) ON CONFLICT (workspace_id, day) DO UPDATE
    SET signed = counted.signed + excluded.signed, unsigned = counted.unsigned + excluded.unsigned""")

_CALL_BIND = "EXECUTE widget_bind(%(workspace)s, %(key)s)"
GLANCE = (_CALL_BIND, "EXECUTE widget_glance(%(workspace)s, %(sender)s, %(signer)s)")
TOLD = (_CALL_BIND, "EXECUTE widget_told(%(workspace)s, %(sender)s, %(ladder)s)")
# A count need not be on the disk before the reader has an answer.
COUNT = (
    _CALL_BIND,
    "SET LOCAL synchronous_commit = off",
    "EXECUTE widget_count(%(workspace)s, %(day)s, %(signed)s, %(unsigned)s)",
)
PLAIN = _STATEMENT.format(workspace="%(workspace)s", sender="%(sender)s", signer="%(signer)s")
