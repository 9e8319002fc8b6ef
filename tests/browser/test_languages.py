"""The checklist in every language, and the page on which its texts are translated."""

import pytest
from playwright.sync_api import expect

from milestones.ladders import drafts
from milestones.ladders.document import read
from milestones.ladders.models import Ladder
from tests.browser.test_pages import AXE, problems
from tests.tiers import EXHAUSTIVE
from workspaces.scope import scope
from workspaces.tenants.languages import LANGUAGES

LONG = "Benutzerkontenverwaltungsberechtigungen vervollständigen"


@pytest.fixture
def offered(world):
    """Acme offers every language, and has translated some of its texts into German."""
    world.workspace.languages = [tag for tag in LANGUAGES if tag != "en"]
    world.workspace.save()
    with scope(world.workspace):
        ladder = Ladder.objects.get(key="get-set-up")
        draft = drafts.begin(ladder, by=world.owner)
        document = draft.document
        document["translations"] = {"de": {"title": "Erste Schritte mit Datenquellenverbindungen"}}
        for rung in document["rungs"]:
            said = {"name": LONG, "cue": f"{LONG}, {LONG}", "action_label": LONG}
            texts = {field: text for field, text in said.items() if field in rung["milestone"]}
            rung["milestone"]["translations"] = {"de": texts}
        drafts.write(draft, read({"ladder": document}), by=world.owner, words="Translated", place="")
        ladder.publish(by=world.owner, moves=True)
    world.send("tom", "Nothing In Particular")  # lets the engine move everybody
    return world


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_checklist_is_accessible_in_every_language_light_and_dark_and_on_a_phone(tab, offered, tag):
    page = tab(locale=tag)
    found = []
    people = ["pia", "quinn", "rosa"]  # in every day's tier each language shows one of them, English all
    for name in people if EXHAUSTIVE or tag == "en" else [people[list(LANGUAGES).index(tag) % 3]]:
        page.goto(offered.checklist(name) + "?all=1")
        html = page.locator("html")
        expect(html).to_have_attribute("lang", tag)
        expect(html).to_have_attribute("dir", LANGUAGES[tag].direction)
        page.evaluate(AXE)
        for details in page.locator(".step details").all():
            details.evaluate("(details) => { details.removeAttribute('name'); details.open = true; }")
        found += [f"{name}, {problem}" for problem in problems(page)]
    assert found == []


def test_long_german_words_stay_inside_the_checklist(tab, offered):
    page = tab(locale="de-DE")
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto(offered.checklist("pia") + "?all=1")
    expect(page.get_by_text(LONG).first).to_be_visible()
    for details in page.locator(".step details").all():
        details.evaluate("(details) => { details.removeAttribute('name'); details.open = true; }")
    box = page.locator(".checklist").bounding_box()
    for element in page.locator(".checklist :is(h2, p, small, summary, a, [data-name])").all():
        inner = element.bounding_box()
        if inner and inner["width"] > 1:
            assert inner["x"] >= box["x"], element.inner_text()
            assert inner["x"] + inner["width"] <= box["x"] + box["width"] + 0.5, element.inner_text()


def test_arabic_reads_from_right_to_left_and_what_is_not_translated_keeps_its_own_direction(tab, offered):
    page = tab(locale="ar")
    page.goto(offered.checklist("pia"))
    expect(page.locator("[data-summary]")).to_contain_text("تم إنجاز 2 من 7")
    mark, name = page.locator(".step-mark").first.bounding_box(), page.locator("[data-name]").first.bounding_box()
    assert mark["x"] > name["x"] + name["width"]
    english = page.locator("[data-name]").first
    expect(english).to_have_attribute("lang", "en")
    assert english.evaluate("(element) => getComputedStyle(element).direction") == "ltr"
    offered.send("pia", "Member Invited")
    expect(page.locator("#checklist-news")).to_have_text(
        "تم الإنجاز: Invite a teammate. تم إنجاز 3 من 7 · بقيت 11 دقيقة تقريبًا", timeout=3000
    )


def test_a_language_that_was_asked_for_stays_whatever_the_reader_does(tab, offered):
    page = tab(locale="de-DE")
    page.goto(offered.checklist("pia") + "?lang=fr")
    page.get_by_role("link", name="Afficher les 7 étapes").click()
    expect(page.locator(".step")).to_have_count(7)
    page.get_by_text("Passer", exact=True).first.click()
    page.get_by_role("button", name="Je le ferai plus tard").first.click()
    expect(page.locator(".step.skipped")).to_have_count(1)
    expect(page.locator(".checklist")).to_have_attribute("lang", "fr")
    expect(page.get_by_role("progressbar")).to_have_attribute("aria-valuetext", "2 étapes terminées sur 7")


def test_a_member_sees_the_checklist_in_the_persons_language_not_in_their_own(tab, offered):
    with scope(offered.workspace):
        person = offered.person("pia")
        person.traits |= {"locale": "ja-JP"}
        person.save()
    page = tab(offered.owner, locale="de-DE")
    page.goto(offered.page_of("pia"))
    checklist = page.locator("#checklist")
    expect(checklist).to_have_attribute("lang", "ja")
    offered.send("pia", "Member Invited")
    expect(checklist.locator("[data-summary]")).to_contain_text("7件中3件が完了", timeout=3000)


def test_a_text_is_translated_beside_its_original_and_shown_in_the_preview(tab, world):
    page = tab(world.owner)
    page.goto(f"/w/{world.workspace.slug}/ladders/get-set-up/")
    page.get_by_role("link", name="Translations").click()
    page.get_by_role("link", name="Arabic").click()
    expect(page.get_by_text("Arabic is not offered to your users yet")).to_be_visible()
    count = page.locator("#translated-count")
    expect(count).to_contain_text("0 of")
    preview = page.locator("#preview-body")
    expect(preview.locator(".checklist")).to_have_attribute("dir", "rtl")
    title = page.get_by_label("Title", exact=True)
    title.fill("ابدأ هنا")
    expect(count).to_contain_text("1 of")
    expect(page.locator("#save-state")).to_have_text("Saved")
    expect(preview.locator("#checklist-title")).to_have_text("ابدأ هنا")
    page.reload()
    expect(title).to_have_value("ابدأ هنا")
    page.get_by_role("button", name="Undo").click()
    expect(count).to_contain_text("0 of")
    expect(title).to_have_value("")


def test_a_changed_original_is_told_and_said_to_be_still_right(tab, world):
    page = tab(world.owner)
    root = f"/w/{world.workspace.slug}/ladders/get-set-up/"
    page.goto(f"{root}translations/?to=de")
    page.get_by_label("Title", exact=True).fill("Richten Sie alles ein")
    expect(page.locator("#save-state")).to_have_text("Saved")
    page.goto(f"{root}story/")
    page.get_by_label("Title", exact=True).fill("Get everything set up")
    expect(page.locator("#save-state")).to_have_text("Saved")
    page.goto(f"{root}translations/?to=de")
    state = page.locator("#state-translation-title")
    expect(state).to_contain_text("The original was changed")
    expect(page.locator("#translated-count")).to_contain_text("1 out of date")
    state.get_by_role("button", name="Still right").click()
    expect(state).to_be_hidden()
    expect(page.locator("#translated-count")).not_to_contain_text("out of date")
