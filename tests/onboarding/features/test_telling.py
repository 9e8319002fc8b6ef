"""What is told by webhooks of what completions give and take."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from analytics.cubes.rebuild import rebuild
from milestones.ladders.models import Ladder
from onboarding.features import granting, telling
from onboarding.features.models import Feature
from onboarding.people.models import Person
from onboarding.progress import rule
from onboarding.progress.models import Unlock, UnlockChange
from tests.onboarding.features.conftest import LADDER
from tests.onboarding.progress.scenes import event, publish, take
from tests.processes import celery_worker, wait_until
from workspaces.scope import scope
from workspaces.webhooks import endpoints
from workspaces.webhooks.models import Message
from workspaces.webhooks.topics import TOPICS


@pytest.fixture
def listening(workspace, ana):
    with scope(workspace):
        topics = [telling.UNLOCKED, telling.LOCKED]
        endpoints.add(url="https://hooks.example.com/firstmile", topics=topics, by=ana)


@pytest.fixture
def told(workspace, listening):
    """What has been told since it was asked last: (topic, userId, feature, value)."""
    seen = set()

    def read() -> list[tuple]:
        telling.tell(workspace.pk)
        with scope(workspace):
            new = [message for message in Message.objects.order_by("id") if message.pk not in seen]
            assert not UnlockChange.objects.exists()
        seen.update(message.pk for message in new)
        bodies = [json.loads(message.body) for message in new]
        return [(b["type"], b["data"]["userId"], b["data"]["feature"], b["data"]["value"]) for b in bodies]

    return read


def the_step(workspace, user="gil"):
    with scope(workspace):
        return Person.objects.get(senders__key=f"u:{user}").pk, Ladder.objects.get()


def test_what_a_completion_unlocks_is_told_once(climb, told):
    climb("gil", "Connected")
    assert told() == [("feature.unlocked", "gil", "dashboards", True)]
    assert told() == []


def test_it_says_whose_it_is_and_where_it_comes_from_as_the_topics_example_does(workspace, climb, told, clock):
    take(workspace, event("", clock, "gil", type="group", group_id="acme", message_id="g"))
    climb("gil", "Connected")
    told()
    with scope(workspace):
        data = json.loads(Message.objects.get().body)["data"]
    assert data == {
        "feature": "dashboards",
        "userId": "gil",
        "accountIds": ["acme"],
        "reach": "person",
        "value": True,
        "ladder": "start",
        "step": "connect",
        "unlockedAt": (clock + timedelta(minutes=1)).isoformat(),
    }
    assert data.keys() == TOPICS["feature.unlocked"].example.keys()


def test_a_revoked_completion_is_told_and_so_is_one_that_came_back(workspace, climb, told, ana):
    climb("gil", "Connected")
    told()
    person, ladder = the_step(workspace)
    with scope(workspace):
        ruling = rule.revoke(person, ladder, "connect", by=ana, reason="A test account.").ruling
    assert told() == [("feature.locked", "gil", "dashboards", False)]
    with scope(workspace):
        data = json.loads(Message.objects.order_by("id").last().body)["data"]
        assert data.keys() == TOPICS["feature.locked"].example.keys()
        rule.withdraw(ruling.pk, by=ana)
    assert told() == [("feature.unlocked", "gil", "dashboards", True)]


def test_what_went_and_came_back_before_anybody_was_told_is_no_news(workspace, climb, told, ana):
    climb("gil", "Connected")
    told()
    person, ladder = the_step(workspace)
    with scope(workspace):
        ruling = rule.revoke(person, ladder, "connect", by=ana, reason="A test account.").ruling
    with scope(workspace):
        rule.withdraw(ruling.pk, by=ana)
        assert UnlockChange.objects.count() == 2
    assert told() == []


def test_a_feature_that_comes_by_a_second_step_is_no_news_nor_is_it_while_one_is_left(workspace, climb, told, ana):
    two = LADDER.replace("unlock: bulk-edit", "unlock: dashboards")
    publish(workspace, two, at=timezone.now() - timedelta(hours=3), moves=True)
    climb("gil", "Connected")
    assert told() == [("feature.unlocked", "gil", "dashboards", True)]
    take(workspace, event("Invited", timezone.now()))
    assert told() == []
    person, ladder = the_step(workspace)
    with scope(workspace):
        rule.revoke(person, ladder, "connect", by=ana, reason="A test account.")
    assert told() == []
    with scope(workspace):
        rule.revoke(person, ladder, "invite", by=ana, reason="A test account.")
    assert told() == [("feature.locked", "gil", "dashboards", False)]


def test_late_evidence_that_only_changes_the_time_is_no_news(workspace, climb, told):
    climb("gil", "Invited", "Connected")
    told()
    climb("gil", "Connected")
    with scope(workspace):
        assert not UnlockChange.objects.exists()
    assert told() == []


def test_while_a_grant_keeps_it_on_the_value_says_so(workspace, climb, told, ana):
    climb("gil", "Connected")
    told()
    person, ladder = the_step(workspace)
    with scope(workspace):
        gil = Person.objects.get(pk=person)
        granting.grant(Feature.objects.get(key="dashboards"), gil, by=ana, reason="A pilot.")
        rule.revoke(person, ladder, "connect", by=ana, reason="A test account.")
    assert told() == [("feature.locked", "gil", "dashboards", True)]


def test_of_persons_who_turn_out_to_be_one_only_what_is_new_to_the_one_is_told(workspace, climb, told, clock):
    climb("gil", "Connected")
    climb("gil-2", "Connected", "Invited")
    told()
    take(workspace, event("", clock + timedelta(hours=1), "gil", type="alias", message_id="a", previous_id="gil-2"))
    assert told() == [("feature.unlocked", "gil", "bulk-edit", True)]


def test_a_rebuild_that_finds_no_difference_tells_nothing(workspace, climb, told):
    climb("gil", "Connected")
    told()
    rebuild(workspace.pk)
    assert told() == []


def test_a_rebuild_that_finds_one_tells_it(workspace, climb, told):
    climb("gil", "Connected")
    told()
    with scope(workspace):
        Unlock.objects.all()._raw_delete("default")
    assert told() == [("feature.locked", "gil", "dashboards", False)]
    rebuild(workspace.pk)
    assert told() == [("feature.unlocked", "gil", "dashboards", True)]


def test_archived_features_are_not_told_of(workspace, climb, told):
    with scope(workspace):
        Feature.objects.get(key="dashboards").archive()
    climb("gil", "Connected", "Invited")
    assert told() == [("feature.unlocked", "gil", "bulk-edit", True)]


def test_more_people_than_are_told_of_at_once_are_all_told_of(workspace, ladder, told, clock, monkeypatch):
    monkeypatch.setattr(telling, "PEOPLE_AT_ONCE", 2)
    users = [f"user-{n}" for n in range(7)]
    take(workspace, *(event(name, clock, user) for user in users for name in ("Signed Up", "Connected", "Invited")))
    assert len(told()) == 14


def test_whoever_listens_to_nothing_leaves_nothing_waiting(workspace, climb):
    climb("gil", "Connected")
    assert telling.waits(workspace.pk)
    assert telling.tell(workspace.pk) == 1
    assert not telling.waits(workspace.pk)
    with scope(workspace):
        assert not Message.objects.exists()


def test_what_fails_on_the_way_is_told_later(workspace, climb, told, monkeypatch):
    climb("gil", "Connected")
    with monkeypatch.context() as patch:
        patch.setattr(telling.outbox, "emit_all", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            telling.tell(workspace.pk)
    assert told() == [("feature.unlocked", "gil", "dashboards", True)]


def test_another_workspaces_changes_are_not_told_here(workspace, other_workspace, climb, told, clock):
    publish(other_workspace, LADDER, at=clock - timedelta(days=30))
    take(other_workspace, event("Signed Up", clock), event("Connected", clock))
    assert told() == []
    assert telling.waits(other_workspace.pk)


def test_it_is_told_by_itself(workspace, ladder, listening, client, write_key):
    """By events over HTTP, a worker, and nothing else."""
    now = timezone.now().isoformat()
    batch = [{"type": "track", "userId": "gil", "event": name, "timestamp": now} for name in ("Signed Up", "Connected")]

    def messages() -> int:
        with scope(workspace):
            return Message.objects.count()

    with celery_worker():
        headers = {"Authorization": f"Bearer {write_key}"}
        sent = client.post("/v1/batch", {"batch": batch}, content_type="application/json", headers=headers)
        assert sent.status_code == 200
        wait_until(lambda: messages() == 1, seconds=30, what="nothing was told")
