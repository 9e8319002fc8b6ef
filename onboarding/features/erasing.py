"""Forgetting what a person was granted by hand. What accounts were granted is theirs. Inside a scope."""

from workspaces.privacy.rows import erase_senders
from workspaces.privacy.subjects import Subject


def erase(subject: Subject) -> dict[str, int]:
    return {"features granted by hand": erase_senders("features_grant", subject)}
