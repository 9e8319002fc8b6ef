"""Questions to the event log."""

from datetime import UTC, datetime, timedelta

import pytest

from onboarding.intake import log
from onboarding.intake.message import Message
from onboarding.intake.models import LoggedEvent
from workspaces.scope import OutsideScope, scope

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _events(workspace, other_workspace):
    """Dora's events of four months, and finn's in another workspace under dora's name."""

    def event(sender: str, days: int) -> Message:
        at = NOON - timedelta(days=days)
        return Message(
            type="track", event="A", message_id=f"{sender}-{days}", sender=sender, client_at=at, occurred_at=at
        )

    log.append(workspace.pk, [event("u:dora", days) for days in (0, 40, 80, 120)] + [event("a:visitor", 50)])
    log.append(other_workspace.pk, [event("u:dora", 1)])


def ids(events) -> list[str]:
    return [event.message_id for event in events]


def test_the_latest_events_of_senders_come_newest_first_and_no_more_than_asked(workspace):
    with scope(workspace):
        latest = LoggedEvent.objects.latest_for(["u:dora", "a:visitor"], 3)
        assert ids(latest) == ["u:dora-0", "u:dora-40", "a:visitor-50"]


def test_a_senders_events_are_its_own(workspace):
    with scope(workspace):
        assert ids(LoggedEvent.objects.of_sender("a:visitor")) == ["a:visitor-50"]
        assert LoggedEvent.objects.of_sender("u:emil").count() == 0


def test_a_span_of_time_holds_its_start_and_not_its_end(workspace):
    with scope(workspace):
        span = LoggedEvent.objects.between(NOON - timedelta(days=80), NOON)
        assert set(ids(span)) == {"u:dora-80", "a:visitor-50", "u:dora-40"}


def test_outside_of_a_scope_nothing_can_be_asked():
    with pytest.raises(OutsideScope):
        LoggedEvent.objects.of_sender("u:dora")
