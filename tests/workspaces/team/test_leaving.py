"""What somebody leaves behind: nothing goes on in their name, and others see that it waits for them now."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Review, Schedule
from milestones.ladders.versions import reviews, scheduling
from milestones.ladders.versions.leaving import let_go
from milestones.ladders.versions.mail import tell_reviewers
from milestones.ladders.versions.state import state_of
from milestones.ladders.yaml_text import load
from tests.workspaces.test_urls import LADDER
from workspaces.audit.models import Entry
from workspaces.environments.making import make_test
from workspaces.scope import scope
from workspaces.team import changing
from workspaces.tenants.access import Level


@pytest.fixture
def eva(workspace, make_member):
    return make_member(workspace, "eva", Level.EDITOR)


@pytest.fixture(params=["live", "test"])
def place(request, workspace, ana):
    """Where she did things: the environment for tests has the same team."""
    return workspace if request.param == "live" else make_test(by=ana)


def test_reviews_and_schedules_of_who_has_left_are_settled_at_once(place, workspace, ana, eva):
    there = ana.in_environment(place)
    with scope(place):
        ladder = import_ladder(load(LADDER), by=there).ladder
        reviews.ask(ladder.draft, by=there, of=eva.in_environment(place), note="")
        seen = state_of(ladder.draft)
        later = timezone.now() + timedelta(days=1)
        scheduling.schedule(ladder, by=eva.in_environment(place), seen=seen, moves=False, notes="", at=later)
    let_go(place.pk)
    with scope(place):
        assert (Review.objects.count(), Schedule.objects.get().problem) == (1, "")
    with scope(workspace):
        changing.remove(eva.pk, by=ana)
    let_go(place.pk)
    mail.outbox.clear()
    assert tell_reviewers(place.pk) == 0
    with scope(place):
        assert Review.objects.count() == 0
        assert "is no longer a member" in Schedule.objects.get().problem
        assert {entry.action for entry in Entry.objects.filter(actor="leaving")} == {
            "review.dropped",
            "ladder.schedule_failed",
        }
