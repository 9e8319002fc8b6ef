"""Rate limits: a workspace's own, over all processes, and open when Redis is away."""

import logging

import pytest
import redis

from onboarding.intake import rate
from onboarding.intake.reasons import Drop, Reason


@pytest.fixture(autouse=True)
def _nothing_taken_ahead():
    rate.forget()
    yield
    rate.forget()


def limit(workspace, events_per_second):
    workspace.events_per_second = events_per_second
    workspace.save()


def refused(workspace, events):
    try:
        rate.admit(workspace.pk, events)
    except Drop as drop:
        return drop.retry_after if drop.reason == Reason.RATE_LIMITED else drop
    return None


def test_a_burst_is_let_in_and_what_comes_after_it_is_told_when_to_come_back(workspace):
    limit(workspace, 1)
    for _ in range(10):
        assert refused(workspace, 1) is None
    # A batch takes what it needs, and who comes after it waits the longer.
    limit(workspace, 10)
    rate.forget()
    assert refused(workspace, 5_000) is None
    assert refused(workspace, 1) in range(400, 502)


def test_a_batch_larger_than_the_burst_is_not_refused_for_ever(workspace):
    limit(workspace, 1)
    assert refused(workspace, 2_500) is None


def test_other_workspaces_have_buckets_of_their_own(workspace, other_workspace):
    limit(workspace, 1)
    limit(other_workspace, 1)
    rate.admit(workspace.pk, 100)
    assert refused(workspace, 1)
    assert refused(other_workspace, 1) is None


def test_processes_share_one_bucket(workspace):
    limit(workspace, 5)
    let_in = 0
    for _ in range(4):
        rate.forget()  # as another process, which has taken nothing ahead
        let_in += refused(workspace, 1_000) is None
    assert let_in == 1


def test_a_process_asks_once_for_many(workspace, monkeypatch):
    limit(workspace, 1_000)
    asked = []
    take = rate._take
    monkeypatch.setattr(rate, "_take", lambda *arguments, **more: asked.append(1) or take(*arguments, **more))
    for _ in range(90):
        rate.admit(workspace.pk, 1)
    assert len(asked) <= 5


def test_what_is_taken_ahead_is_no_gift(workspace):
    limit(workspace, 10_000)
    rate.admit(workspace.pk, 1)  # takes a thousand ahead
    with rate._lock:
        ahead = rate._leases[rate.EVENTS.name, workspace.pk].tokens
    assert ahead == 1_000
    rate.admit(workspace.pk, 10_000_000)
    assert refused(workspace, ahead + 1) in range(900, 1_001)


@pytest.mark.parametrize("own, everybodys", [(0, 1), (None, 0)])
def test_no_limit_is_no_limit(own, everybodys, workspace, settings):
    settings.INTAKE_EVENTS_PER_SECOND = everybodys
    limit(workspace, own)
    for _ in range(50):
        rate.admit(workspace.pk, 2_500)


def test_without_a_limit_of_its_own_everybodys_holds(workspace, settings):
    settings.INTAKE_EVENTS_PER_SECOND = 1
    rate.admit(workspace.pk, 100)
    assert refused(workspace, 1)


def test_without_redis_everybody_is_let_in_and_the_log_says_so(workspace, monkeypatch, caplog):
    limit(workspace, 1)
    nowhere = redis.Redis.from_url("unix:///nowhere/redis.sock").register_script(rate.TAKE)
    tried = []
    monkeypatch.setattr(rate, "_script", lambda: tried.append(1) or nowhere)
    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            rate.admit(workspace.pk, 10)
    assert "Rate limits are not applied" in caplog.text
    assert len(tried) == 1  # requests don't each wait


def test_over_http_it_is_429_with_whole_seconds_and_nothing_is_lost(send, event, workspace, logged):
    limit(workspace, 1)
    batch = {"batch": [event(messageId=f"{n:02}") for n in range(11)]}
    assert send("batch", batch).status_code == 200
    response = send("track", event(messageId="late"))
    assert response.status_code == 429
    assert response["Retry-After"].isdecimal()
    assert int(response["Retry-After"]) >= 1
    assert response.json()["code"] == "rate_limited"
    assert len(logged(workspace)) == 11
    limit(workspace, 0)
    rate.forget()
    assert send("track", event(messageId="late")).status_code == 200
    assert len(logged(workspace)) == 12
