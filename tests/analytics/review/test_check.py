"""Sections go stale when their criterion changes or their numbers leave the expected range, and not by chance."""

from datetime import timedelta

import pytest

from analytics.review.check import check, is_waiting
from analytics.review.tasks import check as check_task
from analytics.review.tasks import sweep
from milestones.ladders import drafts
from milestones.playbook.book import book_of
from milestones.playbook.models import Change, Playbook, Section, Span
from milestones.playbook.writing import confirm, expect, write
from workspaces.scope import scope, wakes

DAY = timedelta(days=1)
PLACE = "milestone-connect"


@pytest.fixture
def written(workspace, ladder, ana):
    with scope(workspace):
        write(ladder, PLACE, text="Ask IT early.", by=ana, why="x")
        expect(ladder, PLACE, span=Span(40, 60, 14), by=ana, why="x")


def section(workspace):
    with scope(workspace):
        return Section.objects.get(place=PLACE)


def publish_another_criterion(workspace, ladder, ana, *, at, **criterion):
    with scope(workspace):
        draft = drafts.begin(ladder, by=ana)
        document = draft.document
        document["rungs"][0]["milestone"]["criterion"] = {"event": "Connected", **criterion}
        drafts.write(draft, document, by=ana, words="another", place="rungs")
        return ladder.publish(by=ana, at=at)


def test_numbers_that_leave_the_range_make_the_section_stale(workspace, ladder, written, climbs, clock):
    climbs(workspace, 100, 10, now=clock, ago=30 * DAY, after=DAY)
    assert check(workspace, now=clock) == 1
    found = section(workspace)
    assert (found.stale_since, found.stale_cause) == (clock, "below")
    assert found.stale_reason == "10% of 100 people got there within 14 days; 40–60% are expected."
    with scope(workspace):
        line = Change.objects.first()
        assert (line.actor, line.what, line.why) == ("Firstmile", "“Connect a source” went stale", found.stale_reason)
        assert [step.key for step in book_of(ladder).stale] == ["connect"]
    assert check(workspace, now=clock + DAY) == 0  # told once
    assert section(workspace).stale_since == clock


def test_numbers_within_the_range_keep_it_fresh(workspace, written, climbs, clock):
    climbs(workspace, 100, 50, now=clock, ago=30 * DAY, after=DAY)
    assert check(workspace, now=clock) == 0
    assert section(workspace).stale_since is None


def test_people_who_are_too_new_make_nothing_stale(workspace, written, climbs, clock):
    climbs(workspace, 100, 0, now=clock, ago=3 * DAY, after=DAY)
    assert check(workspace, now=clock) == 0


def test_a_changed_criterion_makes_the_section_stale_with_both_in_words(workspace, ladder, written, ana, clock):
    publish_another_criterion(workspace, ladder, ana, at=clock - DAY, at_least=3)
    assert check(workspace, now=clock) == 1
    found = section(workspace)
    assert found.stale_cause == "criterion"
    assert found.stale_reason == (
        "The success criterion was “the user sends Connected” and is now “the user sends Connected at least 3 times”."
    )


def test_a_draft_makes_nothing_stale(workspace, ladder, written, ana, clock):
    with scope(workspace):
        draft = drafts.begin(ladder, by=ana)
        document = draft.document
        document["rungs"][0]["milestone"]["criterion"] = {"event": "Other"}
        drafts.write(draft, document, by=ana, words="another", place="rungs")
    assert check(workspace, now=clock) == 0


def test_confirming_or_rewriting_makes_it_fresh_for_good(workspace, ladder, written, ana, clock):
    publish_another_criterion(workspace, ladder, ana, at=clock - 2 * DAY, at_least=3)
    check(workspace, now=clock)
    with scope(workspace):
        confirm(ladder, PLACE, by=ana)
    assert (section(workspace).stale_since, check(workspace, now=clock + DAY)) == (None, 0)
    publish_another_criterion(workspace, ladder, ana, at=clock - DAY, at_least=4)
    assert check(workspace, now=clock + DAY) == 1
    with scope(workspace):
        write(ladder, PLACE, text="Rewritten", by=ana, why="x")
    assert (section(workspace).stale_since, check(workspace, now=clock + DAY)) == (None, 0)


def test_a_confirmed_drift_is_not_told_again_until_the_numbers_were_back(
    workspace, ladder, written, climbs, ana, clock
):
    climbs(workspace, 100, 10, now=clock, ago=30 * DAY, after=DAY)
    check(workspace, now=clock)
    with scope(workspace):
        confirm(ladder, PLACE, by=ana)
    assert check(workspace, now=clock) == 0
    climbs(workspace, 200, 150, now=clock, ago=30 * DAY, after=DAY, first=1000)  # 160 of 300: back in the range
    assert check(workspace, now=clock) == 0
    assert section(workspace).accepted == ""
    climbs(workspace, 900, 0, now=clock, ago=30 * DAY, after=DAY, first=5000)
    assert check(workspace, now=clock) == 1


def test_another_range_is_judged_anew(workspace, ladder, written, climbs, ana, clock):
    climbs(workspace, 100, 10, now=clock, ago=30 * DAY, after=DAY)
    check(workspace, now=clock)
    with scope(workspace):
        expect(ladder, PLACE, span=Span(5, 20, 14), by=ana, why="We know better now")
    assert (section(workspace).stale_since, check(workspace, now=clock)) == (None, 0)


def test_what_the_ladder_no_longer_has_is_not_stale(workspace, ladder, written, climbs, ana, clock):
    climbs(workspace, 100, 10, now=clock, ago=30 * DAY, after=DAY)
    check(workspace, now=clock)
    with scope(workspace):
        draft = drafts.begin(ladder, by=ana)
        document = draft.document
        document |= {"rungs": document["rungs"][1:], "funnel": []}
        drafts.write(draft, document, by=ana, words="took it out", place="rungs")
        ladder.publish(by=ana, at=clock - DAY)
    check(workspace, now=clock)
    assert section(workspace).stale_since is None
    assert section(workspace).text == "Ask IT early."


def test_other_workspaces_are_left_alone(workspace, other_workspace, written, climbs, clock):
    climbs(workspace, 100, 10, now=clock, ago=30 * DAY, after=DAY)
    assert check(other_workspace, now=clock) == 0
    assert section(workspace).stale_since is None


def test_each_workspace_is_looked_through_once_a_day_of_its_own(workspace, written, clock):
    assert is_waiting(workspace, now=clock)
    check(workspace, now=clock)
    assert not is_waiting(workspace, now=clock + timedelta(hours=11))
    assert is_waiting(workspace, now=clock + timedelta(hours=13))  # past midnight
    workspace.time_zone = "America/Los_Angeles"
    assert not is_waiting(workspace, now=clock + timedelta(hours=13))


@pytest.mark.every_workspace
def test_the_sweep_calls_for_who_waits_and_a_publication_for_its_own(
    workspace, other_workspace, ladder, written, ana, clock, monkeypatch, settings
):
    called = []
    monkeypatch.setattr("analytics.review.tasks.call", lambda name, which: called.append((name, which)))
    sweep()
    assert ("review.check", workspace.pk) in called
    assert ("review.check", other_workspace.pk) not in called  # it has no playbook
    assert "review.check" in settings.WAKES["ladders.published"]
    woken = []
    monkeypatch.setattr(wakes, "call", lambda name, which, **_: woken.append((name, which)))
    publish_another_criterion(workspace, ladder, ana, at=clock - DAY, at_least=3)
    assert ("review.check", workspace.pk) in woken
    check_task(workspace.pk)
    assert section(workspace).stale_cause == "criterion"
    with scope(workspace):
        assert Playbook.objects.get().checked_at is not None
