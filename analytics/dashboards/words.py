"""Numbers as words, for pictures and for the sentences that templates write."""

from datetime import timedelta

from workspaces.tenants.templatetags.ui import duration


def duration_words(seconds: float) -> str:
    """ "7 days", "3.2 hours", "40 seconds"."""
    return "a moment" if seconds < 1 else duration(timedelta(seconds=seconds))
