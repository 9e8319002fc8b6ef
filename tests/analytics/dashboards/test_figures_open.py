"""Every figure opens the people behind it, as many as it says, with those who are erased since: from the pages."""

import random
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.dashboards.sections.ordered import sections, tiles
from analytics.reports.markup import read
from tests.analytics.dashboards.opening import cards_of, opened, populate, unopened
from tests.analytics.privacy.world import settle
from workspaces.privacy import asking, erasing
from workspaces.privacy.models import Erasure
from workspaces.scope import scope

# Links of one kind are asked for a few times, not for every cell of a triangle.
MOST_ASKED = 8


@pytest.fixture
def busy(workspace, other_workspace, publish, clock, ana):
    """Some of its people have been erased since; every fifth was the only one of an account."""
    populate(other_workspace, publish, clock, seed=9, people=6)
    populate(workspace, publish, clock)
    with scope(workspace):
        for number in (11, 12, 13, 14, 16, 17, 35, 40, 45, 50):
            asking.ask(f"u:p{number}", by=ana)
    erasing.work(workspace.pk)
    with scope(workspace):
        Erasure.objects.filter(finished_at=None).update(look_again_at=timezone.now())
    erasing.work(workspace.pk)
    settle(workspace)
    return workspace


@pytest.fixture
def wrong(ben, client_for):
    """What is wrong with the links of a card; and how many of them say how long their list is."""
    client = client_for(ben)

    lists_with_gone = set()

    def look(name, card):
        found = [f"{name}: {cell} opens nothing" for cell in unopened(card)]
        links = list({one.address: one for one in opened(card) if one.people is not None}.values())
        asked = random.Random(name).sample(links, min(len(links), MOST_ASKED))
        # So many days or workflows are told in ranges; all of these are asked for.
        for one in dict.fromkeys([*asked, *(link for link in links if "number=" in link.address)]):
            response = client.get(one.address)
            assert response.status_code == 200, one
            listed = response.context["page"].paginator.count
            gone = response.context.get("erased") or response.context.get("gone") or 0
            lists_with_gone.update([response.request["PATH_INFO"].rpartition("/adoption/")[2]] if gone else [])
            if listed + gone != one.people:
                found.append(f"{name}: {one.text!r} says {one.people}, its list holds {listed} + {gone}: {one.address}")
        return found, len(links)

    look.lists_with_gone = lists_with_gone
    return look


def test_every_number_opens_as_many_people_as_it_says(busy, ben, client_for, clock, wrong):
    client = client_for(ben)
    asked = {"as_of": clock.date().isoformat(), "window": "7"}
    cards = {
        f"{name}, {split}": card
        for split in ("trait:plan", "version")
        for name, card in cards_of(client, busy, (*sections(), *tiles()), period="90", split=split, **asked).items()
    }
    comparison = {"a_in": ["plan:free"], "b_in": ["plan:pro", ""], **asked}
    cards["compare"] = read(client.get(reverse("dashboards:compare", args=[busy.slug]), comparison).content.decode())
    found = {name: wrong(name, card) for name, card in cards.items()}
    assert not [line for lines, _ in found.values() for line in lines]
    assert min(many for _, many in found.values()) > 0, {name: many for name, (_, many) in found.items()}
    assert wrong.lists_with_gone == {"people/", "people/use/", "accounts/", "answers/"}
    stuck = read(client.get(reverse("dashboards:stuck", args=[busy.slug]), {"period": "365"}).content.decode())
    rows = list(stuck.every("tr"))[1:]
    assert rows
    assert all(re.search(r"/people/\d+/", next(row.every("a")).attributes["href"]) for row in rows)
