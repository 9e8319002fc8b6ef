"""What OFREP counts for Prometheus."""

from prometheus_client import Histogram

SECONDS = Histogram(
    "firstmile_flags_request_seconds",
    "Requests for flags and how long their answers took, by status.",
    ["status"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0),
)
# Looked up once: finding a label's child costs as much as adding to it.
_seconds = {status: SECONDS.labels(str(status)) for status in (200, 304, 400, 401, 404, 429, 503)}


def answered(status: int, seconds: float) -> None:
    """Count an answer."""
    known = _seconds.get(status)
    (known or SECONDS.labels(str(status))).observe(seconds)
