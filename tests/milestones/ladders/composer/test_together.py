"""Two people change one draft: nothing is overwritten, the second is told, and other places meet in peace."""

import pytest

from milestones.ladders import drafts, editing
from milestones.ladders.composer import changes
from milestones.ladders.models import Ladder
from workspaces.scope import scope
from workspaces.tenants.models import Member


def says(composer, rung, field):
    found = next(r for r in composer.document["rungs"] if r["milestone"]["key"] == rung)
    return found["milestone"].get(field)


@pytest.fixture
def both(composer, eves):
    """Ana and Eve have read the same draft."""
    composer.save("invite-team", "tip", tip="Start small.")
    eves.reload()
    return composer, eves


def test_different_fields_of_one_rung_meet_and_the_second_sees_both(both):
    ana, eve = both
    ana.save("invite-team", "cue", cue="Ana's words")
    text = eve.save("invite-team", "tip", tip="Eve's words")
    assert says(eve, "invite-team", "cue") == "Ana's words"
    assert says(eve, "invite-team", "tip") == "Eve's words"
    assert "Meanwhile Ana: Changed why Invite your team matters." in text
    assert 'id="field-invite-team-cue"' in text  # the open form gets Ana's words
    assert "Ana&#x27;s words" in text


def test_at_one_field_the_second_sees_whose_text_stands_there_and_nothing_is_written(both):
    ana, eve = both
    ana.save("invite-team", "tip", tip="Ana's words")
    text = eve.save("invite-team", "tip", status=409, tip="Eve's words")
    assert says(eve, "invite-team", "tip") == "Ana's words"
    assert "<b>Ana</b> changed this" in text
    assert "Ana&#x27;s words" in text
    assert "Keep mine" in text
    assert "Take theirs" in text


def test_who_keeps_their_own_says_what_they_have_seen(both):
    ana, eve = both
    ana.save("invite-team", "tip", tip="Ana's words")
    text = eve.save("invite-team", "tip", status=409, tip="Eve's words")
    eve.base = text.split('data-clash="')[1].split('"')[0]
    eve.save("invite-team", "tip", tip="Eve's words")
    assert says(eve, "invite-team", "tip") == "Eve's words"


def test_the_same_words_are_no_clash(both):
    ana, eve = both
    ana.save("invite-team", "tip", tip="The same")
    eve.save("invite-team", "tip", tip="The same")
    assert says(eve, "invite-team", "tip") == "The same"


def test_what_was_changed_and_taken_back_is_no_clash(both):
    ana, eve = both
    text = ana.save("invite-team", "tip", tip="A slip")
    ana.post("undo/", of=text.split('id="undo"')[0].rsplit('value="', 1)[1].split('"')[0])
    eve.save("invite-team", "tip", tip="Eve's words")
    assert says(eve, "invite-team", "tip") == "Eve's words"


def test_two_begin_a_draft_of_the_same_version(composer, eves):
    composer.save("invite-team", "tip", tip="Ana's words")
    eves.save("invite-team", "tip", status=409, tip="Eve's words")
    eves.save("invite-team", "cue", cue="Eve's words")
    assert says(composer, "invite-team", "tip") == "Ana's words"
    assert says(composer, "invite-team", "cue") == "Eve's words"


def test_who_comes_between_reading_and_beginning_a_draft_is_not_overwritten(composer, eves, workspace, monkeypatch):
    read = changes.newest_of
    published = []

    def read_too_early(ladder):
        # The first reading is of the published version, and then Ana is quicker.
        version = read(ladder)
        if not published:
            published.append(version)
            with scope(workspace):
                ana = Member.objects.get(user__name="Ana", workspace=workspace)
                tip = {"tip": "Ana's words"}
                changes.change(ladder, lambda d: editing.set_rung(d, "invite-team", tip), by=ana, base=None)
        return version

    monkeypatch.setattr(changes, "newest_of", read_too_early)
    eves.save("invite-team", "cue", cue="Eve's words")
    assert says(eves, "invite-team", "tip") == "Ana's words"
    assert says(eves, "invite-team", "cue") == "Eve's words"


def test_a_removed_rung_is_not_written_into(both):
    ana, eve = both
    ana.post("rungs/invite-team/removal/")
    assert "somebody removed it" in eve.save("invite-team", "tip", status=422, tip="Eve's words")


def test_a_rung_that_somebody_wrote_into_is_not_removed_unseen(both):
    ana, eve = both
    ana.save("invite-team", "tip", tip="Ana's words")
    text = eve.post("rungs/invite-team/removal/", status=409)
    assert eve.order == ["connect-source", "invite-team"]
    assert "Do it all the same" in text
    eve.base = text.split('name="base" value="')[1].split('"')[0]
    eve.post("rungs/invite-team/removal/")
    assert eve.order == ["connect-source"]


def test_a_rung_that_somebody_moved_is_not_moved_back_unseen(both):
    ana, eve = both
    ana.post("rungs/invite-team/place/", direction="down")
    text = eve.post("rungs/invite-team/place/", status=409, phase="quick wins", after="connect-source")
    assert "Moved Invite your team down into advanced" in text
    assert 'name="phase" value="quick wins"' in text  # what Eve asked for can be asked for again


def test_moves_of_different_rungs_meet(both):
    ana, eve = both
    ana.post("rungs/connect-source/copies/")
    eve.post("rungs/invite-team/place/", direction="down")
    assert eve.order == ["connect-source", "connect-source-2", "invite-team"]


def test_undo_never_takes_back_what_somebody_else_did_meanwhile_unseen(both):
    ana, eve = both
    text = eve.save("invite-team", "cue", cue="Eve's words")
    of = text.split('id="undo"')[0].rsplit('value="', 1)[1].split('"')[0]
    ana.save("invite-team", "tip", tip="Ana's words")
    text = eve.post("undo/", status=422, of=of)
    assert "Meanwhile Ana made a change: Changed the tip of Invite your team." in text
    assert says(eve, "invite-team", "tip") == "Ana's words"


def test_two_windows_of_one_member_are_two_people_too(composer, workspace):
    composer.save("invite-team", "tip", tip="Here")
    other = type(composer)(composer.client, workspace)
    composer.save("invite-team", "tip", tip="Here again")
    assert "you, in another window," in other.save("invite-team", "tip", status=409, tip="There")


def test_a_draft_that_was_discarded_is_not_written_into(both, workspace):
    _ana, eve = both
    with scope(workspace):
        drafts.discard(Ladder.objects.get(key="admins").draft, by=None)
    assert "was discarded meanwhile" in eve.save("invite-team", "tip", status=422, tip="Eve's words")


def test_a_draft_that_was_published_goes_on_as_the_next_one(both, workspace):
    _ana, eve = both
    with scope(workspace):
        Ladder.objects.get(key="admins").publish(by=None)
    assert "Draft of version 3" in eve.save("invite-team", "tip", tip="Eve's words")


def test_stories_of_two_people_are_both_kept(composer, eves):
    composer.post("stories/", text="We won.", who="Maya")
    eves.base = composer.base
    composer.post("stories/0/", field="text", text="We won twice.")
    eves.post("stories/0/", status=409, field="text", text="We lost.")
    eves.post("stories/", status=200, text="We grew.", who="Noor")
    assert [story["text"] for story in composer.document["stories"]] == ["We won twice.", "We grew."]


def test_the_next_draft_does_not_take_over_what_the_last_version_changed(composer, workspace):
    composer.post("story/texts/", field="notes", notes="Shorter.")
    with scope(workspace):
        Ladder.objects.get(key="admins").publish(by=None)
    composer.reload()
    composer.save("invite-team", "tip", tip="Start small.")
    assert "notes" not in composer.document
