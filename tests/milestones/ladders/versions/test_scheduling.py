"""Publishing at a moment to come: once, as the member who planned it, or not at all with a reason."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from milestones.ladders import tasks
from milestones.ladders.models import LadderVersion, Schedule
from milestones.ladders.versions import scheduling
from milestones.ladders.versions.state import state_of
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member


def published(workspace) -> list[int]:
    with scope(workspace):
        return list(LadderVersion.objects.filter(state="published").order_by("number").values_list("number", flat=True))


def plan(ladder, by, *, at=None, moves=False):
    with scope(by.workspace):
        at = at or timezone.now() - timedelta(seconds=1)
        return scheduling.schedule(ladder, by=by, seen=state_of(ladder.draft), moves=moves, notes="Why", at=at)


def entries(workspace, action) -> list[Entry]:
    with scope(workspace):
        return list(Entry.objects.filter(action=action))


def test_a_moment_is_read_in_the_workspaces_zone_and_shown_in_it(workspace, ladder, pages, ana):
    workspace.time_zone = "America/New_York"
    workspace.save()
    browser = pages(ana)
    page = browser.post(
        "publication/schedule/", seen=browser.seen(), date="2099-07-01", time="09:30", moves="1", notes="Summer"
    )
    assert "will be published on 1 Jul 2099, 09:30 (America/New_York)." in page
    assert "and people under way move to it" in page
    with scope(workspace):
        made = Schedule.objects.get()
        assert made.publish_at.isoformat() == "2099-07-01T13:30:00+00:00"
        assert (made.moves, made.by, made.version.notes) == (True, ana.user, "Summer")
    assert [entry.details["publish_at"] for entry in entries(workspace, "ladder.scheduled")] == [
        "2099-07-01T13:30:00+00:00"
    ]
    assert published(workspace) == [1]


def test_it_can_be_changed_and_cancelled(workspace, ladder, pages, ana):
    browser = pages(ana)
    for date in ("2099-07-01", "2099-08-02"):
        browser.post("publication/schedule/", seen=browser.seen(), date=date, time="09:30")
    page = browser.get()
    assert "2 Aug 2099, 09:30" in page
    assert "1 Jul 2099" not in page
    assert "Change the schedule" in page
    assert "The schedule is cancelled" in browser.post("publication/unschedule/")
    assert "will be published on" not in browser.get()
    assert "There was no schedule any more." in browser.post("publication/unschedule/")
    assert len(entries(workspace, "ladder.unscheduled")) == 1
    with scope(workspace):
        assert not Schedule.objects.exists()


@pytest.mark.parametrize(
    "date, time, says",
    [
        ("2020-01-01", "10:00", "That has passed"),
        ("2099-13-01", "10:00", "valid date"),
        ("", "10:00", "Choose the day."),
        ("2099-01-01", "", "Choose the time."),
        ("2099-03-29", "02:30", "skip this time"),
        ("0001-01-01", "00:00", "That has passed"),
        ("9999-12-31", "23:59", "choose an earlier day"),
    ],
)
def test_a_moment_that_is_none_to_come_is_refused_beside_its_field(workspace, ladder, pages, ana, date, time, says):
    workspace.time_zone = "Europe/Berlin"
    workspace.save()
    browser = pages(ana)
    page = browser.post("publication/schedule/", seen=browser.seen(), date=date, time=time, notes="Kept", status=422)
    assert says in page
    assert ">Kept</textarea>" in page
    with scope(workspace):
        assert not Schedule.objects.exists()


def test_what_is_due_is_published_as_the_member_who_planned_it(workspace, ladder, ana):
    plan(ladder, ana, moves=True)
    assert scheduling.publish_due(workspace.pk) == 1
    with scope(workspace):
        version = ladder.published
        assert (version.number, version.published_by, version.moves, version.notes) == (2, "Ana", True, "Why")
        assert not Schedule.objects.exists()
    assert [entry.actor for entry in entries(workspace, "ladder.published")][-1] == ana.user.email


def test_what_is_not_due_waits(workspace, ladder, ana):
    at = timezone.now() + timedelta(minutes=5)
    plan(ladder, ana, at=at)
    assert scheduling.publish_due(workspace.pk) == 0
    assert scheduling.publish_due(workspace.pk, now=at) == 1


def test_the_task_does_it_in_every_workspace_by_itself(workspace, other_workspace, ladder, other_ladder, ana, cyd):
    plan(ladder, ana)
    plan(other_ladder, cyd)
    tasks.publish_due()
    assert published(workspace) == [1, 2]
    assert published(other_workspace) == [1]
    with scope(other_workspace):
        assert other_ladder.published.published_by == "Cyd"


def test_one_workspaces_schedule_is_not_anothers(workspace, other_workspace, ladder, other_ladder, ana, cyd):
    plan(ladder, ana)
    plan(other_ladder, cyd)
    assert scheduling.publish_due(other_workspace.pk) == 1
    assert published(workspace) == [1]


def test_two_workers_at_once_publish_it_once(workspace, ladder, ana):
    plan(ladder, ana)
    together, done = threading.Barrier(2), []

    def work() -> None:
        together.wait()
        try:
            done.append(scheduling.publish_due(workspace.pk))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == [0, 1]
    assert published(workspace) == [1, 2]
    assert len(entries(workspace, "ladder.published")) == 2
    assert entries(workspace, "ladder.schedule_failed") == []


def test_a_crash_in_the_middle_leaves_it_due_and_the_next_round_does_it_once(workspace, ladder, ana, monkeypatch):
    plan(ladder, ana)

    def crash(*_, **__):
        raise MemoryError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("milestones.ladders.publication.announce", crash)  # the last thing that publishing does
        with pytest.raises(MemoryError):
            scheduling.publish_due(workspace.pk)
    assert published(workspace) == [1]
    assert scheduling.publish_due(workspace.pk) == 1
    assert scheduling.publish_due(workspace.pk) == 0
    assert published(workspace) == [1, 2]


def refused(workspace, ladder) -> str:
    """Why the plan was not carried out: it is kept, shown, noted, and not tried again."""
    assert scheduling.publish_due(workspace.pk) == 0
    assert scheduling.publish_due(workspace.pk) == 0
    assert published(workspace) == [1]
    with scope(workspace):
        made = Schedule.objects.get()
        assert made.failed_at is not None
    (entry,) = entries(workspace, "ladder.schedule_failed")
    assert entry.details["problem"] == made.problem
    return made.problem


def test_a_member_who_may_no_longer_publish_publishes_nothing(workspace, ladder, ana, eve, pages):
    plan(ladder, eve)
    Member.objects.filter(pk=eve.pk).update(level=Level.VIEWER)
    assert refused(workspace, ladder) == "Eve may no longer publish; ask somebody who may."
    page = pages(ana).get()
    assert "Version 2 was not published" in page
    assert "Eve may no longer publish" in page


def test_publishing_kept_to_admins_meanwhile_stops_an_editors_plan(workspace, ladder, eve):
    plan(ladder, eve)
    workspace.publishers = Level.ADMIN
    workspace.save()
    assert "may no longer publish" in refused(workspace, ladder)


def test_a_member_who_has_left_publishes_nothing(workspace, ladder, eve):
    plan(ladder, eve)
    eve.delete()
    assert refused(workspace, ladder).startswith("Eve is no longer a member of this workspace")
    (entry,) = entries(workspace, "ladder.schedule_failed")
    assert entry.actor == "schedule"


def test_a_draft_that_was_changed_since_waits_for_somebody_to_look_at_it(workspace, ladder, edit, eve, ana, pages):
    plan(ladder, ana)
    edit(ladder, eve, title="Something else")
    assert "The draft was changed since then, so it will not be published as it is" in pages(ana).get()
    assert refused(workspace, ladder).startswith("The draft was changed after it was scheduled")


def test_a_draft_that_lost_what_it_needs_says_what_is_missing(workspace, ladder, edit, ana):
    edit(ladder, ana, title="")
    plan(ladder, ana)
    assert "what the user reads above the steps" in refused(workspace, ladder)


def test_a_failed_plan_can_be_made_anew_and_put_away(workspace, ladder, edit, eve, ana, pages):
    plan(ladder, ana)
    edit(ladder, eve, title="Something else")
    refused(workspace, ladder)
    plan(ladder, ana)
    assert scheduling.publish_due(workspace.pk) == 1
    assert published(workspace) == [1, 2]


def test_publishing_by_hand_takes_the_plan_away(workspace, ladder, ana, pages):
    plan(ladder, ana, at=timezone.now() + timedelta(days=1))
    browser = pages(ana)
    browser.post(seen=browser.seen())
    with scope(workspace):
        assert not Schedule.objects.exists()


def test_an_incomplete_draft_cannot_be_planned(workspace, ladder, edit, ana, pages):
    edit(ladder, ana, title="")
    browser = pages(ana)
    page = browser.post("publication/schedule/", seen=browser.seen(), date="2099-01-01", time="10:00", status=422)
    assert "what the user reads above the steps" in page


def test_a_plan_for_what_was_changed_meanwhile_is_not_made(workspace, ladder, edit, eve, ana, pages):
    browser = pages(ana)
    seen = browser.seen()
    edit(ladder, eve, title="Something else")
    page = browser.post("publication/schedule/", seen=seen, date="2099-01-01", time="10:00", status=422)
    assert "The draft was changed while you looked at it" in page
    with scope(workspace):
        assert not Schedule.objects.exists()
