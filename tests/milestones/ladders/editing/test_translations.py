"""Translations as changes of a document."""

import pytest

from milestones.ladders import editing
from milestones.ladders.composer.translating import LABELS
from milestones.ladders.document import STORY_TRANSLATED, TRANSLATED
from milestones.ladders.editing import Translation, value_at
from milestones.ladders.editing.translations import _WORDS
from milestones.ladders.versions.rungs_compared import TRANSLATED_LABELS
from milestones.library.content import TRANSLATED as MILESTONE_TRANSLATED
from tests.milestones.ladders.documents import changed, two_rungs

pytestmark = pytest.mark.pure


def paths(*places):
    return {place.path for of in places for place in of}


def test_every_text_that_can_be_translated_has_its_words():
    everywhere = paths(TRANSLATED, STORY_TRANSLATED, MILESTONE_TRANSLATED)
    assert set(LABELS) == everywhere
    assert set(_WORDS) == everywhere
    assert set(TRANSLATED_LABELS) >= paths(MILESTONE_TRANSLATED)


def test_a_translation_stands_where_the_change_says_and_can_be_taken_away():
    edit = editing.set_translation(two_rungs(), "rungs.invite-team.messages.help", "ja", "三人から。")
    assert edit.words == "Translated the help article of Invite your team into Japanese"
    (place,) = edit.places
    assert value_at(edit.document, place) == "三人から。"
    back = editing.set_translation(edit.document, "rungs.invite-team.messages.help", "ja", "")
    assert back.words == "Took away the Japanese of the help article of Invite your team"
    assert back.document == two_rungs()


def test_a_story_takes_its_translations_along_when_another_is_removed():
    document = changed(two_rungs(), stories=[{"text": "First."}, {"text": "Second.", "who": "Ana"}])
    document = editing.set_translation(document, "stories.1.text", "de", "Zweite.").document
    document = editing.remove_story(document, 0).document
    assert document["stories"][0]["translations"]["de"]["text"] == "Zweite."


def test_a_copy_of_a_milestone_has_its_translations():
    document = editing.set_translation(two_rungs(), "rungs.connect-source.name", "de", "Verbinden").document
    copied = editing.duplicate(document, "connect-source", taken=set()).document["rungs"][1]["milestone"]
    assert copied["translations"]["de"]["name"] == "Verbinden"


def test_many_are_taken_over_together_or_not_at_all():
    good = Translation("title", "de", "Richten Sie sich ein")
    edit = editing.set_translations(two_rungs(), [good, Translation("title", "fr", "Commencez")])
    assert edit.words == "Translated 2 texts from a file"
    assert edit.places == ("translations.de.title", "translations.fr.title")
    bad = [good, Translation("rungs.invite-team.name", "de", "x" * 121), Translation("kickoff", "xx", "?")]
    with pytest.raises(editing.CannotEdit) as refused:
        editing.set_translations(two_rungs(), bad)
    assert [problem.place for problem in refused.value.problems] == ["kickoff xx"]
    with pytest.raises(editing.CannotEdit) as refused:
        editing.set_translations(two_rungs(), bad[:2])
    assert [problem.place for problem in refused.value.problems] == ["rungs.invite-team.name de"]
