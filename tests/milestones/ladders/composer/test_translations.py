"""Translating a ladder: every text beside its original, saved by itself, and known when it is out of date."""

import re

import pytest
from django.core.files.base import ContentFile

from milestones.ladders.models import DraftEdit
from milestones.library.translations import mark_of
from workspaces.scope import scope

CUE = "rungs.invite-team.messages.in_app"
ORIGINAL = "Who else should see this?"


def save(composer, field, text, status=200, *, to="de", made_from=ORIGINAL, **data):
    sent = {"field": field, "text": text, "to": to, "made_from": mark_of(made_from), "page": "translations", **data}
    return composer.post("translations/", status, **sent)


def page(composer, to="de"):
    return " ".join(composer.client.get(f"{composer.root}translations/?to={to}").content.decode().split())


def of(composer, key="invite-team"):
    rungs = composer.document["rungs"]
    return next(r["milestone"] for r in rungs if r["milestone"]["key"] == key).get("translations", {})


def test_the_page_shows_every_text_beside_its_original_and_counts_what_is_missing(composer):
    shown = page(composer)
    assert "<b>0 of 5</b> translated" in shown  # the title, two names, two messages
    assert shown.count('class="original"') == 5
    assert ORIGINAL in shown
    assert "German is not offered to your users yet" in shown
    assert "Nothing can be shown without data." not in shown  # a purpose is for the team
    assert "Count(" not in shown


def test_a_translation_saves_itself_into_the_draft_and_is_counted(composer, workspace):
    answer = save(composer, CUE, "  Wer sollte das sehen?\n")
    assert "<b>1 of 5</b> translated" in answer
    said = of(composer)["de"]
    assert said == {
        "messages": {"in_app": "Wer sollte das sehen?"},
        "made_from": {"messages.in_app": mark_of(ORIGINAL)},
    }
    with scope(workspace):
        edit = DraftEdit.objects.get()
    assert edit.words == "Translated the in-app message of Invite your team into German"
    assert edit.place == "rungs.invite-team.translations.de.messages.in_app"


def test_ladder_and_story_are_translated_like_milestones(composer):
    composer.post("stories/", text="Half the time.", who="Ana")
    save(composer, "title", "セットアップ", to="ja", made_from="Get set up")
    save(composer, "stories.0.text", "半分の時間で。", to="ja", made_from="Half the time.")
    assert composer.document["translations"]["ja"]["title"] == "セットアップ"
    assert composer.document["stories"][0]["translations"]["ja"]["text"] == "半分の時間で。"
    composer.post("stories/0/", field="role", role="administrator")
    assert "translations" in composer.document["stories"][0]


def test_a_changed_original_is_told_until_its_translation_is_written_anew_or_said_to_be_right(composer):
    save(composer, CUE, "Wer sollte das sehen?")
    composer.save("invite-team", "messages.in_app", **{"messages.in_app": "Who else should see this report?"})
    shown = page(composer)
    assert "<b>1 of 5</b> translated, <b>1</b> out of date" in shown
    still = re.search(r'name="still" value="([^"]+)"', shown)[1]
    answer = composer.post("translations/", to="de", still=still, page="translations")
    assert "out of date" not in answer
    assert of(composer)["de"]["messages"]["in_app"] == "Wer sollte das sehen?"


def test_who_translated_what_was_changed_meanwhile_is_told_that_it_is_out_of_date(composer):
    read = composer.base
    composer.save("invite-team", "messages.in_app", **{"messages.in_app": "Who else should see this report?"})
    composer.base = read
    assert "The original was changed" in save(composer, CUE, "Wer sollte das sehen?")


def test_of_two_who_translate_the_same_text_the_second_chooses(composer, eves):
    save(composer, CUE, "Wer sollte das sehen?")
    refused = save(eves, CUE, "Wen betrifft das?", 409)
    assert "Wer sollte das sehen?" in refused
    assert "Take theirs" in refused
    assert of(composer)["de"]["messages"]["in_app"] == "Wer sollte das sehen?"


def test_different_texts_meet_in_peace_and_the_second_is_shown_the_first(composer, eves):
    save(composer, CUE, "Wer sollte das sehen?")
    answer = save(eves, "rungs.invite-team.name", "Laden Sie Ihr Team ein", made_from="Invite your team")
    assert "Wer sollte das sehen?" in answer
    assert set(of(composer)["de"]["made_from"]) == {"name", "messages.in_app"}


def test_undo_takes_a_translation_back_and_shows_every_text_as_it_is(composer, workspace):
    save(composer, CUE, "Wer sollte das sehen?")
    with scope(workspace):
        revision = DraftEdit.objects.get().revision
    answer = composer.post("undo/", of=revision, page="translations", to="de")
    assert "<b>0 of 5</b> translated" in answer
    assert "Wer sollte das sehen?" not in re.sub(r"title=\"[^\"]*\"", "", answer)
    assert of(composer) == {}


@pytest.mark.parametrize(
    "field, data, says",
    [
        (CUE, {"text": "Guten Tag {{ vorname }}"}, "vorname"),
        ("rungs.invite-team.name", {"text": "x" * 121}, "at most 120 fit"),
        (CUE, {"text": "Hallo", "made_from": "<b>"}, "is no mark"),
        (CUE, {"text": "Hallo", "to": "en"}, "Ladders are written in English here"),
        (CUE, {"text": "Hallo", "to": "xx"}, "Ladders are written in English here"),
        ("rungs.gone.name", {"text": "Hallo"}, "no longer there"),
        ("rungs.invite-team.purpose", {"text": "Hallo"}, "no longer there"),
        ("rungs.invite-team.tip", {"text": "Hallo"}, "nothing to translate"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_a_sentence(composer, field, data, says):
    before = composer.document
    sent = {"field": field, "to": "de", "made_from": mark_of(ORIGINAL), "page": "translations", **data}
    assert says in composer.post("translations/", 422, **sent)
    assert composer.document == before


def test_the_library_hears_of_a_translation_only_when_it_is_given_one(composer, workspace):
    save(composer, CUE, "Wer sollte das sehen?")
    library = f"/w/{workspace.slug}/library/invite-team/translations/?to=de"
    assert "Wer sollte das sehen?" not in composer.client.get(library).content.decode()
    composer.post("rungs/invite-team/module/", act="give")
    assert "Wer sollte das sehen?" in composer.client.get(library).content.decode()


def test_without_script_a_text_is_saved_by_its_button(composer):
    sent = {"field": CUE, "text": "Wer?", "to": "de", "page": "translations", "made_from": mark_of(ORIGINAL)}
    response = composer.client.post(f"{composer.root}translations/", sent)
    assert response.status_code == 302
    assert response["Location"] == f"{composer.root}translations/?to=de"
    assert of(composer)["de"]["messages"]["in_app"] == "Wer?"


def test_all_texts_go_to_a_translator_as_one_file_and_come_back(composer):
    address = f"{composer.root}translations/csv/"
    exported = composer.client.get(address)
    assert exported["Content-Disposition"] == 'attachment; filename="admins-translations.csv"'
    text = exported.content.decode("utf-8-sig")
    assert text.startswith("text,original,de,fr,es,pt,ja,ar\r\n")
    filled = text.replace("title,Get set up,", "title,Get set up,Richten Sie sich ein")
    response = composer.client.post(address, {"file": ContentFile(filled.encode(), "de.csv"), "to": "de"}, follow=True)
    assert "Translated 1 text from a file." in response.content.decode()
    assert composer.document["translations"]["de"]["title"] == "Richten Sie sich ein"
    bad = filled.replace("title,", "titel,")
    refused = composer.client.post(address, {"file": ContentFile(bad.encode(), "de.csv"), "to": "de"})
    assert refused.status_code == 422
    assert "line 2, German: This text is no longer there" in refused.content.decode()
    assert composer.client.post(address, {"to": "de"}).status_code == 422
