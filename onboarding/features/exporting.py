"""What a person was granted by hand. Inside a scope."""

from typing import Any

from onboarding.features.models import Grant
from workspaces.privacy.subjects import Subject


def export(subject: Subject) -> dict[str, list[dict[str, Any]]]:
    grants = Grant.objects.filter(sender__in=subject.senders).select_related("feature").order_by("pk")
    return {
        "features granted by hand": [
            {
                "feature": grant.feature.name,
                "when": grant.granted_at,
                "until": grant.until,
                "reason": grant.reason,
                "taken back": grant.revoked_at,
            }
            for grant in grants
        ]
    }
