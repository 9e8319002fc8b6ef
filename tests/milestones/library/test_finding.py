"""Finding modules by words and tags."""

import pytest

from milestones.library.finding import matches, tags_in

pytestmark = pytest.mark.pure

INVITE = {
    "key": "invite-team",
    "name": "Invite your team",
    "purpose": "Teams of three keep going.",
    "criterion": {"any": [{"event": "Invite Sent"}, {"trait": "seats", "greater_than": 2}]},
    "tags": {"use_case": ["collaboration"], "size": ["Small", "large"]},
}
PLAIN = {"key": "look", "name": "Look", "criterion": {"event": "Looked"}}


@pytest.mark.parametrize("words", ["", "invite", "TEAM three", "sent", "seats", "collab", "invite-team"])
def test_every_word_is_looked_for_in_name_text_event_and_tags(words):
    assert matches(INVITE, words=words)


def test_one_word_that_is_not_there_is_enough_to_leave_it_out():
    assert not matches(INVITE, words="invite warehouse")
    assert not matches(PLAIN, words="invite")


def test_tags_are_asked_for_as_they_are_written_and_all_of_them():
    assert matches(INVITE, tags={"size": "large", "use_case": "collaboration", "role": ""})
    assert not matches(INVITE, tags={"size": "large", "use_case": "reporting"})
    assert not matches(PLAIN, tags={"size": "large"})


def test_the_tags_to_choose_from_are_those_in_use():
    assert tags_in([INVITE, PLAIN, {**PLAIN, "tags": {"size": ["Small"]}}]) == {
        "use_case": ["collaboration"],
        "size": ["large", "Small"],
    }
