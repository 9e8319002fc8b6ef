"""A rehearsal among many people: a worker carries it out, and the page follows it as long as somebody can see it."""

import re

import pytest
from playwright.sync_api import expect

from milestones.ladders import drafts
from milestones.ladders.models import Ladder
from onboarding.people.models import Person
from onboarding.progress.models import DryRun
from onboarding.progress.rehearsals import AT_ONCE
from tests.browser.test_checklist_live import HIDE
from workspaces.scope import scope


@pytest.fixture
def crowded(world):
    """Acme with a draft, and more people than a page can wait for."""
    with scope(world.workspace):
        Person.objects.bulk_create(Person(key=f"u:{n}", external_id=str(n)) for n in range(AT_ONCE))
        draft = drafts.begin(Ladder.objects.get(), by=world.owner)
        drafts.write(draft, {**draft.document, "title": "Get going"}, by=world.owner, words="w", place="title")
    return world


def asked(page) -> list[int]:
    statuses: list[int] = []
    page.on("response", lambda response: statuses.append(response.status) if "/rehearsal/" in response.url else None)
    return statuses


def test_the_page_waits_with_a_bar_and_asks_only_while_it_can_be_seen(tab, crowded):
    page = tab(crowded.owner)
    page.add_init_script(HIDE)
    page.clock.install()
    statuses = asked(page)
    page.goto(f"/w/{crowded.workspace.slug}/ladders/get-set-up/publication/")
    expect(page.get_by_text(re.compile(r"Looking at 2,00\d people"))).to_be_visible()
    expect(page.get_by_role("progressbar", name="People looked at")).to_be_visible()
    for _ in range(2):
        with page.expect_response(lambda response: "/rehearsal/" in response.url, timeout=3000):
            page.clock.fast_forward(2500)
    assert set(statuses[1:]) == {304}  # no worker runs, so nothing changes
    page.evaluate("window.shown = false; document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(500)  # what was under way
    before = len(statuses)
    page.clock.run_for(10_000)
    page.wait_for_timeout(300)
    assert len(statuses) == before
    with page.expect_response(lambda response: "/rehearsal/" in response.url, timeout=3000):
        page.evaluate("window.shown = true; document.dispatchEvent(new Event('visibilitychange'))")


def test_a_worker_brings_the_answer(tab, crowded, worker):
    page = tab(crowded.owner)
    page.clock.install()
    statuses = asked(page)
    page.goto(f"/w/{crowded.workspace.slug}/ladders/get-set-up/publication/")
    told = page.get_by_text(re.compile("3 people who are under way stay on the version that each began"))
    expect(told).to_be_visible(timeout=30000)
    with scope(crowded.workspace):
        assert DryRun.objects.get().done == Person.objects.exclude(external_id="").count()
    before = len(statuses)
    page.clock.run_for(10_000)
    page.wait_for_timeout(300)
    assert len(statuses) == before  # it is done: nothing is asked any more
