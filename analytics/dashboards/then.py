"""What was known of people at the moment that a list of them is as of."""

from django.db.models import Case, F, QuerySet, When

from analytics.metrics.as_of import AsOf
from onboarding.progress.models import Journey


def as_known(found: QuerySet[Journey], as_of: AsOf) -> QuerySet[Journey]:
    """With `value_then`, `finished_then` and `seen_then`: when these were, or None where it was later.

    Of when somebody was seen only the last time is kept, so whoever was seen again since has none.
    """
    return found.annotate(
        value_then=Case(When(first_value_at__lt=as_of.until, then=F("first_value_at"))),
        finished_then=Case(When(finished_at__lt=as_of.until, then=F("finished_at"))),
        seen_then=Case(When(person__last_seen_at__lt=as_of.until, then=F("person__last_seen_at"))),
    )
