"""The pages of the library: finding, writing, the archive. Reading is told in ladders/test_pages."""

import html

import pytest

from milestones.library import writing
from milestones.library.models import Milestone
from workspaces.audit.models import Entry
from workspaces.scope import scope

INVITE = {
    "name": "Invite your team",
    "purpose": "Teams of three keep going.",
    "criterion.kind": "event",
    "criterion.event": "Invite Sent",
    "criterion.at_least": "2",
    "criterion.of": "start",
    "expected_actions": "Name three colleagues\nSend the invitations",
    "minutes": "5",
    "tags.use_case": "collaboration, reporting",
    "messages.in_app": "Hi {{ first_name | there }}",
}


def text_of(response, status=200):
    assert response.status_code == status
    return html.unescape(" ".join(response.content.decode().split()))


@pytest.fixture
def editor(workspace, ana, client_for):
    """Ana at the library of Acme: `get` and `post` below library/."""

    class Browser:
        def __init__(self):
            self.client = client_for(ana)

        def url(self, path):
            return f"/w/{workspace.slug}/{path}"

        def get(self, path, **asked):
            return self.client.get(self.url(path), asked)

        def post(self, path, data=None):
            return self.client.post(self.url(path), data or {})

    return Browser()


@pytest.fixture
def invite(workspace, editor):
    """The module that Ana wrote."""
    response = editor.post("new-milestone/", INVITE)
    assert response.status_code == 302
    assert response["Location"] == f"/w/{workspace.slug}/library/invite-your-team/"
    assert "Invite your team is in the library." in text_of(editor.client.get(response["Location"]))
    with scope(workspace):
        return Milestone.objects.get()


def test_a_new_milestone_says_what_was_written_and_is_in_the_log(workspace, ana, invite):
    assert invite.content == {
        "key": "invite-your-team",
        "name": "Invite your team",
        "purpose": "Teams of three keep going.",
        "expected_actions": ["Name three colleagues", "Send the invitations"],
        "criterion": {"event": "Invite Sent", "at_least": 2},
        "minutes": 5,
        "tags": {"use_case": ["collaboration", "reporting"]},
        "messages": {"in_app": "Hi {{ first_name | there }}"},
    }
    with scope(workspace):
        assert Entry.objects.get(action="milestone.created").actor == ana.user.email


def test_two_of_the_same_name_have_keys_of_their_own(workspace, editor, invite):
    editor.post("new-milestone/", INVITE)
    with scope(workspace):
        assert set(Milestone.objects.values_list("key", flat=True)) == {"invite-your-team", "invite-your-team-2"}


def test_what_is_wrong_is_told_and_nothing_is_kept(workspace, editor):
    text = text_of(editor.post("new-milestone/", {**INVITE, "minutes": "ten", "criterion.event": ""}), status=422)
    assert "Nothing is saved yet." in text
    assert "'ten' is not a whole number from 1 to 600" in text
    assert "Write the event’s name" in text
    assert 'value="ten"' in text
    assert "Name three colleagues" in text
    with scope(workspace):
        assert not Milestone.objects.exists()


def test_a_change_keeps_the_key_and_counts(workspace, editor, invite):
    editor.post("library/invite-your-team/edit/", {**INVITE, "name": "Invite everybody", "revision": "1"})
    with scope(workspace):
        changed = Milestone.objects.get()
        assert (changed.key, changed.name, changed.revision) == ("invite-your-team", "Invite everybody", 2)
        assert changed.changed_by == "Ana"
        assert Entry.objects.get(action="milestone.changed").details == {"fields": ["name"], "revision": 2}


def test_saving_without_a_change_counts_nothing(workspace, editor, invite):
    editor.post("library/invite-your-team/edit/", {**INVITE, "revision": "1"})
    with scope(workspace):
        assert Milestone.objects.get().revision == 1
        assert not Entry.objects.filter(action="milestone.changed").exists()


def test_the_second_of_two_writers_is_told_and_overwrites_nothing(workspace, ana, editor, invite):
    with scope(workspace):
        messages = {**invite.messages, "email": "Hello\nyou"}
        theirs = {**invite.content, "cue": "Ask early.", "criterion": {"event": "Invited"}, "messages": messages}
        writing.change(invite, theirs, base=1, by=ana)
    mine = {**INVITE, "purpose": "Mine.", "messages.email": "Hello\r\nyou\r\n", "revision": "1"}
    text = text_of(editor.post("library/invite-your-team/edit/", mine), status=409)
    assert "Ana changed this milestone just now, while you were writing." in text
    assert "Saved meanwhile: Ask early." in text
    assert "Saved meanwhile: Teams of three keep going." in text
    assert "Saved meanwhile: the user sends Invited" in text
    assert text.count("Saved meanwhile") == 3
    assert ">Mine.</textarea>" in text.replace("> Mine.", ">Mine.")
    assert 'name="revision" value="2"' in text
    with scope(workspace):
        assert Milestone.objects.get().content["cue"] == "Ask early."
        assert Milestone.objects.get().purpose == "Teams of three keep going."
    # Who has seen it may save over it.
    assert editor.post("library/invite-your-team/edit/", {**mine, "revision": "2"}).status_code == 302
    with scope(workspace):
        assert Milestone.objects.get().purpose == "Mine."


def test_two_writers_of_the_same_words_are_no_conflict(workspace, ana, editor, invite):
    with scope(workspace):
        writing.change(invite, {**invite.content, "purpose": "Mine."}, base=1, by=ana)
    assert (
        editor.post("library/invite-your-team/edit/", {**INVITE, "purpose": "Mine.", "revision": "1"}).status_code
        == 302
    )


@pytest.mark.parametrize("revision", ["", "x", "-1", "²"])
def test_a_form_without_a_revision_overwrites_nothing(workspace, editor, invite, revision):
    response = editor.post("library/invite-your-team/edit/", {**INVITE, "purpose": "Mine.", "revision": revision})
    assert response.status_code == 409
    with scope(workspace):
        assert Milestone.objects.get().purpose == "Teams of three keep going."


def test_the_criterions_buttons_work_in_the_page_itself_where_there_is_no_javascript(workspace, editor, invite):
    pressed = {**INVITE, "revision": "1", "name": "Not saved", "act": "criterion:where:"}
    text = text_of(editor.post("library/invite-your-team/edit/", pressed))
    assert 'name="criterion.where.0.property"' in text
    assert 'value="Not saved"' in text
    with scope(workspace):
        assert Milestone.objects.get().revision == 1


def test_archived_milestones_leave_the_list_and_come_back(workspace, editor, invite):
    editor.post("library/invite-your-team/archive/")
    assert "library/invite-your-team/" not in text_of(editor.get("library/"))
    assert "Invite your team" in text_of(editor.get("library/", show="archived"))
    assert "Undo: take it back" in text_of(editor.get("library/invite-your-team/"))
    editor.post("library/invite-your-team/archive/")
    editor.post("library/invite-your-team/restore/")
    editor.get("library/invite-your-team/")
    assert "Invite your team" in text_of(editor.get("library/"))
    with scope(workspace):
        actions = list(
            Entry.objects.filter(action__startswith="milestone.").order_by("pk").values_list("action", flat=True)
        )
    assert actions == ["milestone.created", "milestone.archived", "milestone.restored"]


def test_the_list_is_searched_by_words_and_tags(workspace, editor, invite):
    editor.post(
        "new-milestone/", {**INVITE, "name": "Look around", "criterion.event": "Looked", "tags.use_case": "reporting"}
    )
    assert "2 milestones" in text_of(editor.get("library/"))
    text = text_of(editor.get("library/", q="invite sent"))
    assert "Invite your team" in text
    assert "Look around" not in text
    text = text_of(editor.get("library/", use_case="reporting"))
    assert "2 milestones" in text
    assert "No milestone matches" in text_of(editor.get("library/", q="warehouse"))


def test_an_empty_library_offers_a_starter_pack_to_those_who_may_adopt_it(workspace, editor, ben, client_for):
    assert "Adopt a starter pack" in text_of(editor.get("library/"))
    text = text_of(client_for(ben).get(f"/w/{workspace.slug}/library/"))
    assert "No milestones yet" in text
    assert "Adopt a starter pack" not in text


def test_viewers_are_offered_nothing_that_they_may_not_do(workspace, invite, ben, client_for):
    text = text_of(client_for(ben).get(f"/w/{workspace.slug}/library/invite-your-team/"))
    assert "Archive" not in text
    assert "/edit/" not in text
    assert client_for(ben).post(f"/w/{workspace.slug}/library/invite-your-team/archive/").status_code == 403
    with scope(workspace):
        assert Milestone.objects.get().archived_at is None


def test_what_people_type_cannot_smuggle_markup_into_the_form(workspace, editor):
    bad = '"><script>alert(1)</script>'
    response = editor.post(
        "new-milestone/", {**INVITE, "minutes": bad, "criterion.event": bad, "criterion.at_least": bad}
    )
    assert "<script>alert(1)" not in response.content.decode()


# The editor's own endpoint


def test_the_criterion_is_drawn_again_after_one_of_its_buttons(workspace, editor):
    url = editor.url("criterion/") + "?prefix=rule&kind=rule"
    fields = {"rule.kind": "trait", "rule.trait": "plan", "rule.operator": "in", "rule.operand": "a, b"}
    text = text_of(editor.client.post(url, {**fields, "act": "rule:group::any"}))
    assert 'name="rule.children.0.operand" value="a, b"' in text
    assert 'name="rule.children.1.trait" value=""' in text
    assert "autofocus" in text


@pytest.mark.parametrize(
    ("query", "act"),
    [("kind=burn", ""), ("prefix=%3Cb%3E", ""), ("prefix=", ""), ("", "criterion:burn:"), ("", "criterion:remove:")],
)
def test_a_form_that_there_is_not_is_a_bad_request(workspace, editor, query, act):
    response = editor.client.post(editor.url("criterion/") + f"?{query}", {"criterion.event": "A", "act": act})
    assert response.status_code == 400
