"""Messages reach a real server, signed as its own library expects, whatever that server does meanwhile."""

import json
import threading
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from prometheus_client import REGISTRY
from standardwebhooks import WebhookVerificationError

from tests.workspaces.webhooks.receiver import drop, garbage, receiver, status, wait
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.webhooks import claims, delivering, endpoints
from workspaces.webhooks.models import Delivery, Endpoint, Message
from workspaces.webhooks.outbox import News, emit, emit_all, ping, send_again
from workspaces.webhooks.transport import Rules

pytestmark = pytest.mark.usefixtures("woken")
LOOPBACK = Rules(allow_private=True, allow_http=True, seconds=1.0)
DATA = {"feature": "reports", "userId": "dora", "text": "Grüße – 你好"}


def deliver(workspace) -> Delivery:
    """One turn; returns the newest delivery."""
    delivering.deliver(workspace.pk, LOOPBACK)
    with scope(workspace):
        return Delivery.objects.select_related("endpoint", "message").latest("pk")


def let_time_pass(workspace) -> None:
    """Until whatever waits is due."""
    with scope(workspace):
        Delivery.objects.update(next_attempt_at=timezone.now())
        Endpoint.objects.update(rests_until=None)


def test_a_receiver_verifies_what_it_gets_with_its_own_library(workspace, add_endpoint):
    with receiver() as there:
        _, secret = add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        delivery = deliver(workspace)
    (request,) = there.requests
    told = request.verified(secret)
    assert (told["type"], told["data"]) == ("feature.unlocked", DATA)
    assert request.body == delivery.message.body.encode()
    assert request.headers["content-type"] == "application/json"
    assert request.headers["host"] == f"127.0.0.1:{there.port}"
    assert (request.path, request.uid) == ("/hook", delivery.message.uid)
    assert (delivery.state, delivery.status, delivery.attempts) == ("delivered", 200, 1)
    with pytest.raises(WebhookVerificationError):
        request.verified(endpoints.written(b"x" * 32))


def test_after_failures_the_same_bytes_come_again_under_the_same_id(workspace, add_endpoint):
    with receiver(
        status(500, b"We are down"), drop, garbage, status(302, Location="http://127.0.0.1/"), status(204)
    ) as it:
        _, secret = add_endpoint(it.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        states = []
        for _ in range(5):
            states.append(deliver(workspace).state)
            let_time_pass(workspace)
        delivery = deliver(workspace)
    assert states == ["waiting"] * 4 + ["delivered"]
    assert len(it.requests) == 5
    assert len(set(it.ids())) == 1
    assert len({request.body for request in it.requests}) == 1
    for request in it.requests:
        request.verified(secret)
    errors = [tried["error"] for tried in delivery.tries]
    assert errors[0] == "It answered 500 Internal Server Error."
    assert errors[1] == "The connection was closed before an answer came."
    assert "not HTTP" in errors[2]
    assert "redirect, which is not followed" in errors[3]
    assert errors[4] == ""
    assert [tried["status"] for tried in delivery.tries] == [500, None, None, 302, 204]


def test_the_beginning_of_the_answer_is_kept(workspace, add_endpoint):
    with receiver(status(500, b"No \x00 disk\xff" + b"x" * 100_000)) as there:
        add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        delivery = deliver(workspace)
    assert delivery.response.startswith("No \ufffd disk\ufffdxxx")
    assert len(delivery.response) == 1024


def test_an_attempt_waits_for_the_pause_to_be_over(workspace, add_endpoint):
    with receiver(status(500)) as there:
        add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        delivery = deliver(workspace)
        deliver(workspace)
        assert len(there.requests) == 1
        pause = delivery.next_attempt_at - delivery.endpoint.failing_since
        assert timedelta(seconds=5) <= pause <= timedelta(seconds=6)
        assert not delivering.is_due(workspace.pk)
        with scope(workspace):
            Delivery.objects.update(next_attempt_at=timezone.now())
        assert not delivering.is_due(workspace.pk)  # the endpoint rests
        let_time_pass(workspace)
        assert delivering.is_due(workspace.pk)


def test_after_the_last_attempt_it_has_failed_and_the_endpoint_that_failed_for_days_is_disabled(
    workspace, add_endpoint
):
    with receiver(status(503)) as there:
        endpoint, _ = add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        emit(workspace.pk, "feature.unlocked", DATA, key="two")
        for _ in range(9):
            deliver(workspace)
            with scope(workspace):
                Delivery.objects.filter(message__key="two").update(next_attempt_at=timezone.now() + timedelta(days=9))
                Delivery.objects.filter(message__key="one").update(next_attempt_at=timezone.now())
                Endpoint.objects.update(rests_until=None)
                assert Endpoint.objects.get().disabled_at is None
                Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=2, hours=23))
        with scope(workspace):
            Endpoint.objects.update(failing_since=timezone.now() - timedelta(days=3))
        deliver(workspace)
    with scope(workspace):
        first, second = Delivery.objects.order_by("pk")
        assert (first.state, first.attempts, len(first.tries)) == ("failed", 10, 10)
        assert (second.state, second.error) == ("failed", "The webhook was disabled before this was delivered.")
        endpoint = Endpoint.objects.get()
        assert (endpoint.disabled_reason, endpoint.disabled_at is None) == ("failing", False)
        entry = Entry.objects.get(action="webhook.disabled")
        assert (entry.actor, entry.details) == ("Firstmile", {"reason": "failing", "given_up": 1})


def test_410_disables_the_endpoint_at_once(workspace, add_endpoint):
    with receiver(status(410)) as there:
        add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        delivery = deliver(workspace)
        emit(workspace.pk, "feature.unlocked", DATA, key="two")
        deliver(workspace)
    assert delivery.state == "failed"
    assert (delivery.endpoint.disabled_reason, len(there.requests)) == ("gone", 1)


def test_a_success_forgets_the_failures_before_it(workspace, add_endpoint):
    with receiver(status(500), status(200)) as there:
        add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        assert deliver(workspace).endpoint.failures == 1
        let_time_pass(workspace)
        endpoint = deliver(workspace).endpoint
        assert (endpoint.failures, endpoint.failing_since, endpoint.rests_until) == (0, None, None)


def test_a_server_that_does_not_answer_is_given_up_in_time(workspace, add_endpoint):
    with receiver(wait(5, status(200))) as there:
        add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        began = time.monotonic()
        delivery = deliver(workspace)
    assert time.monotonic() - began < 3
    assert (delivery.state, delivery.error) == ("waiting", "It did not answer within 1 seconds.")


def test_a_slow_endpoint_holds_up_none_but_itself(workspace, add_endpoint, monkeypatch):
    """The slow one answers only when the quick one has everything."""
    monkeypatch.setattr(delivering, "TURN", 60)
    told, under_way = threading.Event(), []

    def reluctant(handler):
        told.wait(30)
        status(200)(handler)

    def quick_answer(handler):
        if len(quick.requests) == 30:
            under_way.append(len(slow.requests))
            told.set()
        status(200)(handler)

    with receiver(reluctant) as slow, receiver(quick_answer) as quick:
        add_endpoint(slow.url)
        add_endpoint(quick.url)
        emit_all(workspace.pk, [News("feature.unlocked", DATA, f"key {n}") for n in range(30)])
        delivering.deliver(workspace.pk, Rules(allow_private=True, allow_http=True, seconds=30))
    assert under_way == [claims.AT_ONCE]
    with scope(workspace):
        assert Delivery.objects.filter(state="delivered").count() == 60
        assert {len(tries) for tries in Delivery.objects.values_list("tries", flat=True)} == {1}


def test_a_worker_that_is_killed_leaves_its_delivery_to_the_next(workspace, add_endpoint):
    with receiver() as there:
        add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        now = timezone.now()
        (taken,) = claims.claim(workspace.pk, now)  # and then the worker is gone
        assert claims.claim(workspace.pk, now) == []
        assert not delivering.is_due(workspace.pk)
        later = now + claims.LEASE + timedelta(seconds=1)
        (again,) = claims.claim(workspace.pk, later)
        assert (again.uid, again.body) == (taken.uid, taken.body)
        answer, at = delivering._attempt(again, LOOPBACK)
        assert not claims.settle(taken, answer, at=at, now=later)  # it was only taken for dead
        assert claims.settle(again, answer, at=at, now=later)
        assert not claims.settle(again, answer, at=at, now=later)
    with scope(workspace):
        assert Delivery.objects.get().attempts == 1


def test_both_secrets_sign_for_a_day_after_a_rotation(workspace, ana, add_endpoint):
    with receiver() as there:
        endpoint, old = add_endpoint(there.url)
        with scope(workspace):
            new = endpoints.rotate(endpoint, by=ana)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        deliver(workspace)
        with scope(workspace):
            Endpoint.objects.update(previous_until=timezone.now() - timedelta(seconds=1))
        emit(workspace.pk, "feature.unlocked", DATA, key="two")
        deliver(workspace)
    during, after = there.requests
    assert old != new
    assert during.verified(old) == during.verified(new)
    after.verified(new)
    with pytest.raises(WebhookVerificationError):
        after.verified(old)
    assert endpoint.previous_until - timezone.now() > timedelta(hours=23)


def test_secrets_are_sealed_and_stand_nowhere_in_the_audit_log(workspace, ana, add_endpoint):
    endpoint, secret = add_endpoint()
    with scope(workspace):
        new = endpoints.rotate(endpoint, by=ana)
        kept = json.dumps(list(Endpoint.objects.values("secret", "previous_secret")))
        noted = json.dumps(list(Entry.objects.values_list("target", "details")))
    for one in (secret, new):
        assert one.removeprefix("whsec_") not in kept + noted


def test_a_secret_that_cannot_be_opened_is_a_failure_that_says_so(workspace, add_endpoint, settings):
    with receiver() as there:
        add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        settings.SECRET_KEY = "another one altogether, of fifty characters or more"
        settings.SECRET_KEY_FALLBACKS = []
        delivery = deliver(workspace)
    assert "Rotate the secret" in delivery.error
    assert there.requests == []


def test_sending_again_repeats_the_message_under_its_id(workspace, add_endpoint):
    with receiver() as there:
        endpoint, _ = add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        delivery = deliver(workspace)
        with scope(workspace):
            assert send_again(Delivery.objects.filter(pk=delivery.pk), endpoint) == 1
        delivery = deliver(workspace)
    assert len(there.requests) == 2
    assert len(set(there.ids())) == 1
    assert (delivery.state, len(delivery.tries)) == ("delivered", 2)


def test_a_test_goes_to_the_endpoint_alone_whatever_it_listens_to(workspace, add_endpoint):
    with receiver() as there, receiver() as other:
        endpoint, secret = add_endpoint(there.url, topics=["feature.locked"])
        add_endpoint(other.url)
        with scope(workspace):
            ping(endpoint)
        deliver(workspace)
    assert there.requests[0].verified(secret)["type"] == "test.ping"
    assert other.requests == []


def test_an_endpoint_that_is_disabled_gets_nothing_and_what_was_under_way_is_written(workspace, ana, add_endpoint):
    with receiver() as there:
        endpoint, _ = add_endpoint(there.url)
        emit_all(workspace.pk, [News("feature.unlocked", DATA, f"key {n}") for n in range(claims.AT_ONCE + 1)])
        taken = claims.claim(workspace.pk, timezone.now())
        with scope(workspace):
            endpoints.disable(endpoint, by=ana)
        answer, at = delivering._attempt(taken[0], LOOPBACK)
        assert claims.settle(taken[0], answer, at=at, now=timezone.now())
        deliver(workspace)
        assert len(there.requests) == 1
    with scope(workspace):
        assert Delivery.objects.filter(state="delivered").count() == 1
        assert Delivery.objects.filter(state="failed").count() == 1


def test_one_workspace_never_delivers_anothers(workspace, other_workspace, add_endpoint):
    with receiver() as there:
        add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        delivering.deliver(other_workspace.pk, LOOPBACK)
        assert there.requests == []
        deliver(workspace)
        assert len(there.requests) == 1
    with scope(other_workspace):
        assert Message.objects.count() == 0


def test_attempts_are_counted_for_prometheus(workspace, add_endpoint):
    def counted(name: str, **labels: str) -> float:
        return REGISTRY.get_sample_value(f"firstmile_webhook_{name}_seconds_count", labels) or 0

    before = counted("attempt", outcome="failed"), counted("attempt", outcome="delivered"), counted("delay")
    with receiver(status(500), status(500), status(200)) as there:
        add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        for _ in range(3):
            deliver(workspace)
            let_time_pass(workspace)
    after = counted("attempt", outcome="failed"), counted("attempt", outcome="delivered"), counted("delay")
    assert tuple(b - a for a, b in zip(before, after, strict=True)) == (2, 1, 1)
