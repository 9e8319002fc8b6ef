"""Forgetting what a person answered. Inside a scope."""

from onboarding.feedback.models import Answer
from workspaces.privacy.rows import remove
from workspaces.privacy.subjects import Subject


def erase(subject: Subject) -> dict[str, int]:
    return {"answers": remove(Answer.objects.filter(sender__in=subject.senders))}
