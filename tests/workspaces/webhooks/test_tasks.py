"""What webhooks do by themselves: the sweep, the purge, and a real worker that is killed in the middle."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.processes import celery_worker, wait_until
from tests.workspaces.webhooks.receiver import receiver, status, wait
from workspaces.scope import scope, wakes
from workspaces.tenants.access import Level
from workspaces.webhooks import delivering, endpoints, mail, purging, tasks
from workspaces.webhooks.models import Delivery, Endpoint, Message
from workspaces.webhooks.outbox import News, emit, emit_all


@pytest.mark.every_workspace
def test_the_sweep_finds_what_is_due_and_nothing_else(workspace, other_workspace, add_endpoint, monkeypatch):
    add_endpoint()
    emit(workspace.pk, "feature.unlocked", {}, key="one")
    called = []
    monkeypatch.setattr(tasks, "call", lambda task, workspace_id: called.append((task, workspace_id)))
    tasks.sweep()
    assert ("webhooks.deliver", workspace.pk) in called
    assert ("webhooks.deliver", other_workspace.pk) not in called
    with scope(workspace):
        Delivery.objects.update(next_attempt_at=timezone.now() + timedelta(minutes=1))
    called.clear()
    tasks.sweep()
    assert ("webhooks.deliver", workspace.pk) not in called


def test_the_log_is_kept_for_30_days(workspace, other_workspace, add_endpoint, woken, monkeypatch):
    monkeypatch.setattr(purging, "AT_ONCE", 2)
    add_endpoint()
    emit_all(workspace.pk, [News("feature.unlocked", {}, f"old {n}") for n in range(5)])
    emit(workspace.pk, "feature.unlocked", {}, key="young")
    now = timezone.now()
    assert purging.purge(workspace.pk, now=now + timedelta(days=29, hours=23)) == 0
    with connection.cursor() as cursor, scope(workspace), pytest.raises(Exception, match="permission denied"):
        cursor.execute("UPDATE webhooks_message SET body = ''")
    with scope(workspace):
        young = Message.objects.get(key="young").created_at
        assert Message.objects.filter(created_at__lt=young).count() == 5
    assert purging.purge(workspace.pk, now=young + timedelta(days=30)) == 5
    with scope(workspace):
        assert list(Message.objects.values_list("key", flat=True)) == ["young"]
        assert Delivery.objects.count() == 1
    assert purging.purge(other_workspace.pk, now=now + timedelta(days=60)) == 0
    assert purging.purge(workspace.pk, now=now + timedelta(days=60)) == 1


def test_while_as_many_deliver_as_may_nobody_else_begins(workspace, add_endpoint, woken, settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiver() as there:
        add_endpoint(there.url)
        emit(workspace.pk, "feature.unlocked", {}, key="one")
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s, 0)", [delivering._LOCK])
                assert delivering.deliver(workspace.pk)  # something is left
                assert there.requests == []
                cursor.execute("SELECT pg_advisory_unlock(%s, 0)", [delivering._LOCK])
        finally:
            other.close()
        assert not delivering.deliver(workspace.pk)
        assert len(there.requests) == 1


@pytest.mark.every_workspace
def test_a_worker_that_is_killed_while_it_sends_loses_nothing(workspace, add_endpoint, monkeypatch):
    """A message is sent by a real worker, which is killed while the receiver thinks; the next one sends it again."""
    monkeypatch.setenv("FIRSTMILE_WEBHOOK_ALLOW_PRIVATE", "1")
    monkeypatch.setattr(wakes, "_silent_until", 0.0)
    with receiver(wait(30, status(200)), status(200)) as there:
        _, secret = add_endpoint(there.url)
        with celery_worker() as worker:
            emit(workspace.pk, "feature.unlocked", {"feature": "reports"}, key="one")
            wait_until(lambda: len(there.requests) == 1, seconds=30, what="nothing came")
            worker.kill()
            worker.wait()
        with scope(workspace):
            delivery = Delivery.objects.get()
            assert (delivery.state, delivery.claimed_until is None, delivery.tries) == ("waiting", False, [])
            Delivery.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))  # the lease is over
        with celery_worker():
            tasks.sweep()
            wait_until(lambda: state(workspace) == "delivered", seconds=30, what="it was not delivered")
    first, second = there.requests
    assert first.verified(secret) == second.verified(secret)
    assert (first.uid, first.body) == (second.uid, second.body)
    with scope(workspace):
        assert Endpoint.objects.get().failures == 0


@pytest.mark.every_workspace
def test_owners_are_told_once_of_a_webhook_that_disabled_itself(
    workspace, ana, ben, make_member, add_endpoint, woken, mailoutbox, settings
):
    settings.BASE_URL = "https://app.example.com"
    make_member(workspace, "eve", Level.ADMIN)
    endpoint, _ = add_endpoint(description="CRM & more")
    own, _ = add_endpoint("https://own.example.com/")
    emit(workspace.pk, "feature.unlocked", {}, key="one")
    with scope(workspace):
        endpoints.disable(endpoint, by=None, reason=Endpoint.Disabled.FAILING)
        endpoints.disable(own, by=ana)
    assert ("webhooks.tell_owners", workspace.pk) in woken
    assert tasks.tell_all_owners() is None
    assert mail.tell_owners(workspace.pk) == 0
    others = [letter for letter in mailoutbox if workspace.slug not in letter.body]  # of other tests' workspaces
    (letter,) = [letter for letter in mailoutbox if letter not in others]
    assert letter.to == [ana.user.email]
    assert letter.subject == "A webhook of Acme was disabled"
    assert "nothing could be delivered to it for three days" in letter.body
    assert "https://hooks.example.com/firstmile (CRM & more)" in letter.body
    assert "1 delivery of the last 30 days failed" in letter.body
    assert f"https://app.example.com/w/{workspace.slug}/settings/webhooks/{endpoint.pk}/" in letter.body
    with scope(workspace):
        endpoints.enable(Endpoint.objects.get(pk=endpoint.pk), by=ana)
        endpoints.disable(Endpoint.objects.get(pk=endpoint.pk), by=None, reason=Endpoint.Disabled.GONE)
    assert mail.tell_owners(workspace.pk) == 1
    assert "it answered 410 Gone" in mailoutbox[-1].body


@pytest.mark.every_workspace
def test_owners_are_told_later_when_the_mail_server_is_away(workspace, ana, add_endpoint, woken, monkeypatch):
    endpoint, _ = add_endpoint()
    with scope(workspace):
        endpoints.disable(endpoint, by=None, reason=Endpoint.Disabled.GONE)

    def away(*_, **__):
        raise ConnectionRefusedError

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr("django.core.mail.EmailMultiAlternatives.send", away)
        tasks.tell_all_owners()
    assert mail.tell_owners(workspace.pk) == 1


def state(workspace) -> str:
    with scope(workspace):
        return Delivery.objects.get().state
