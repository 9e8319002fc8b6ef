"""What the audit log says of somebody who is erased: that something was done stays, to whom goes. Inside a scope."""

import json
from typing import Any

from django.db import connection

from workspaces.privacy.mentions import Mentions
from workspaces.scope import current_workspace_id

SOMEBODY = "a person who was erased"

_MENTIONING = """
SELECT id, target, details::text FROM audit_entry
WHERE workspace_id = %s AND lower(concat_ws(' ', target, details)) LIKE ANY(%s)"""


def stretches() -> list[Any]:
    return ["audit"]


def sweep(stretch: str, mentions: Mentions) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_MENTIONING, [current_workspace_id(), mentions.patterns_with_names])
        found = cursor.fetchall()
        changed = 0
        for pk, target, details in found:
            named = target.casefold() in mentions.terms | mentions.names
            without = SOMEBODY if named else mentions.scrubbed_text(target)
            said, touched = mentions.scrubbed(json.loads(details), called=True)
            if touched or without != target:
                cursor.execute(
                    "SELECT privacy_redact_entry(%s, %s, %s, %s)",
                    [current_workspace_id(), pk, without, json.dumps(said, ensure_ascii=False)],
                )
                changed += 1
    return {"entries of the audit log": changed}
