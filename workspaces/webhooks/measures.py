"""What workers count of webhooks for Prometheus. Labels are from a short list, never anything of a customer's."""

from prometheus_client import Histogram

ATTEMPTS = Histogram(
    "firstmile_webhook_attempt_seconds",
    "Attempts to deliver a message and how long they took, by outcome.",
    ["outcome"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0),
)
DELAY = Histogram(
    "firstmile_webhook_delay_seconds",
    "From the making of a message to the first attempt to deliver it.",
    buckets=(0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0),
)


def attempted(*, delivered: bool, seconds: float) -> None:
    ATTEMPTS.labels("delivered" if delivered else "failed").observe(seconds)


def began(*, seconds: float) -> None:
    """Count the first attempt at a message, so long after it was made."""
    DELAY.observe(max(seconds, 0.0))
