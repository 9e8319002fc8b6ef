"""Publishing a draft."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import LadderVersion, Rung
from milestones.ladders.publication import NotPublishable
from workspaces.audit.models import Entry
from workspaces.scope import scope, wakes

from .documents import changed, two_rungs

EARLIER = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def ladder(workspace):
    """Administrators, with a draft of version 1."""
    with scope(workspace):
        yield import_ladder(two_rungs(), by=None).ladder


def begin_version_2(ladder):
    import_ladder(changed(two_rungs(), title="Get going"), by=None)
    return ladder.draft


def test_the_first_version_counts_for_all_history(ladder, ana, clock):
    version = ladder.publish(by=ana, at=clock)
    assert (version.number, version.state) == (1, "published")
    assert (version.effective_from, version.published_at, version.published_by) == (None, clock, "Ana")
    assert ladder.draft is None


def test_a_later_version_counts_for_journeys_that_begin_from_then_on(ladder, ana, clock):
    ladder.publish(by=ana, at=EARLIER)
    begin_version_2(ladder)
    version = ladder.publish(by=ana, at=clock)
    assert (version.number, version.effective_from) == (2, clock)


def test_a_published_version_holds_its_own_copy_of_role_and_milestones(ladder, ana, clock):
    version = ladder.publish(by=ana, at=clock)
    assert version.role_content["rule"] == {"trait": "role", "equals": "admin"}
    assert [rung.content["name"] for rung in version.rungs.all()] == ["Connect a data source", "Invite your team"]
    assert len(version.fingerprint) == 64


def test_publishing_is_in_the_audit_log(ladder, ana, clock):
    ladder.publish(by=ana, at=clock)
    entry = Entry.objects.get(action="ladder.published")
    assert (entry.actor, entry.target) == (ana.user.email, "Administrators, version 1")
    assert entry.details == {"ladder": "admins", "number": 1, "effective_from": None, "moves": False}


def test_publishing_wakes_the_progress_engine_once_committed(workspace, ana, clock, monkeypatch):
    woken = []
    monkeypatch.setattr(wakes, "_wake", lambda topic, workspace_id: woken.append((topic, workspace_id)))
    with scope(workspace):
        import_ladder(two_rungs(), by=None).ladder.publish(by=ana, at=clock)
        assert woken == []
    assert woken == [("ladders.published", workspace.pk)]


def test_without_a_draft_there_is_nothing_to_publish(ladder, ana, clock):
    ladder.publish(by=ana, at=EARLIER)
    with pytest.raises(NotPublishable, match="Administrators has no draft; import or write one first"):
        ladder.publish(by=ana, at=clock)


def test_an_incomplete_draft_is_refused_with_every_reason(ladder, ana, clock):
    rungs = [{**rung, "first_value": False} for rung in two_rungs()["rungs"]]
    import_ladder(changed(two_rungs(), rungs=rungs, title=""), by=None)
    with pytest.raises(NotPublishable) as error:
        ladder.publish(by=ana, at=clock)
    assert [str(problem) for problem in error.value.problems] == [
        "rungs: none has 'first_value: true'; mark the one at which the user has got real value",
        "title: is empty; it is what the user reads above the steps",
    ]
    assert ladder.draft is not None
    assert not Entry.objects.filter(action="ladder.published").exists()


def test_a_version_cannot_be_published_before_the_one_that_it_follows(ladder, ana, clock):
    ladder.publish(by=ana, at=clock)
    begin_version_2(ladder)
    with pytest.raises(NotPublishable, match="version 1 was published at 2026-03-02"):
        ladder.publish(by=ana, at=clock - timedelta(seconds=1))


def test_an_archived_ladder_is_not_published(ladder, ana, clock):
    ladder.archived_at = clock
    ladder.save()
    with pytest.raises(NotPublishable, match="is archived"):
        ladder.publish(by=ana, at=clock)


def refused(statement, parameters=()):
    with pytest.raises(IntegrityError, match="never change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ladders_ladderversion SET title = 'other' WHERE id = %s",
        "UPDATE ladders_ladderversion SET state = 'draft' WHERE id = %s",
        "DELETE FROM ladders_ladderversion WHERE id = %s",
        "UPDATE ladders_rung SET content = '{}' WHERE version_id = %s",
        "DELETE FROM ladders_rung WHERE version_id = %s",
    ],
)
def test_the_database_refuses_to_change_what_is_published(ladder, ana, clock, statement):
    refused(statement, [ladder.publish(by=ana, at=clock).pk])


def test_the_database_refuses_to_add_a_rung_to_what_is_published(ladder, ana, clock):
    version = ladder.publish(by=ana, at=clock)
    refused(
        "INSERT INTO ladders_rung (workspace_id, version_id, milestone_id, key, position, phase, prerequisites,"
        " first_value, content) SELECT workspace_id, version_id, milestone_id, 'x', 9, phase, prerequisites, false,"
        " content FROM ladders_rung WHERE version_id = %s LIMIT 1",
        [version.pk],
    )


def test_the_database_refuses_to_move_a_drafts_rung_into_what_is_published(ladder, ana, clock):
    published = ladder.publish(by=ana, at=EARLIER)
    draft = begin_version_2(ladder)
    refused("UPDATE ladders_rung SET version_id = %s WHERE version_id = %s", [published.pk, draft.pk])


def test_a_draft_can_be_changed_and_deleted(ladder, ana, clock):
    ladder.publish(by=ana, at=EARLIER)
    draft = begin_version_2(ladder)
    draft.rungs.update(due_after=timedelta(days=1))
    draft.delete()
    assert [version.number for version in LadderVersion.objects.all()] == [1]
    assert {rung.version.number for rung in Rung.objects.all()} == {1}


def test_a_ladder_has_one_draft_at_most(ladder):
    with pytest.raises(IntegrityError, match="version_one_draft"), transaction.atomic():
        LadderVersion.objects.create(ladder=ladder, number=2)
