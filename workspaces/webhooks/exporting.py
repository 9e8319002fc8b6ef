"""What programs were told of a person. `subject` is a Subject of the room of privacy, above. Inside a scope."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection

from workspaces.scope import current_workspace_id
from workspaces.webhooks.erasing import MENTIONING


def export(subject: Any) -> dict[str, Iterator[dict[str, Any]]]:
    return {"what programs were told": _messages(subject.mentions)}


def _messages(mentions: Any) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(MENTIONING, [current_workspace_id(), mentions.wide_patterns])
        for _, body in cursor.fetchall():
            if mentions.in_text(body):
                yield json.loads(body)
