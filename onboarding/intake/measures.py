"""What intake counts for Prometheus: a few additions in shared memory per request, some microseconds in all.

With PROMETHEUS_MULTIPROC_DIR set before the start, every process counts in a file of its own there, and whichever is
asked adds them up (config/metrics.py). Labels are codes from short lists only, never anything that a sender chose.
"""

from prometheus_client import Counter, Histogram

from onboarding.intake.reasons import Reason
from onboarding.intake.taking import Taken

EVENTS = Counter("firstmile_intake_events", "Events that were sent, by what became of them.", ["outcome"])
REJECTED = Counter("firstmile_intake_rejected", "Events and whole requests that were not taken, by reason.", ["reason"])
SECONDS = Histogram(
    "firstmile_intake_request_seconds",
    "Requests to intake and how long their answers took, by status.",
    ["status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0),
)

# Looked up once: finding a label's child costs as much as adding to it.
_accepted, _duplicate, _rejected, _erased = (
    EVENTS.labels(outcome) for outcome in ("accepted", "duplicate", "rejected", "erased")
)
_reasons = {reason: REJECTED.labels(reason.value) for reason in Reason}
_seconds = {status: SECONDS.labels(str(status)) for status in (200, 400, 401, 413, 429, 503)}


def count(taken: Taken) -> None:
    """Count the events of one request."""
    if taken.stored:
        _accepted.inc(taken.stored)
    if taken.duplicates:
        _duplicate.inc(taken.duplicates)
    if taken.erased:
        _erased.inc(taken.erased)
    if taken.dropped:
        _rejected.inc(len(taken.dropped))
        for dropped in taken.dropped:
            _reasons[dropped.drop.reason].inc()


def rejected(reason: Reason) -> None:
    """Count a request of which nothing was taken."""
    _reasons[reason].inc()


def answered(status: int, seconds: float) -> None:
    """Count an answer."""
    known = _seconds.get(status)
    (known or SECONDS.labels(str(status))).observe(seconds)
