"""The example that docs/metrics.md reckons by hand, from messages to numbers."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.metrics.as_of import DAY_S
from analytics.metrics.question import ask
from analytics.metrics.use.answer import use
from analytics.stats.retention import RetentionMode
from onboarding.usage import declaring, projection
from onboarding.usage.models import KeyEvent
from onboarding.usage.periods import Grain
from tests.analytics.conftest import LADDER
from tests.analytics.events import send, track
from workspaces.scope import scope

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def on(day, hour=10):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


#     began, unlocked, exported on, and other active days
PEOPLE = {
    "A": (1, 2, (5, 6), (9, 16)),
    "B": (1, 2, (), (17,)),
    "C": (3, 4, (3, 18), ()),
    "D": (10, 19, (19,), ()),
}


@pytest.fixture
def told(make_workspace, publish):
    """The numbers as of the end of 20 March."""
    workspace = make_workspace("Example")
    unlocking = LADDER.read_text().replace("name: Connect a source,", "name: Connect a source, unlock: export,")
    publish(workspace, unlocking, at=on(1, 0) - timedelta(days=1))
    with scope(workspace):
        export = KeyEvent.objects.create(key="export", name="Export", criterion={"event": "Exported"})
        declaring.declare_use("export", export)
    log = []
    for who, (began, unlocked, exported, active) in PEOPLE.items():
        log.append(track(who, "Signed Up", on(began)))
        log += [track(who, "Looked", on(day)) for day in active]
        log.append(track(who, "Connected", on(unlocked, 12)))
        log += [track(who, "Exported", on(day, 15)) for day in exported]
    send(workspace, log)
    projection.advance(workspace.pk)
    with scope(workspace):
        return use(ask(workspace, ladder="admin", as_of="2026-03-20", window=7, now=NOW))


def test_it_comes_out_as_the_page_says(told):
    week = told.retention[Grain.WEEK, RetentionMode.ON].at(1)
    assert (week.share.count, week.share.of, week.immature) == (1, 3, 1)
    later = told.retention[Grain.WEEK, RetentionMode.ON_OR_AFTER].at(1)
    assert (later.share.count, later.share.of) == (1, 3)
    (export,) = told.features
    assert (export.used.count, export.used.of, export.immature) == (1, 3, 1)
    assert export.curve.median.time == 3 * DAY_S
    (flow,) = told.workflows
    again = flow.again.at_least(2)
    assert (again.count, again.of) == (1, 2)
    assert told.active_days.counts == {4: 1, 2: 2, 1: 1}
    assert told.active_days.quantile(0.5) == 2
