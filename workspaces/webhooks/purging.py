"""The log is kept for 30 days."""

from datetime import datetime

from workspaces.scope import scope
from workspaces.webhooks.models import KEPT, Delivery, Message

AT_ONCE = 5_000  # rows a transaction


def purge(workspace_id: int, *, now: datetime) -> int:
    """Remove messages of more than 30 days ago with their deliveries; returns how many messages."""
    removed = 0
    while True:
        with scope(workspace_id):
            old = Message.objects.filter(created_at__lt=now - KEPT).order_by("created_at")
            some = list(old.values_list("pk", flat=True)[:AT_ONCE])
            if not some:
                return removed
            Delivery.objects.filter(message_id__in=some).delete()
            Message.objects.filter(pk__in=some).delete()
            removed += len(some)
