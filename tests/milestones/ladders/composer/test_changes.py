"""The composer's changes through the web: what is written, answered, refused, and kept in the history."""

import pytest

from milestones.ladders.models import Ladder
from milestones.library.models import Milestone
from workspaces.audit.models import Entry
from workspaces.scope import scope


def test_the_first_change_begins_a_draft_and_the_published_version_stays(composer, workspace):
    assert "Version 1 live" in composer.reload()
    text = composer.save("invite-team", "cue", cue="Ask the one who asks you.")
    assert "Draft of version 2" in text
    assert "Changed why Invite your team matters." in text
    with scope(workspace):
        ladder = Ladder.objects.get(key="admins")
        assert ladder.draft.document["rungs"][1]["milestone"]["cue"] == "Ask the one who asks you."
        assert "cue" not in ladder.published.document["rungs"][1]["milestone"]
        assert Entry.objects.filter(action="draft.begun").count() == 1


def test_what_is_wrong_is_told_at_its_field_and_begins_no_draft(composer, workspace):
    text = composer.save("invite-team", "action_url", status=422, action_url="javascript:alert(1)")
    assert 'id="error-invite-team-action_url"' in text
    assert "is no link; it begins with https:// or with one /." in text
    with scope(workspace):
        assert Ladder.objects.get(key="admins").draft is None


def test_a_field_that_says_what_it_said_before_changes_nothing(composer, workspace):
    composer.save("invite-team", "name", name="Invite your team")
    with scope(workspace):
        assert Ladder.objects.get(key="admins").draft is None


def test_a_renamed_rung_shows_its_name_wherever_it_stands(composer):
    text = composer.save("connect-source", "name", name="Connect your warehouse")
    assert "after Connect your warehouse" in text  # in the other rung's row


def test_periods_are_read_from_number_and_unit(composer):
    composer.save("invite-team", "due_after", **{"due_after.n": "2", "due_after.unit": "week"})
    assert composer.document["rungs"][1]["due_after"] == "14 days"
    assert "is not a period" in composer.save(
        "invite-team", "due_after", status=422, **{"due_after.n": "two", "due_after.unit": "week"}
    )
    composer.save("invite-team", "due_after", **{"due_after.n": "", "due_after.unit": "week"})
    assert "due_after" not in composer.document["rungs"][1]


def test_a_criterion_is_saved_as_one_field(composer):
    fields = {"criterion.kind": "event", "criterion.event": "Team Formed", "criterion.at_least": "3"}
    text = composer.save("invite-team", "criterion", **fields)
    assert composer.document["rungs"][1]["milestone"]["criterion"] == {"event": "Team Formed", "at_least": 3}
    assert "<code>Team Formed</code> 3 times" in text
    fields["criterion.event"] = ""
    assert "is empty" in composer.save("invite-team", "criterion", status=422, **fields)


def test_lists_and_ticks_are_read(composer):
    composer.save("invite-team", "risks", risks="Nobody answers.\r\n\r\nThe wrong ones come.")
    composer.save("invite-team", "tags.industry", **{"tags.industry": "retail, health ,"})
    composer.save("invite-team", "prerequisites")
    rung = composer.document["rungs"][1]
    assert rung["milestone"]["risks"] == ["Nobody answers.", "The wrong ones come."]
    assert rung["milestone"]["tags"] == {"industry": ["retail", "health"]}
    assert "prerequisites" not in rung


def test_moving_answers_with_the_list_and_says_what_happened(composer):
    composer.save("invite-team", "prerequisites")
    text = composer.post("rungs/invite-team/place/", direction="up")
    assert "Moved Invite your team up into quick wins." in text
    text = composer.post("rungs/invite-team/place/", direction="up")
    assert composer.order == ["invite-team", "connect-source"]
    assert text.index("rung-invite-team") < text.index("rung-connect-source")
    composer.post("rungs/invite-team/place/", phase="advanced", after="connect-source")
    assert [rung["phase"] for rung in composer.document["rungs"]] == ["quick wins", "advanced"]


def test_a_move_that_cannot_be_is_said_and_the_list_stays(composer):
    composer.post("rungs/invite-team/place/", direction="up", status=200)
    text = composer.post("rungs/invite-team/place/", direction="up", status=422)
    assert "Invite your team opens after Connect a data source, so it stays below it." in text
    assert composer.order == ["connect-source", "invite-team"]


def test_a_milestone_is_added_from_the_library_or_new(composer, workspace):
    with scope(workspace):
        Milestone().become({"key": "set-alert", "name": "Set an alert", "criterion": {"event": "Alert Set"}})
    assert "Set an alert" in composer.client.get(composer.root + "panel/?q=alert").content.decode()
    composer.post("rungs/", milestone="set-alert", phase="advanced")
    text = composer.post("rungs/", name="Share a report", event="Report Shared", phase="core")
    assert 'data-opened="share-a-report"' in text
    assert composer.order == ["connect-source", "invite-team", "share-a-report", "set-alert"]
    assert "Set an alert" not in composer.client.get(composer.root + "panel/?q=alert").content.decode()
    with scope(workspace):
        assert Milestone.objects.get(key="share-a-report").criterion == {"event": "Report Shared"}


def test_a_new_milestone_needs_a_name_and_an_event(composer):
    assert "Name the event" in composer.post("rungs/", status=422, name="Share", event="", phase="core")
    assert "Write what the user reads" in composer.post("rungs/", status=422, name="", event="E", phase="core")


def test_a_removed_milestone_comes_back_by_undo(composer):
    before = composer.document
    text = composer.post("rungs/connect-source/removal/")
    assert "Removed Connect a data source; Invite your team no longer waits for it." in text
    of = text.split('id="undo"')[0].rsplit('value="', 1)[1].split('"')[0]
    text = composer.post("undo/", of=of)
    assert "Took back: Removed Connect a data source" in text
    assert composer.document == before
    of = text.split('id="redo"')[0].rsplit('value="', 1)[1].split('"')[0]
    composer.post("redo/", of=of)
    assert composer.order == ["invite-team"]


def test_there_may_be_nothing_to_undo(composer):
    assert "There is nothing to undo." in composer.post("undo/", status=422, of="1")


def test_a_copy_is_a_milestone_of_its_own(composer, workspace):
    composer.post("rungs/invite-team/copies/")
    assert composer.order == ["connect-source", "invite-team", "invite-team-2"]
    with scope(workspace):
        assert Milestone.objects.get(key="invite-team-2").name == "Invite your team (copy)"


def test_what_a_rung_and_its_module_say_can_be_taken_either_way(composer, workspace):
    composer.save("invite-team", "tip", tip="Start small.")
    assert "Save to the library" in composer.reload()
    composer.post("rungs/invite-team/module/", act="give")
    with scope(workspace):
        module = Milestone.objects.get(key="invite-team")
        assert module.tip == "Start small."
        assert Entry.objects.filter(action="milestone.changed").count() == 1
        module.become({**module.content, "tip": "Start with three."})
    text = composer.post("rungs/invite-team/module/", act="take", open="invite-team")
    assert "Start with three." in text  # in the open form, which is drawn anew
    assert composer.document["rungs"][1]["milestone"]["tip"] == "Start with three."
    assert "Save to the library" not in text


def test_the_history_says_who_did_what(composer, eves):
    composer.save("invite-team", "tip", tip="Start small.")
    eves.reload()
    eves.save("invite-team", "cue", cue="Because.")
    text = composer.client.get(composer.root + "history/").content.decode()
    assert text.index("Changed why Invite your team matters") < text.index("Changed the tip of Invite your team")
    assert text.index("Eve") < text.index("Ana")


def test_without_script_every_change_leads_back_to_the_page(composer):
    url = composer.root + "rungs/invite-team/"
    back = composer.client.post(url, {"field": "cue", "cue": "Because.", "base": "1.0", "open": "invite-team"})
    assert back["Location"] == composer.root + "?open=invite-team"
    assert "Because." in composer.client.get(back["Location"]).content.decode()
    back = composer.client.post(composer.root + "rungs/invite-team/place/", {"direction": "down"}, follow=True)
    assert "Moved Invite your team down into advanced." in back.content.decode()


@pytest.mark.parametrize("path", ["rungs/", "rungs/invite-team/", "rungs/invite-team/place/", "undo/", "stories/"])
def test_who_may_not_edit_changes_nothing(ladder, workspace, ben, cyd, client_for, path):
    url = f"/w/{workspace.slug}/ladders/admins/{path}"
    assert client_for(ben).post(url, {"field": "cue", "cue": "x"}).status_code == 403
    assert client_for(cyd).post(url, {"field": "cue", "cue": "x"}).status_code == 404
    with scope(workspace):
        assert Ladder.objects.get(key="admins").draft is None


def test_a_viewer_reads_the_ladder_without_a_single_field(ladder, workspace, ben, client_for):
    for page in ("", "story/"):
        text = client_for(ben).get(f"/w/{workspace.slug}/ladders/admins/{page}").content.decode()
        assert "Invite your team" in text
        assert "data-autosave" not in text
        assert "Publish version" not in text


def test_texts_cannot_smuggle_markup_into_any_piece(composer):
    evil = "</textarea><script>alert(1)</script>"
    composer.save("invite-team", "name", name=evil)
    pieces = [
        composer.save("invite-team", "cue", cue=evil),
        composer.post("rungs/invite-team/place/", direction="down", open="invite-team"),
        composer.reload(),
        composer.client.get(composer.root + "?open=invite-team&add=1").content.decode(),
        composer.client.get(composer.root + "history/").content.decode(),
        composer.client.get(composer.root + "story/").content.decode(),
    ]
    for text in pieces:
        assert "&lt;script&gt;alert(1)" in text
        assert "<script>alert(1)" not in text
