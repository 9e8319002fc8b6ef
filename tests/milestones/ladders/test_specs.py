"""Published versions as values for the engine."""

from datetime import UTC, datetime, timedelta

import pytest

from milestones.ladders import specs
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import LadderVersion
from milestones.ladders.specs import published_specs, spec_of
from milestones.library.criteria import EventCondition, TraitCondition
from workspaces.scope import OutsideScope, scope

from .documents import changed, two_rungs

EARLIER = datetime(2026, 1, 5, tzinfo=UTC)


def publish(document, at=EARLIER):
    return import_ladder(document, by=None).ladder.publish(by=None, at=at)


def test_a_spec_says_all_that_the_version_says(workspace):
    with scope(workspace):
        version = publish(two_rungs())
        (spec,) = published_specs()
    assert (spec.version_id, spec.ladder_id, spec.number) == (version.pk, version.ladder_id, 1)
    assert (spec.ladder_key, spec.role_key, spec.role_precedence) == ("admins", "administrator", 100)
    assert spec.rule == TraitCondition("role", "equals", "admin")
    assert spec.start == EventCondition("Signed Up")
    assert spec.effective_from is None
    connect, invite = spec.rungs
    assert (connect.key, connect.name, connect.phase, connect.unlock) == (
        "connect-source",
        "Connect a data source",
        "quick wins",
        "dashboards",
    )
    assert connect.due_after == timedelta(days=3)
    assert invite.criterion == EventCondition("Invite Sent", at_least=2, within=timedelta(days=14))
    assert (invite.prerequisites, invite.first_value, invite.due_after) == (("connect-source",), True, None)
    assert spec.first_value == invite
    assert sorted(condition.event for condition in spec.signals.values()) == [
        "Invite Sent",
        "Signed Up",
        "Source Connected",
    ]


def test_the_funnel_is_all_rungs_unless_the_ladder_says_otherwise(workspace):
    with scope(workspace):
        publish(two_rungs())
        publish(changed(two_rungs(), key="other", funnel=["invite-team"]))
        assert [spec.funnel for spec in published_specs()] == [("connect-source", "invite-team"), ("invite-team",)]


def test_every_published_version_is_there_and_no_draft(workspace, clock):
    with scope(workspace):
        publish(two_rungs())
        publish(changed(two_rungs(), title="Get going"), at=clock)
        import_ladder(changed(two_rungs(), title="A third"), by=None)
        assert [(spec.number, spec.effective_from) for spec in published_specs()] == [(1, None), (2, clock)]


def test_an_archived_ladders_versions_say_since_when_until_it_is_used_again(workspace, clock):
    with scope(workspace):
        ladder = publish(two_rungs()).ladder
        assert [spec.closed_at for spec in published_specs()] == [None]
        for archived_at in (clock, None):
            ladder.archived_at = archived_at
            ladder.save()
            assert [(spec.number, spec.closed_at) for spec in published_specs()] == [(1, archived_at)]


def test_another_workspaces_ladders_are_not_seen(workspace, other_workspace):
    with scope(other_workspace):
        publish(two_rungs())
    with scope(workspace):
        assert published_specs() == []


def test_outside_a_scope_nothing_is_given():
    with pytest.raises(OutsideScope):
        published_specs()


def test_a_version_is_read_once(workspace, monkeypatch):
    with scope(workspace):
        publish(two_rungs())
        (first,) = published_specs()
        monkeypatch.setattr(specs, "_spec", None)
        (second,) = published_specs()
    assert second is first


def test_a_publication_that_was_rolled_back_leaves_nothing_behind(workspace):
    with scope(workspace):
        import_ladder(two_rungs(), by=None)

    class Change(Exception):
        pass

    def publish_and_fail():
        with scope(workspace):
            publish(two_rungs())
            assert len(published_specs()[0].rungs) == 2
            raise Change

    with pytest.raises(Change):
        publish_and_fail()
    with scope(workspace):
        rung = {**two_rungs()["rungs"][0], "first_value": True}
        publish(changed(two_rungs(), rungs=[rung]))
        (spec,) = published_specs()
    assert [rung.key for rung in spec.rungs] == ["connect-source"]


def test_a_draft_has_a_spec_too_which_follows_its_changes(workspace):
    with scope(workspace):
        import_ladder(two_rungs(), by=None)
        assert len(spec_of(LadderVersion.objects.get()).rungs) == 2
        import_ladder(changed(two_rungs(), rungs=two_rungs()["rungs"][:1]), by=None)
        assert len(spec_of(LadderVersion.objects.get()).rungs) == 1
