"""How many of the completions that a page tells rest on a member's word."""

from analytics.dashboards.asked import Asked
from onboarding.progress.models import Completion


def completions_by_hand(asked: Asked) -> int:
    """Of those who began in the asked days. Inside a scope."""
    return Completion.objects.filter(
        ruling__isnull=False,
        completed_at__lt=asked.as_of.until,
        journey__began_version__in=[version.version_id for version in asked.subject.versions],
        journey__cohort_on__gte=asked.begun.first,
        journey__cohort_on__lte=asked.begun.last,
    ).count()
