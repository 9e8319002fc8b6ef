"""The end user's page and the fragment that it polls."""

import re
from datetime import timedelta

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from milestones.ladders import drafts
from milestones.ladders.document import read
from milestones.ladders.models import LadderVersion
from milestones.library.models import Milestone
from onboarding.people.models import Person
from onboarding.widget.embed import glance
from onboarding.widget.links import SALT, VALID_FOR, checklist_token, checklist_url
from onboarding.widget.models import WidgetEvent, WidgetSettings
from onboarding.widget.theme import Palette, Theme
from tests.analytics.events import send, track
from workspaces.scope import scope


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def steps(response) -> list[tuple[str, str]]:
    return re.findall(r'data-step="([^"]+)" data-state="([^"]+)"', response.content.decode())


@pytest.fixture
def browser():
    return Client()


def test_the_page_shows_how_far_its_person_is_without_a_log_in(browser, climb):
    response = browser.get(checklist_url(climb("pia", 2)))
    assert response.status_code == 200
    assert "2 of 7 done · about 13 minutes left" in text(response)
    assert ("connect-source", "done") in steps(response)
    assert ("invite-teammate", "open") in steps(response)
    assert ("share-report", "locked") in steps(response)


def test_due_dates_are_told_in_words(browser, climb):
    page = text(browser.get(checklist_url(climb("quinn", 0, days_ago=1)) + "?all=1"))
    assert "Due in 2 days" in page
    page = text(browser.get(checklist_url(climb("rosa", 0, days_ago=4)) + "?all=1"))
    assert "Was due yesterday" in page


def test_a_finished_checklist_says_what_was_reached(browser, climb):
    response = browser.get(checklist_url(climb("sven", 7)))
    assert "All 7 done" in text(response)
    assert "Your team reads a shared report every Monday" in text(response)
    assert "data-poll" not in response.content.decode()


def test_a_person_without_a_ladder_is_told_that_steps_will_come(browser, workspace):
    with scope(workspace):
        person = Person.objects.get(external_id="dora")
    response = browser.get(checklist_url(person))
    assert response.status_code == 200
    assert "Nothing to do here yet" in text(response)


def test_the_fragment_answers_304_until_something_happens(browser, workspace, climb):
    person = climb("pia", 2)
    url = checklist_url(person) + "steps/"
    first = browser.get(url)
    tag = first["HX-PTag"]
    assert f'hx-ptag="{tag}"' in first.content.decode()
    assert browser.get(url, headers={"HX-PTag": tag}).status_code == 304
    send(workspace, [track("pia", "Member Invited", timezone.now())])
    changed = browser.get(url, headers={"HX-PTag": tag})
    assert changed.status_code == 200
    assert ("invite-teammate", "done") in steps(changed)
    assert changed["HX-PTag"] != tag


def test_the_page_and_its_fragment_agree_on_the_tag_for_the_same_view(browser, climb):
    url = checklist_url(climb("pia", 2))
    tag = browser.get(url)["HX-PTag"]
    assert browser.get(url + "steps/", headers={"HX-PTag": tag}).status_code == 304
    assert browser.get(url + "steps/?all=1", headers={"HX-PTag": tag}).status_code == 200


def test_polling_costs_few_queries_whatever_the_ladder(browser, climb, django_assert_max_num_queries):
    url = checklist_url(climb("pia", 2)) + "steps/"
    tag = browser.get(url)["HX-PTag"]
    with django_assert_max_num_queries(8):  # transaction, scope, workspace, person, journeys, completions, states
        assert browser.get(url, headers={"HX-PTag": tag}).status_code == 304


def test_a_link_that_nobody_made_leads_nowhere(browser, climb):
    token = checklist_token(climb("pia"))
    for bad in ("nonsense", token[:-1] + ("A" if token[-1] != "A" else "B"), signing.dumps([1, "u:pia"], salt="other")):
        response = browser.get(f"/c/{bad}/")
        assert response.status_code == 404
        assert "This link leads nowhere" in text(response)
        assert browser.get(f"/c/{bad}/steps/").status_code == 404


def test_an_old_link_says_that_it_is_too_old(browser, climb, monkeypatch):
    url = checklist_url(climb("pia"))
    monkeypatch.setattr("onboarding.widget.links.VALID_FOR", timedelta(seconds=-1))
    response = browser.get(url)
    assert response.status_code == 410
    assert "This link is too old" in text(response)
    assert timedelta(days=90) < VALID_FOR


def test_a_link_of_a_deleted_workspace_or_person_leads_nowhere(browser, workspace):
    for made_for in ([workspace.pk, "u:never-seen"], [2**40, "u:dora"]):
        assert browser.get(f"/c/{signing.dumps(made_for, salt=SALT)}/").status_code == 404


def test_a_link_shows_its_own_workspace_even_to_people_of_the_same_name(browser, climb, other_workspace):
    climb("pia", 2)
    send(other_workspace, [track("pia", "Signed Up", timezone.now())])
    with scope(other_workspace):
        theirs = Person.objects.get(external_id="pia")
    page = text(browser.get(checklist_url(theirs)))
    assert "Nothing to do here yet" in page
    assert "Get set up" not in page


def test_a_link_outlives_the_merge_of_its_person(browser, workspace, climb):
    visitor = track("x", "Workspace Created", timezone.now())
    visitor.sender, visitor.anonymous_id = "a:visitor", "visitor"
    send(workspace, [visitor])
    with scope(workspace):
        link = checklist_url(Person.objects.get(key="a:visitor"))
    assert "Nothing to do here yet" in text(browser.get(link))
    climb("pia")
    known = track("pia", "Signed In", timezone.now())
    known.anonymous_id = "visitor"
    known.type = "identify"
    known.event = ""
    send(workspace, [known])
    assert "Get set up" in text(browser.get(link))


def test_the_page_is_kept_out_of_caches_and_search_engines(browser, climb):
    response = browser.get(checklist_url(climb("pia")))
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert "'unsafe" not in response["Content-Security-Policy"]


def test_what_is_read_is_not_written(browser, climb):
    url = checklist_url(climb("pia"))
    assert browser.post(url).status_code == 405
    assert browser.post(url + "steps/").status_code == 405
    assert browser.get(url + "acts/").status_code == 405


def act(browser, url, kind, step="", reason="", **how):
    return browser.post(url + "acts/", {"kind": kind, "step": step, "reason": reason}, **how)


HTMX = {"headers": {"HX-Request": "true"}}


def test_a_step_is_put_aside_with_a_reason_here_and_in_the_widget_and_brought_back(browser, workspace, climb):
    person = climb("pia", 2)
    url = checklist_url(person)
    tag = browser.get(url)["HX-PTag"]
    aside = act(browser, url, "skipped", "invite-teammate", "later", **HTMX)
    assert "You set this step aside for later" in text(aside)
    assert ("invite-teammate", "open") in steps(aside)
    assert 'data-open="build-report"' in aside.content.decode()
    assert browser.get(url + "steps/", headers={"HX-PTag": tag}).status_code == 200
    with scope(workspace):
        (state,) = glance.of_person(person).states
        assert state.skipped == {"invite-teammate": "later"}
        assert WidgetEvent.objects.get().kind == "skipped"
    back = act(browser, url, "unskipped", "invite-teammate", **HTMX)
    assert "You set this step aside" not in text(back)
    assert 'data-open="invite-teammate"' in back.content.decode()


def test_it_is_put_away_with_a_reason_and_brought_back_also_without_script(browser, climb):
    url = checklist_url(climb("pia", 2)) + "?all=1"
    page, _, query = url.partition("?")
    away = browser.post(f"{page}acts/?{query}", {"kind": "dismissed", "reason": "know-it"}, follow=True)
    assert away.redirect_chain == [(url, 302)]
    assert "Your checklist is put away" in text(away)
    assert steps(away) == []
    assert ("connect-source", "done") in steps(browser.post(f"{page}acts/", {"kind": "resumed"}, follow=True))


@pytest.mark.parametrize(
    ("kind", "step", "reason"),
    [
        ("skipped", "no-such-step", "later"),
        ("skipped", "invite-teammate", "because"),
        ("dismissed", "", ""),
        ("step_completed", "invite-teammate", ""),
        ("opened", "", ""),
        ("nonsense", "", ""),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(browser, workspace, climb, kind, step, reason):
    response = act(browser, checklist_url(climb("pia", 2)), kind, step, reason, **HTMX)
    assert response.status_code == 422
    assert ("invite-teammate", "open") in steps(response)
    with scope(workspace):
        assert WidgetEvent.objects.count() == 0


def test_who_has_no_ladder_puts_nothing_away(browser, workspace):
    with scope(workspace):
        person = Person.objects.get(external_id="dora")
    assert act(browser, checklist_url(person), "dismissed", reason="later").status_code == 422


def test_a_link_that_nobody_made_puts_nothing_away(browser, climb):
    token = checklist_token(climb("pia"))
    assert browser.post(f"/c/{token[:-2]}xx/acts/", {"kind": "dismissed", "reason": "later"}).status_code == 404


def test_no_cookie_is_needed_so_none_is_asked_for(climb):
    strict = Client(enforce_csrf_checks=True)
    response = act(strict, checklist_url(climb("pia", 2)), "dismissed", reason="later", **HTMX)
    assert response.status_code == 200
    assert not response.cookies


def test_the_page_has_the_workspaces_look(browser, workspace, climb):
    url = checklist_url(climb("pia", 2))
    assert "look.css" not in browser.get(url).content.decode()
    with scope(workspace):
        theme = Theme(light=Palette("#0b6b3a", "#fffdf5", "#1d1d1d"), scheme="light", radius=0)
        WidgetSettings.objects.create(workspace=workspace, theme=theme.kept())
    assert f"{url}look.css" in browser.get(url).content.decode()
    style = browser.get(f"{url}look.css")
    assert style["Content-Type"].startswith("text/css")
    assert "--c-accent:#0b6b3a;" in style.content.decode()
    assert "html:has(> .climber){color-scheme:light;}" in style.content.decode()


def offer(workspace, *languages):
    workspace.languages = list(languages)
    workspace.save()


def test_the_page_speaks_the_languages_that_its_workspace_offers(browser, workspace, climb):
    url = checklist_url(climb("pia", 2))
    german = {"Accept-Language": "de-CH, en;q=0.5"}
    assert '<html lang="en" dir="ltr">' in browser.get(url, headers=german).content.decode()
    offer(workspace, "de", "ar")
    response = browser.get(url, headers=german)
    assert '<html lang="de" dir="ltr">' in response.content.decode()
    assert "2 von 7 erledigt · noch etwa 13 Minuten" in text(response)
    arabic = browser.get(url + "?lang=ar", headers=german)
    assert '<html lang="ar" dir="rtl">' in arabic.content.decode()
    assert "تم إنجاز 2 من 7" in text(arabic)


def test_what_the_person_is_said_to_speak_goes_before_the_browser(browser, workspace, climb):
    offer(workspace, "de", "fr")
    person = climb("pia", 2)
    with scope(workspace):
        Person.objects.filter(pk=person.pk).update(traits={"locale": "fr-FR"})
    response = browser.get(checklist_url(person), headers={"Accept-Language": "de"})
    assert "2 étapes terminées sur 7 · encore 13 minutes environ" in text(response)


def test_a_language_asked_for_is_kept_by_every_link_and_by_polling(browser, workspace, climb):
    offer(workspace, "de")
    page = browser.get(checklist_url(climb("pia", 2)) + "?lang=de").content.decode()
    links = re.findall(r'(?:href|hx-get|action|hx-post)="(/c/[^"]*)"', page)
    assert len(links) > 9
    assert all("lang=de" in link for link in links)


def test_another_language_is_another_view_to_polling(browser, workspace, climb):
    offer(workspace, "de")
    url = checklist_url(climb("pia", 2)) + "steps/"
    tag = browser.get(url)["HX-PTag"]
    assert browser.get(url, headers={"HX-PTag": tag, "Accept-Language": "de"}).status_code == 200


def translate(workspace, ladder, **texts):
    """Give version 2 of the ladder some German, and move everybody to it."""
    with scope(workspace):
        draft = drafts.begin(ladder, by=None)
        document = draft.document
        document["translations"] = {"de": {"title": "Richten Sie sich ein"}}
        document["rungs"][2]["milestone"]["translations"] = {"de": texts}
        drafts.write(draft, read({"ladder": document}), by=None, words="Translated", place="")
        return ladder.publish(by=None, at=timezone.now(), moves=True)


def test_texts_that_are_translated_are_and_the_others_say_which_language_they_are_in(browser, workspace, ladder, climb):
    offer(workspace, "de")
    person = climb("pia", 2)
    translate(workspace, ladder, name="Laden Sie jemanden ein", action_label="Einladen")
    send(workspace, [track("pia", "Signed In", timezone.now())])
    response = browser.get(checklist_url(person) + "?lang=de")
    page = response.content.decode()
    assert '<h2 id="checklist-title">Richten Sie sich ein</h2>' in page
    assert "<span data-name>Laden Sie jemanden ein</span>" in page
    assert '<span data-name lang="en" dir="auto">Build your first report</span>' in page
    assert 'rel="noopener">Einladen</a>' in page
    english = browser.get(checklist_url(person)).content.decode()
    assert "<span data-name>Invite a teammate</span>" in english
    assert ' dir="auto"' not in english


def test_a_published_version_keeps_its_translations_whatever_the_draft_says(browser, workspace, ladder, climb):
    offer(workspace, "de")
    person = climb("pia", 2)
    version = translate(workspace, ladder, name="Laden Sie jemanden ein")
    with scope(workspace):
        draft = drafts.begin(ladder, by=None)
        document = {field: value for field, value in draft.document.items() if field != "translations"}
        del document["rungs"][2]["milestone"]["translations"]
        drafts.write(draft, read({"ladder": document}), by=None, words="Took them away", place="")
        Milestone.objects.get(key="invite-teammate").become({**version.rungs.get(position=3).says, "translations": {}})
        kept = LadderVersion.objects.get(pk=version.pk).document
    send(workspace, [track("pia", "Signed In", timezone.now())])
    assert kept["translations"]["de"]["title"] == "Richten Sie sich ein"
    assert "Laden Sie jemanden ein" in text(browser.get(checklist_url(person) + "?lang=de"))


def test_a_link_that_leads_nowhere_says_so_in_the_readers_language(browser, db):
    response = browser.get("/c/nonsense/", headers={"Accept-Language": "ja-JP"})
    assert response.status_code == 404
    assert '<html lang="ja" dir="ltr">' in response.content.decode()
    assert "このリンクは無効です" in text(response)
