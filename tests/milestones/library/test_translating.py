"""A module's translations in the library."""

import re

import pytest

from milestones.library.content import TRANSLATED
from milestones.library.models import Milestone
from milestones.library.translations import states
from workspaces.audit.models import Entry
from workspaces.scope import scope

CONTENT = {
    "key": "invite",
    "name": "Invite your team",
    "criterion": {"event": "Invite Sent"},
    "cue": "Teams keep going.",
}


@pytest.fixture
def milestone(workspace):
    with scope(workspace):
        milestone = Milestone()
        milestone.become(CONTENT)
        return milestone


@pytest.fixture
def browser(ana, client_for):
    return client_for(ana)


@pytest.fixture
def address(workspace, milestone):
    return f"/w/{workspace.slug}/library/invite/translations/"


def now(workspace):
    with scope(workspace):
        return Milestone.objects.get(key="invite")


def state_of(milestone, path):
    return next(found.state for found in states(milestone.content, "de", TRANSLATED) if found.place.path == path)


def test_every_text_stands_beside_its_original(browser, address):
    page = " ".join(browser.get(address + "?to=ar").content.decode().split())
    assert "<b>0 of 2</b> translated" in page
    assert '<p class="original" id="original-text-cue" lang="en" dir="auto">Teams keep going.</p>' in page
    assert re.search(r'<textarea id="text-cue" name="cue" rows="2" lang="ar" dir="rtl"', page)


def test_what_was_written_is_saved_and_noted(browser, address, workspace):
    sent = {"to": "de", "revision": "1", "name": "Laden Sie Ihr Team ein", "cue": ""}
    assert browser.post(address, sent).status_code == 302
    assert now(workspace).translations["de"]["name"] == "Laden Sie Ihr Team ein"
    with scope(workspace):
        details = Entry.objects.get(action="milestone.translated").details
    assert details == {"language": "German", "fields": ["name"], "revision": 2}
    log = " ".join(browser.get(f"/w/{workspace.slug}/settings/audit/").content.decode().split())
    assert "</b> into German" in log
    assert browser.post(address, {**sent, "revision": "2"}).status_code == 302
    assert now(workspace).revision == 2


def test_editing_the_original_keeps_translations_and_leaves_them_out_of_date(browser, address, workspace):
    browser.post(address, {"to": "de", "revision": "1", "name": "Laden Sie Ihr Team ein"})
    edit = f"/w/{workspace.slug}/library/invite/edit/"
    criterion = {"criterion.kind": "event", "criterion.event": "Invite Sent"}
    page = browser.get(edit).content.decode()
    fields = dict(re.findall(r'<input[^>]*name="(criterion[^"]*)"[^>]*value="([^"]*)"', page))
    browser.post(edit, {**criterion, **fields, "revision": "2", "name": "Invite everybody"})
    changed = now(workspace)
    assert changed.name == "Invite everybody"
    assert state_of(changed, "name") == "outdated"
    assert "<b>1</b> out of date" in browser.get(address + "?to=de").content.decode()
    sent = {"to": "de", "revision": str(changed.revision), "name": "Laden Sie Ihr Team ein", "still": "name"}
    assert browser.post(address, sent).status_code == 302
    assert state_of(now(workspace), "name") == "done"


def test_who_wrote_while_somebody_else_saved_is_told_and_overwrites_nothing(browser, address, workspace):
    browser.post(address, {"to": "de", "revision": "1", "name": "Laden Sie Ihr Team ein"})
    late = browser.post(address, {"to": "de", "revision": "1", "name": "Team einladen"})
    assert late.status_code == 409
    page = late.content.decode()
    assert "Team einladen</textarea>" in page
    assert 'Saved now: <span lang="de" dir="auto">Laden Sie Ihr Team ein</span>' in page
    assert now(workspace).translations["de"]["name"] == "Laden Sie Ihr Team ein"
    assert browser.post(address, {"to": "de", "revision": "2", "name": "Team einladen"}).status_code == 302
    assert now(workspace).translations["de"]["name"] == "Team einladen"


def test_what_cannot_be_kept_is_refused_at_its_text(browser, address, workspace):
    refused = browser.post(address, {"to": "de", "revision": "1", "name": "x" * 121, "cue": "Gut."})
    assert refused.status_code == 422
    assert "This is 121 characters long; at most 120 fit." in refused.content.decode()
    assert now(workspace).translations == {}


def test_nothing_is_translated_into_the_language_that_it_is_written_in(browser, address, workspace):
    for to in ("en", "xx", ""):
        response = browser.post(address, {"to": to, "revision": "1", "name": "Laden Sie ein"}, follow=True)
        assert "milestones are written in English here" in response.content.decode()
    assert now(workspace).translations == {}
