"""What is emitted is stored once, in the caller's transaction, for whoever listens."""

import json
import threading

import pytest
from django.db import connection

from workspaces.scope import scope
from workspaces.webhooks import endpoints
from workspaces.webhooks.models import Delivery, Endpoint, Message
from workspaces.webhooks.outbox import News, emit, emit_all

DATA = {"feature": "reports", "userId": "dora"}


def emitted(workspace) -> list[tuple[str, str]]:
    """(key, url) of everything that is to be delivered."""
    with scope(workspace):
        return sorted(Delivery.objects.values_list("message__key", "endpoint__url"))


def test_a_message_is_stored_for_each_endpoint_that_listens(workspace, add_endpoint, woken):
    add_endpoint("https://all.example.com/")
    add_endpoint("https://unlocked.example.com/", topics=["feature.unlocked"])
    add_endpoint("https://locked.example.com/", topics=["feature.locked"])
    emit(workspace.pk, "feature.unlocked", DATA, key="one")
    assert emitted(workspace) == [("one", "https://all.example.com/"), ("one", "https://unlocked.example.com/")]
    assert woken == [("webhooks.deliver", workspace.pk)]


def test_the_body_says_type_timestamp_and_data_and_nothing_else(workspace, add_endpoint, woken):
    add_endpoint()
    emit(workspace.pk, "feature.unlocked", DATA, key="one")
    with scope(workspace):
        message = Message.objects.get()
    body = json.loads(message.body)
    assert list(body) == ["type", "timestamp", "data"]
    assert (body["type"], body["data"]) == ("feature.unlocked", DATA)
    assert body["timestamp"].endswith("Z")
    assert message.uid.startswith("msg_")


def test_emitting_the_same_key_again_tells_nothing_anew(workspace, add_endpoint, woken):
    add_endpoint()
    emit(workspace.pk, "feature.unlocked", DATA, key="one")
    with scope(workspace):
        before = Message.objects.get()
    emit(workspace.pk, "feature.unlocked", {"feature": "other"}, key="one")
    emit_all(workspace.pk, [News("feature.unlocked", DATA, "one"), News("feature.unlocked", DATA, "two")])
    emit_all(workspace.pk, [News("feature.unlocked", DATA, "three"), News("feature.unlocked", DATA, "three")])
    with scope(workspace):
        assert Message.objects.get(key="one").body == before.body
    assert [key for key, _ in emitted(workspace)] == ["one", "three", "two"]


def test_keys_of_one_workspace_are_nothing_to_another(workspace, other_workspace, add_endpoint, cyd, woken):
    add_endpoint()
    with scope(other_workspace):
        endpoints.add(url="https://globex.example.com/", by=cyd)
    emit(workspace.pk, "feature.unlocked", DATA, key="one")
    emit(other_workspace.pk, "feature.unlocked", DATA, key="one")
    assert emitted(workspace) == [("one", "https://hooks.example.com/firstmile")]
    assert emitted(other_workspace) == [("one", "https://globex.example.com/")]


def test_where_nobody_listens_nothing_is_stored(workspace, ana, add_endpoint, woken):
    endpoint, _ = add_endpoint()
    with scope(workspace):
        endpoints.disable(endpoint, by=ana)
    emit(workspace.pk, "feature.unlocked", DATA, key="one")
    with scope(workspace):
        assert Message.objects.count() == 0
    assert woken == []


def test_what_is_rolled_back_is_told_to_nobody(workspace, add_endpoint, woken):
    add_endpoint()
    with pytest.raises(ZeroDivisionError), scope(workspace):
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        raise ZeroDivisionError
    assert emitted(workspace) == []
    assert woken == []


@pytest.mark.parametrize(
    "topic, data, key, error",
    [
        ("feature.opened", DATA, "one", LookupError),
        ("feature.unlocked", {"text": "x" * 20_000}, "one", ValueError),
        ("feature.unlocked", DATA, "", ValueError),
        ("feature.unlocked", DATA, "k" * 201, ValueError),
    ],
)
def test_what_could_not_be_told_is_refused_even_where_nobody_listens(topic, data, key, error, workspace, woken):
    with pytest.raises(error):
        emit(workspace.pk, topic, data, key=key)


def test_a_body_just_below_the_limit_is_told(workspace, add_endpoint, woken):
    add_endpoint()
    with scope(workspace):
        emit(workspace.pk, "feature.unlocked", {"text": ""}, key="empty")
        least = len(Message.objects.get().body)
        emit(workspace.pk, "feature.unlocked", {"text": "x" * (19_999 - least)}, key="full")
        assert len(Message.objects.get(key="full").body) == 19_999
        with pytest.raises(ValueError, match="20 KB"):
            emit(workspace.pk, "feature.unlocked", {"text": "x" * (20_000 - least)}, key="over")


def test_a_webhook_is_removed_only_after_what_is_being_told_to_it(workspace, ana, add_endpoint, woken):
    """Neither the transaction that emits nor the removal fails for the other."""
    endpoint, _ = add_endpoint()
    emitted, removed = threading.Event(), threading.Event()

    def remove() -> None:
        emitted.wait(10)
        with scope(workspace):
            endpoints.remove(endpoint, by=ana)
        removed.set()
        connection.close()

    other = threading.Thread(target=remove)
    other.start()
    with scope(workspace):
        emit(workspace.pk, "feature.unlocked", DATA, key="one")
        emitted.set()
        assert not removed.wait(0.5)
    other.join(10)
    assert removed.is_set()
    with scope(workspace):
        assert (Endpoint.objects.count(), Delivery.objects.count(), Message.objects.count()) == (0, 0, 1)
