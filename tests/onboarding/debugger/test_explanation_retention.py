"""What a message is said to have done where those that came before it are no longer kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from onboarding.debugger.fates import Explanation, Fate, StepFate
from onboarding.debugger.filters import Filters
from onboarding.debugger.reading import page
from onboarding.debugger.stories import no_longer_kept, stories
from onboarding.intake.models import LoggedEvent
from onboarding.progress import retention
from tests.onboarding.progress.scenes import LADDER, event, publish, take
from workspaces.scope import scope

NOW = datetime(2013, 2, 15, 12, tzinfo=UTC)
LONG_AGO, LATELY = datetime(2011, 6, 10, 9, tzinfo=UTC), datetime(2013, 1, 10, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINKED = LADDER.replace("{event: Reported, at_least: 2}", "{event: Linked}")


@pytest.fixture
def keeping(make_workspace):
    """A workspace that keeps a year of events. Gil began long ago, connected and reported once."""
    workspace = make_workspace("Keeping", keep_events_months=12)
    publish(workspace, at=LONG_AGO - HOUR)
    signed, connected = event("Signed Up", LONG_AGO), event("Connected", LONG_AGO + HOUR)
    take(workspace, signed, connected, event("Reported", LONG_AGO + 2 * HOUR), event("Linked", LONG_AGO + HOUR))
    return workspace


def told(workspace, message) -> Explanation:
    with scope(workspace):
        [entry] = page(Filters(message_id=message.message_id, outcome="stored")).entries
        return stories([entry])[str(entry.ref)].explanation


def gone(workspace, message) -> set[str]:
    with scope(workspace):
        [entry] = page(Filters(message_id=message.message_id, outcome="stored")).entries
        return no_longer_kept(stories([entry])[str(entry.ref)].explanation)


def step(workspace, message, key: str) -> StepFate:
    [ladder] = told(workspace, message).ladders
    return next(step for step in ladder.steps if step.key == key)


def let_go(workspace, *, remove: bool) -> None:
    assert retention.let_go(workspace.pk, now=NOW)
    if remove:
        retention.remove(workspace.pk)


def test_what_counted_is_numbered_with_those_that_are_gone(keeping):
    second, again = event("Reported", LATELY), event("Connected", LATELY + HOUR)
    take(keeping, second, again)
    let_go(keeping, remove=True)
    with scope(keeping):
        assert sorted(LoggedEvent.objects.values_list("event", flat=True)) == ["Connected", "Reported"]
    assert (step(keeping, second, "report").fate, step(keeping, second, "report").part.nth) == (Fate.COMPLETED, 2)
    found = step(keeping, again, "connect")
    assert found.fate == Fate.ALREADY
    assert gone(keeping, again) == {found.done_by}
    assert gone(keeping, second) == set()


def test_what_lies_before_and_is_asked_for_only_since_says_that_nobody_looks_so_far_back(keeping):
    linked = event("Linked", LONG_AGO + HOUR)
    let_go(keeping, remove=False)
    publish(keeping, LINKED, at=NOW, moves=True)
    take(keeping)
    assert step(keeping, linked, "report").fate == Fate.BEFORE_LOG


def test_a_message_that_comes_again_after_it_has_gone_is_known_by_its_id(keeping):
    connected = event("Connected", LONG_AGO + HOUR)
    let_go(keeping, remove=True)
    take(keeping, replace(connected, occurred_at=connected.occurred_at + timedelta(milliseconds=7)))
    assert step(keeping, connected, "connect").fate == Fate.COMPLETED
