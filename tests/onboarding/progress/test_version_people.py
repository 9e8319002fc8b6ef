"""How many people are on each version, for the page that lists them."""

from datetime import UTC, datetime, timedelta

from onboarding.progress.version_people import OnVersion, people_by_version
from tests.onboarding.progress.scenes import LADDER, event, publish, take
from workspaces.scope import scope

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_people_are_counted_where_they_are_and_where_they_began(workspace, other_workspace, ben, client_for):
    first = publish(workspace, at=START)
    publish(other_workspace, at=START)
    take(other_workspace, event("Signed Up", START + timedelta(hours=1), "theirs"))
    take(workspace, *(event("Signed Up", START + timedelta(hours=1), user) for user in ("gil", "hal", "ida")))
    done = START + timedelta(hours=2)
    take(
        workspace,
        event("Connected", done, "ida"),
        event("Reported", done, "ida"),
        event("Reported", done + timedelta(minutes=1), "ida"),
    )
    publish(workspace, LADDER.replace("title: Start", "title: Go"), at=START + timedelta(days=2), moves=True)
    take(workspace, event("Signed Up", START + timedelta(days=3), "jon"))
    with scope(workspace):
        found = people_by_version(first.ladder)
    assert found == {1: OnVersion(on_it=0, finished=1, began=3), 2: OnVersion(on_it=3, finished=0, began=1)}
    page = client_for(ben).get(f"/w/{workspace.slug}/ladders/start/versions/people/").content.decode()
    assert '<span id="people-of-2" hx-swap-oob="true">· 3 under way, 1 began on it</span>' in page
    assert '<span id="people-of-1" hx-swap-oob="true">· 0 under way, 1 finished, 3 began on it</span>' in page


def test_a_version_that_nobody_is_on_says_so(workspace, ben, client_for):
    publish(workspace, at=START)
    page = client_for(ben).get(f"/w/{workspace.slug}/ladders/start/versions/people/").content.decode()
    assert "· nobody on it" in page
