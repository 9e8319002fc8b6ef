"""What intake counts of requests, once each."""

import pytest
from prometheus_client import REGISTRY


@pytest.fixture
def counted():
    """What has been added to samples since the test began, by name and label; those that stayed are left out."""
    before = _samples()

    def since() -> dict[tuple[str, str], float]:
        return {key: n - before.get(key, 0) for key, n in _samples().items() if n != before.get(key, 0)}

    return since


def _samples() -> dict[tuple[str, str], float]:
    return {
        (sample.name.removeprefix("firstmile_intake_"), next(iter(sample.labels.values()))): sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name.startswith("firstmile_intake_") and sample.name.endswith(("_total", "_seconds_count"))
    }


def test_accepted_duplicate_and_rejected_events_are_counted(send, event, counted):
    good = event()
    send("batch", {"batch": [good, good, event(), event(userId=None), event(type="guess")]})
    assert counted() == {
        ("events_total", "accepted"): 2,
        ("events_total", "duplicate"): 1,
        ("events_total", "rejected"): 2,
        ("rejected_total", "missing_identity"): 1,
        ("rejected_total", "unknown_type"): 1,
        ("request_seconds_count", "200"): 1,
    }


def test_a_single_call_that_is_refused_is_counted_once(send, event, counted):
    assert send("track", event(userId=None)).status_code == 400
    assert counted() == {
        ("events_total", "rejected"): 1,
        ("rejected_total", "missing_identity"): 1,
        ("request_seconds_count", "400"): 1,
    }


def test_a_request_without_a_key_is_counted_as_a_request(send, event, counted):
    assert send("track", event(), key="wrong").status_code == 401
    assert counted() == {("rejected_total", "bad_key"): 1, ("request_seconds_count", "401"): 1}


def test_preflights_are_not_counted(client, counted):
    client.options("/v1/track")
    assert counted() == {}
