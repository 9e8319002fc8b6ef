"""Erasing people who have not been seen for as long as the workspace says, some a day."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.module_loading import import_string

from workspaces.privacy import asking
from workspaces.privacy.models import Erasure, Keeping
from workspaces.scope import scope

AT_ONCE = 20  # each is a look through all texts
DAYS_OF_A_MONTH = 31  # rather a day too long than one too short


def ask_for_the_inactive(workspace_id: int, *, now: datetime) -> int:
    """Ask that some people who are not seen any more be erased; not while others wait. Returns how many."""
    with scope(workspace_id):
        months = Keeping.here().inactive_months
        if months is None or Erasure.objects.filter(finished_at=None).exists():
            return 0
        before = now - timedelta(days=DAYS_OF_A_MONTH * months)
        keys = import_string(settings.PERSON_FINDER + ".not_seen_since")(before, AT_ONCE)
        for key in keys:
            asking.ask(key, by=None, actor="retention")
        return len(keys)
