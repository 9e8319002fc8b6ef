"""Forgetting what was told of a person: their messages go with all attempts to deliver them, sent or not.

This room is below the one of privacy and knows nothing of it; `mentions` is one of its Mentions. Inside a scope.
"""

from typing import Any

from django.db import connection

from workspaces.scope import current_workspace_id
from workspaces.webhooks.models import Delivery, Message

MENTIONING = "SELECT id, body FROM webhooks_message WHERE workspace_id = %s AND lower(body) LIKE ANY(%s)"
_ECHOED = "SELECT id, response FROM webhooks_delivery WHERE workspace_id = %s AND lower(response) LIKE ANY(%s)"


def stretches() -> list[Any]:
    return ["messages", "responses"]


def sweep(stretch: str, mentions: Any) -> dict[str, int]:
    with connection.cursor() as cursor:
        if stretch == "messages":
            cursor.execute(MENTIONING, [current_workspace_id(), mentions.wide_patterns])
            gone = [pk for pk, body in cursor if mentions.in_text(body)]
            Delivery.objects.filter(message_id__in=gone)._raw_delete("default")
            return {"webhook messages": Message.objects.filter(pk__in=gone)._raw_delete("default") or 0}
        cursor.execute(_ECHOED, [current_workspace_id(), mentions.patterns])
        echoed = [(pk, mentions.scrubbed_text(response)) for pk, response in cursor]
    for pk, response in echoed:
        Delivery.objects.filter(pk=pk).update(response=response)
    return {"answers of webhooks": len(echoed)}
