"""What a person answered. Inside a scope."""

from typing import Any

from onboarding.feedback.models import Answer
from workspaces.privacy.subjects import Subject


def export(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    answers = Answer.objects.filter(sender__in=subject.senders).order_by("said_at", "pk")
    return {
        "answers": [
            {"when": one.said_at, "score": one.score, "comment": one.comment, "asked by": one.source} for one in answers
        ]
    }
