"""The statements that write the event log, prepared once on every connection: planning them took longer than storing
an event. They are run together, several in one round trip.
"""

from workspaces.keys.models import ApiKey
from workspaces.scope.prepared import Statements

# The rows of message.to_json: what is empty is missing there. (jsonb, which is parsed once, where json is parsed for
# every field of its own.)
_ROWS = """jsonb_to_recordset($3) AS m(
    client_at timestamptz, claimed_at timestamptz, message_id text, type text, event text, sender text,
    anonymous_id text, previous_id text, group_id text, occurred_at timestamptz, clamped boolean,
    properties jsonb, traits jsonb, context jsonb)"""
_COLUMNS = "type, event, sender, anonymous_id, previous_id, group_id, occurred_at, clamped, properties, traits, context"
_VALUES = """m.type, coalesce(m.event, ''), m.sender, coalesce(m.anonymous_id, ''), coalesce(m.previous_id, ''),
    coalesce(m.group_id, ''), coalesce(m.occurred_at, m.client_at), coalesce(m.clamped, false),
    coalesce(m.properties, '{}'), coalesce(m.traits, '{}'), coalesce(m.context, '{}')"""

# A message whose time lay far ahead when it first came is in the log under its receipt's time. (The first question is
# asked once a batch, and nearly always the answer is that there is none. NOT IN is a look-up in a hash; as NOT EXISTS
# the second would become a join that loses the rows' order.)
_CLAIMED = "FROM intake_receipt r WHERE r.workspace_id = $1 AND r.claimed_at BETWEEN $4 AND $5"
_UNCLAIMED = f"(NOT EXISTS (SELECT {_CLAIMED}) OR m.message_id NOT IN (SELECT r.message_id {_CLAIMED}))"

_APPEND = f"""
INSERT INTO intake_event (workspace_id, client_at, message_id, received_at, {_COLUMNS})
SELECT $1, m.client_at, m.message_id, $2, {_VALUES}
FROM {_ROWS} WHERE {_UNCLAIMED}
ON CONFLICT DO NOTHING"""

# Receipt and event are stored together, so a receipt that is there already means that the event is, too.
_APPEND_WITH_RECEIPTS = f"""
WITH m AS MATERIALIZED (SELECT * FROM {_ROWS}),
receipt AS (
    INSERT INTO intake_receipt (workspace_id, message_id, client_at, claimed_at)
    SELECT $1, message_id, $2, claimed_at FROM m WHERE client_at IS NULL
    ON CONFLICT DO NOTHING RETURNING message_id, client_at)
INSERT INTO intake_event (workspace_id, client_at, message_id, received_at, {_COLUMNS})
SELECT $1, coalesce(m.client_at, receipt.client_at), m.message_id, $2, {_VALUES}
FROM m LEFT JOIN receipt ON receipt.message_id = m.message_id
WHERE receipt.message_id IS NOT NULL OR (m.client_at IS NOT NULL AND {_UNCLAIMED})
ON CONFLICT DO NOTHING"""

_REJECT = """
INSERT INTO intake_rejection (workspace_id, received_at, reason, sentence, message)
SELECT $1, $2, r.reason, r.sentence, r.message
FROM json_to_recordset($3) AS r(reason text, sentence text, message text)"""

_BIND = "SELECT set_config('app.workspace_id', $1::text, true)"

# The right to write is looked up where it is used: with a key that was revoked no scope is bound, and the wall refuses
# every row. What takes longer than this is given up, so that senders hear of it rather than pile up.
_BIND_BY_KEY = f"""
SELECT set_config('app.workspace_id', coalesce(
        (SELECT workspace_id::text FROM {ApiKey._meta.db_table}
         WHERE digest = $2 AND workspace_id = $1 AND revoked_at IS NULL
             AND (expires_at IS NULL OR expires_at > now())), ''), true),
    set_config('statement_timeout', '10s', true)"""

_PREPARE = f"""
PREPARE intake_bind (bigint) AS {_BIND};
PREPARE intake_bind_by_key (bigint, text) AS {_BIND_BY_KEY};
PREPARE intake_append (bigint, timestamptz, jsonb, timestamptz, timestamptz) AS {_APPEND};
PREPARE intake_append_with_receipts (bigint, timestamptz, jsonb, timestamptz, timestamptz) AS {_APPEND_WITH_RECEIPTS};
PREPARE intake_reject (bigint, timestamptz, json) AS {_REJECT}"""

BIND = "EXECUTE intake_bind(%(workspace_id)s)"
BIND_BY_KEY = "EXECUTE intake_bind_by_key(%(workspace_id)s, %(key)s)"
APPEND = "EXECUTE intake_append(%(workspace_id)s, %(received_at)s, %(messages)s, %(earliest)s, %(latest)s)"
APPEND_WITH_RECEIPTS = APPEND.replace("intake_append", "intake_append_with_receipts")
REJECT = "EXECUTE intake_reject(%(workspace_id)s, %(received_at)s, %(rejections)s)"

# Run twice, they store once.
STATEMENTS = Statements(_PREPARE)
