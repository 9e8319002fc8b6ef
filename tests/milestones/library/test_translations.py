"""Texts in further languages: read, known to be out of date, and falling back text by text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.library.content import TRANSLATED, read_content
from milestones.library.problems import Problems
from milestones.library.translations import in_language, mark_of, states, value_at, with_translation
from tests.milestones.ladders.documents import milestones

pytestmark = pytest.mark.pure

INVITE = {
    "key": "invite",
    "name": "Invite your team",
    "criterion": {"event": "Invite Sent"},
    "cue": "Teams keep going.",
    "messages": {"email": "Hello {{ first_name | there }}"},
}
PATHS = [place.path for place in TRANSLATED]


def read(**translations) -> dict:
    problems = Problems()
    content = read_content({**INVITE, "translations": translations}, "milestone", problems)
    assert problems == []
    return content


def problems_of(**translations) -> list[str]:
    problems = Problems()
    read_content({**INVITE, "translations": translations}, "milestone", problems)
    return [str(problem) for problem in problems]


def state_of(content, path, language="de") -> str:
    return next(found.state for found in states(content, language, TRANSLATED) if found.place.path == path)


def test_a_text_written_by_hand_is_made_from_what_the_original_says_now():
    content = read(de={"name": "Laden Sie Ihr Team ein"})
    made_from = {"name": mark_of("Invite your team")}
    assert content["translations"] == {"de": {"name": "Laden Sie Ihr Team ein", "made_from": made_from}}
    assert state_of(content, "name") == "done"
    assert state_of(content, "cue") == "missing"


def test_a_changed_original_leaves_its_translation_out_of_date_until_somebody_looks_at_it():
    content = {**read(de={"name": "Laden Sie Ihr Team ein"}), "name": "Invite everybody"}
    assert state_of(content, "name") == "outdated"
    assert in_language(content, "de", TRANSLATED)[0]["name"] == "Laden Sie Ihr Team ein"
    again = with_translation(content, "de", "name", "Laden Sie alle ein", places=TRANSLATED)
    assert state_of(again, "name") == "done"
    assert state_of({**again, "name": "Invite your team"}, "name") == "outdated"


def test_what_is_not_translated_stays_in_the_language_it_was_written_in():
    content = read(de={"cue": "Teams bleiben dran.", "messages": {"email": "Guten Tag {{ first_name }}"}})
    texts, translated = in_language(content, "de", TRANSLATED)
    assert translated == {"cue", "messages.email"}
    assert texts["name"] == "Invite your team"
    assert texts["messages"]["email"] == "Guten Tag {{ first_name }}"
    assert in_language(content, "fr", TRANSLATED) == (content, frozenset())


def test_a_translation_of_a_text_that_is_gone_is_kept_and_not_shown():
    content = {field: value for field, value in read(de={"cue": "Teams bleiben dran."}).items() if field != "cue"}
    texts, translated = in_language(content, "de", TRANSLATED)
    assert "cue" not in texts
    assert translated == frozenset()
    assert "cue" in content["translations"]["de"]


def test_an_empty_translation_is_none():
    assert "translations" not in read(de={"name": "  ", "messages": {"email": ""}})
    content = read(de={"name": "Laden Sie Ihr Team ein"})
    assert "translations" not in with_translation(content, "de", "name", " ", places=TRANSLATED)


def test_every_problem_is_named_with_its_place():
    assert problems_of(
        xx={"name": "?"},
        de={"nme": "?", "messages": {"sms": "?", "email": "Guten Tag {{ vorname }}"}, "made_from": {"name": "yes"}},
        fr={"name": 7},
        ja={"name": "あ" * 121},
    ) == [
        "milestone.translations.xx: is not known here; write en, de, fr, es, pt, ja, ar",
        "milestone.translations.de.nme: is not known here; did you mean 'name'?",
        "milestone.translations.de.messages.sms: is not known here; write in_app, email_subject, email, help",
        "milestone.translations.de.made_from.name: 'yes' is no mark; leave it out, and it is made from the original",
        "milestone.translations.de.messages.email: {{ vorname }} is not known here; did you mean 'name'?",
        "milestone.translations.fr.name: 7 is not a text; put it in quotes",
        "milestone.translations.ja.name: is 121 characters long; at most 120 fit",
    ]


def test_only_a_text_that_can_be_translated_is():
    with pytest.raises(ValueError, match="purpose"):
        with_translation(INVITE, "de", "purpose", "Zweck", places=TRANSLATED)


@given(milestones("invite"), st.sampled_from(["de", "fr"]), st.sampled_from(PATHS), st.text(max_size=30))
def test_no_language_ever_shows_an_empty_text_or_loses_another(data, language, path, text):
    problems = Problems()
    content = read_content(data, "milestone", problems)
    changed = with_translation(content, language, path, text, places=TRANSLATED)
    for tag in ("de", "fr", "ar"):
        texts, _ = in_language(changed, tag, TRANSLATED)
        for place in TRANSLATED:
            assert bool(value_at(texts, place.path)) == bool(value_at(content, place.path))
            if (tag, place.path) != (language, path):
                assert value_at(texts, place.path) == value_at(in_language(content, tag, TRANSLATED)[0], place.path)
