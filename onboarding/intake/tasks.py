import logging

from celery import shared_task
from django.utils import timezone

from onboarding.intake import partitions

log = logging.getLogger(__name__)


@shared_task(name="intake.make_partitions")
def make_partitions() -> None:
    """Make the log's months before they begin, so that no request has to."""
    for month in partitions.make_ahead(timezone.now()):
        log.info("The log's month %s was made ahead", f"{month:%Y-%m}")
