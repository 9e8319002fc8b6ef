"""The look: what cannot be read is refused with an offer; what can is saved, worn by frame and launcher, and undone."""

import gzip
import json
import re

import pytest

from onboarding.widget.models import WidgetSettings
from onboarding.widget.theme import Theme
from workspaces.audit.models import Entry
from workspaces.scope import scope

GREEN = {
    "scheme": "auto",
    "radius": "6",
    "font": "serif",
    "position": "bottom-left",
    "light_accent": "#00695C",
    "light_background": "fff",
    "light_ink": "#102020",
    "dark_accent": "#4db6ac",
    "dark_background": "#101414",
    "dark_ink": "#e8f0f0",
}


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def kept(workspace) -> dict:
    with scope(workspace):
        return WidgetSettings.of(workspace).theme


@pytest.fixture
def look(base) -> str:
    return base + "look/"


def test_a_look_is_saved_and_noted_with_what_was_before(look, workspace, other_workspace, ana, client_for):
    answer = client_for(ana).post(look + "change/", GREEN, follow=True)
    assert "Saved. It shows with the next page that a user opens." in text(answer)
    theme = Theme.read(kept(workspace))
    assert (theme.light.accent, theme.light.background, theme.radius) == ("#00695c", "#ffffff", 6)
    assert kept(other_workspace) == {}
    with scope(workspace):
        entry = Entry.objects.get()
    assert (entry.action, entry.details["before"]) == ("widget.look_changed", {"theme": {}, "position": "bottom-right"})
    assert entry.details["after"] == {"theme": theme.kept(), "position": "bottom-left"}


def test_what_cannot_be_read_is_not_saved_and_the_nearest_that_can_is_offered(look, workspace, ana, client_for):
    browser = client_for(ana)
    pale = {**GREEN, "light_ink": "#888888", "dark_accent": "#1a2a2a"}
    answer = browser.post(look + "change/", pale)
    assert answer.status_code == 422
    page = text(answer)
    assert "Ink on the background, on light pages: 3.54 : 1, and 4.5 : 1 is needed for text." in page
    assert (
        "Accent (progress, focus) on the background, on dark pages: 1.24 : 1, and 3 : 1 is needed for shapes." in page
    )
    assert kept(workspace) == {}
    offers = re.findall(r'name="use" value="([^"]+)"', answer.content.decode())
    assert offers[0] == "light_ink=#767676"
    taken = browser.post(look + "change/", {**pale, "use": offers[0]})
    assert taken.status_code == 200
    assert 'name="light_ink" value="#767676"' in taken.content.decode()
    assert kept(workspace) == {}
    field, colour = offers[1].split("=")
    assert browser.post(look + "change/", {**pale, "light_ink": "#767676", field: colour}).status_code == 302
    assert Theme.read(kept(workspace)).light.ink == "#767676"


def test_a_set_that_is_never_used_may_be_anything_readable_or_not(look, workspace, ana, client_for):
    answer = client_for(ana).post(look + "change/", {**GREEN, "scheme": "light", "dark_ink": "#101414"})
    assert answer.status_code == 302
    assert Theme.read(kept(workspace)).scheme == "light"


def test_while_it_is_chosen_the_answer_says_what_could_not_be_read(look, workspace, ana, client_for):
    browser = client_for(ana)
    answer = browser.post(look + "answer/", {**GREEN, "light_accent": "#ffd400"})
    assert answer.status_code == 200
    assert "1.43 : 1, and 3 : 1 is needed" in text(answer)
    assert "light_accent=%23ffd400" in answer.content.decode()
    assert "is no colour; write one such as" in text(browser.post(look + "answer/", {**GREEN, "light_accent": "gold"}))
    assert kept(workspace) == {}


@pytest.mark.parametrize("field", ["light_accent", "dark_ink", "radius", "font", "scheme", "position"])
def test_what_the_form_does_not_offer_is_refused(look, workspace, ana, client_for, field):
    answer = client_for(ana).post(look + "change/", {**GREEN, field: "};</style><script>"})
    assert answer.status_code == 422
    assert "<script>}" not in answer.content.decode()
    assert "</style><script>" not in answer.content.decode()
    assert kept(workspace) == {}


def test_the_last_change_is_undone_and_undoing_again_does_it_again(look, workspace, ana, client_for):
    browser = client_for(ana)
    assert "Undo the last change" not in text(browser.get(look))
    browser.post(look + "change/", GREEN)
    green = kept(workspace)
    assert "Undo the last change" in text(browser.get(look))
    browser.post(look + "undo/")
    assert kept(workspace) == {}
    browser.post(look + "undo/")
    assert kept(workspace) == green
    browser.post(look + "reset/")
    assert kept(workspace) == {}
    with scope(workspace):
        assert Entry.objects.filter(action="widget.look_changed").count() == 4
    browser.post(look + "reset/")
    with scope(workspace):
        assert Entry.objects.filter(action="widget.look_changed").count() == 4


def test_editors_see_it_and_change_nothing(look, workspace, edda, client_for):
    browser = client_for(edda)
    assert "Admins and owners can change these" in text(browser.get(look))
    assert browser.post(look + "change/", GREEN).status_code == 403
    assert browser.get(look + "preview/", GREEN).status_code == 200
    assert kept(workspace) == {}


def test_the_frame_and_the_launcher_wear_it(look, workspace, other_workspace, ana, client_for, allowed, come, climb):
    climb("pia", 2)
    plain = come("pia").content.decode()
    assert "#00695c" not in plain
    client_for(ana).post(look + "change/", GREEN)
    worn = come("pia", headers={"Accept-Encoding": "gzip"})
    assert len(worn.content) <= 9 * 1024
    page = gzip.decompress(worn.content).decode()
    style = re.search(r"<style nonce=[^>]*>(.*?)</style>", page, re.DOTALL)[1]
    assert "--c-accent:light-dark(#00695c,#4db6ac)" in style
    assert "--c-radius:6px" in style
    begin = json.loads(re.search(r'<script id="begin"[^>]*>(.*?)</script>', page, re.DOTALL)[1])
    assert "--accent:light-dark(#00695c,#4db6ac)" in begin["style"]
    assert begin["state"]["position"] == "bottom-left"


def test_the_preview_is_the_real_checklist_under_a_policy_of_its_own(look, ana, client_for, ladder):
    response = client_for(ana).get(look + "preview/", {**GREEN, "shown": "dark"})
    page = response.content.decode()
    assert 'data-step="share-report"' in page
    assert 'data-scheme="dark"' in page
    assert "--c-accent:light-dark(#00695c,#4db6ac)" in page
    assert "script" not in response["Content-Security-Policy"]
    assert "default-src 'none'; style-src 'nonce-" in response["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
