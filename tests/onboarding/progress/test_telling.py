"""How far people have come is told by webhooks, once, as it happens; and no history is a flood, however it comes in."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from analytics.cubes.rebuild import rebuild
from milestones.ladders.models import Ladder
from onboarding.people.models import Person
from onboarding.progress import engine, rule, telling
from onboarding.progress.models import Completion, Journey, Unlock
from tests.onboarding.progress.scenes import LADDER, event, publish, take
from workspaces.scope import scope
from workspaces.webhooks import endpoints
from workspaces.webhooks.models import KEPT, Delivery, Message
from workspaces.webhooks.topics import TOPICS

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now() - MINUTE


@pytest.fixture
def ladder(workspace, now):
    return publish(workspace, at=now - 30 * DAY).ladder


@pytest.fixture
def listening(workspace, ladder, ana):
    with scope(workspace):
        return endpoints.add(url="https://hooks.example.com/firstmile", by=ana, topics=[*telling.TOPICS])[0]


@pytest.fixture
def told(workspace):
    """What was told since it was asked last: bodies, in the order in which they were stored."""
    seen = set()

    def read() -> list[dict]:
        with scope(workspace):
            new = [message for message in Message.objects.order_by("id") if message.pk not in seen]
        seen.update(message.pk for message in new)
        return [json.loads(message.body) for message in new]

    return read


def topics(bodies) -> list[str]:
    return [body["type"] for body in bodies]


WHOLE = ["journey.started", "rung.completed", "rung.completed", "first_value.reached", "journey.completed"]


def climb(workspace, start, user="gil", *, steps=("Connected", "Reported", "Reported"), **fields):
    names = ["Signed Up", *steps]
    take(workspace, *(event(name, start + n * MINUTE / 4, user, **fields) for n, name in enumerate(names)))


def test_a_climb_is_told_as_it_goes(workspace, listening, told, now):
    take(workspace, event("", now, type="group", group_id="acme", message_id="g"))
    take(workspace, event("Signed Up", now))
    (started,) = told()
    about = {"userId": "gil", "accountIds": ["acme"], "ladder": "start", "version": 1}
    assert started["type"] == "journey.started"
    assert started["data"] == {**about, "startedAt": now.isoformat()}
    at = now + timedelta(seconds=20)
    take(workspace, event("Connected", at))
    (step,) = told()
    said = {"step": "connect", "completedAt": at.isoformat(), "unlocks": ["dashboards"], "byHand": False}
    assert (step["type"], step["data"]) == ("rung.completed", {**about, **said})
    take(workspace, event("Reported", at), event("Reported", at + timedelta(seconds=1)))
    last = told()
    assert topics(last) == ["rung.completed", "first_value.reached", "journey.completed"]
    assert last[1]["data"]["reachedAt"] == last[2]["data"]["completedAt"] == (at + timedelta(seconds=1)).isoformat()


def test_what_is_told_has_the_form_that_the_examples_show(workspace, listening, told, now):
    climb(workspace, now)
    for body in told():
        example = TOPICS[body["type"]].example
        assert list(body["data"]) == list(example)
        assert [type(value) for value in body["data"].values()] == [type(value) for value in example.values()]


def test_the_same_events_again_and_late_ones_that_only_change_the_time_tell_nothing(workspace, listening, told, now):
    climb(workspace, now)
    assert topics(told()) == WHOLE
    climb(workspace, now)
    climb(workspace, now - MINUTE)
    assert told() == []


def test_a_history_that_is_imported_is_no_news_but_what_people_do_now_is(workspace, listening, told, now):
    for n in range(20):
        climb(workspace, now - 40 * DAY, f"user-{n}", steps=("Connected",))
    assert told() == []
    take(workspace, *(event("Reported", now + n * MINUTE / 4, "user-7") for n in range(2)))
    assert topics(told()) == ["rung.completed", "first_value.reached", "journey.completed"]


@pytest.mark.parametrize("ago, count", [(telling.FRESH - 5 * MINUTE, 5), (telling.FRESH + 5 * MINUTE, 0)])
def test_what_comes_late_is_told_for_three_days(ago, count, workspace, listening, told, now):
    climb(workspace, now - ago)
    assert len(told()) == count


def test_a_ladder_that_is_published_over_a_history_floods_nobody(workspace, ana, told, now):
    with scope(workspace):
        endpoints.add(url="https://hooks.example.com/firstmile", by=ana)
    for n in range(20):
        climb(workspace, now - 9 * DAY, f"user-{n}")
    publish(workspace)
    engine.settle(workspace.pk)
    assert topics(told()) == ["ladder.published"]
    with scope(workspace):
        assert Journey.objects.count() == 20


def test_a_rebuild_tells_nothing_even_of_what_it_finds_missing(workspace, ladder, ana, told, now):
    climb(workspace, now)
    with scope(workspace):  # listens since a moment ago: nothing was told to it yet
        endpoints.add(url="https://hooks.example.com/firstmile", by=ana)
        for model in (Unlock, Completion):
            model.objects.all()._raw_delete("default")
        Journey.objects.all()._raw_delete("default")
    rebuild(workspace.pk)
    with scope(workspace):
        assert Completion.objects.count() == 2
    assert [topic for topic in topics(told()) if topic in telling.TOPICS] == []


def test_what_was_told_outlasts_the_time_in_which_it_is_news():
    assert telling.FRESH < KEPT
    page = (Path(settings.BASE_DIR) / "docs" / "webhooks.md").read_text()
    assert timedelta(days=3) == telling.FRESH
    assert "**within the last three days**" in page


def test_a_step_that_a_member_completes_says_so_and_revoking_and_withdrawing_tell_no_more(
    workspace, listening, told, now, ana
):
    climb(workspace, now, steps=())
    told()
    with scope(workspace):
        person, found = Person.objects.get(external_id="gil").pk, Ladder.objects.get()
        ruling = rule.complete(person, found, "connect", by=ana, reason="In our call.").ruling
    (step,) = told()
    assert (step["type"], step["data"]["byHand"]) == ("rung.completed", True)
    with scope(workspace):
        rule.withdraw(ruling.pk, by=ana)
    with scope(workspace):
        rule.complete(person, found, "connect", by=ana, reason="In our call.")
    assert told() == []


def test_what_the_engine_takes_back_is_told_to_nobody(workspace, listening, told, now, monkeypatch):
    monkeypatch.setattr(engine, "announce", lambda *_: 1 / 0)  # after progress was written, before it is committed
    with pytest.raises(ZeroDivisionError):
        climb(workspace, now)
    assert told() == []
    monkeypatch.undo()
    engine.settle(workspace.pk)
    assert topics(told()) == WHOLE


def test_whoever_listens_to_one_topic_is_told_of_that_one(workspace, ladder, ana, now):
    with scope(workspace):
        endpoints.add(url="https://hooks.example.com/value", by=ana, topics=["first_value.reached"])
    climb(workspace, now)
    with scope(workspace):
        assert list(Delivery.objects.values_list("message__topic", flat=True)) == ["first_value.reached"]
        assert Message.objects.count() == 1


def test_where_nobody_listens_nothing_is_stored(workspace, ladder, now):
    climb(workspace, now)
    with scope(workspace):
        assert not Message.objects.exists()


def test_another_workspaces_climbs_are_not_told_here(workspace, other_workspace, listening, told, now):
    publish(other_workspace, at=now - 30 * DAY)
    climb(other_workspace, now)
    assert told() == []


def test_a_publication_is_told_in_its_own_transaction(workspace, ana, told):
    with scope(workspace):
        endpoints.add(url="https://hooks.example.com/firstmile", by=ana)
    published = publish(workspace)
    (body,) = told()
    example = TOPICS["ladder.published"].example
    assert body["type"] == "ladder.published"
    assert list(body["data"]) == list(example)
    assert body["data"]["publishedAt"] == published.published_at.isoformat()
    with pytest.raises(ZeroDivisionError), scope(workspace):
        publish(workspace, LADDER.replace("title: Start", "title: Begin"))
        raise ZeroDivisionError
    assert told() == []
