"""Erased people stay in the figures: the card of how it ends tells how many, and lists say whom they lack."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.metrics.days import Days
from analytics.metrics.ends import left_of
from analytics.metrics.fetch import subjects
from onboarding.leaving.models import Leaving
from tests.analytics.events import climb
from tests.analytics.privacy import world
from workspaces.privacy import asking, erasing
from workspaces.privacy.models import Erasure
from workspaces.scope import scope

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def left(workspace, other_workspace, publish, ana):
    """Forty began twenty days ago, every second reached first value; of them eight are erased now, two with it."""
    now = timezone.now()
    for one in (workspace, other_workspace):
        publish(one, at=now - 100 * DAY)
    start, log = now - 20 * DAY, []
    for number in range(40):
        steps = {"connect": HOUR, "invite": 2 * HOUR, "report": 3 * HOUR} if number % 2 else {"connect": HOUR}
        log += climb(f"p{number}", start + number * timedelta(minutes=1), plan="free", **steps)
    world.send(workspace, *log)
    world.send(other_workspace, *climb("p0", start, connect=HOUR))
    with scope(workspace):
        for number in (0, 2, 4, 6, 8, 10, 11, 13):
            asking.ask(f"u:p{number}", by=ana)
    erasing.work(workspace.pk)
    with scope(workspace):
        Erasure.objects.filter(finished_at=None).update(look_again_at=now)
    erasing.work(workspace.pk)
    world.settle(workspace)
    return workspace


def test_who_left_before_first_value_is_told_and_lists_say_whom_they_lack(left, other_workspace, ben, client_for):
    with scope(left):
        assert [(one.n, one.before_value) for one in Leaving.objects.all()] == [(8, 6)]
        (subject,) = subjects()
        today = timezone.localdate(timezone=left.zone)
        told = left_of(subject, Days(today - 90 * DAY, today))
        assert [(one.n, one.before_value) for one in told] == [(8, 6)]
    with scope(other_workspace):
        assert not Leaving.objects.exists()
    client = client_for(ben)
    card = unescape(client.get(reverse("dashboards:section", args=[left.slug, "how-it-ends"])).content.decode())
    assert re.search(r"6 people who began were erased before first value\. They are counted", card)
    people = reverse("dashboards:people", args=[left.slug])
    for asked, listed, gone in (
        ({"state": "began"}, 32, 8),
        ({"state": "has-value"}, 18, 2),
        ({"state": "no-value"}, 14, 6),
        ({"state": "done", "rung": "connect"}, 32, 8),
        ({"state": "reached", "rung": "invite"}, 18, 2),
        ({"state": "stuck", "rung": "invite"}, 14, 6),
        ({"state": "began", "trait": "plan", "value": "free"}, 32, 8),
        ({"state": "began", "trait": "plan", "value": "pro"}, 0, 0),
    ):
        page = client.get(people, asked)
        assert (page.context["page"].paginator.count, page.context["erased"]) == (listed, gone), asked
    assert "8 more have been erased since" in client.get(people).content.decode()
