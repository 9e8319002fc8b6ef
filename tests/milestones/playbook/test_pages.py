"""The playbook's pages: viewers read, editors write and remark, and nothing that was written harms a reader."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from milestones.playbook.care import Care, take_care
from milestones.playbook.models import Comment, Playbook, Section
from milestones.playbook.remarks import say
from milestones.playbook.writing import add_chapter, write
from workspaces.scope import scope

HTMX = {"HX-Request": "true"}
PLACE = "milestone-connect"


@pytest.fixture
def at(workspace):
    def address(name, *args):
        return reverse(f"playbook:{name}", args=[workspace.slug, "admins", *args])

    return address


def text_of(workspace, place=PLACE):
    with scope(workspace):
        return Section.objects.get(place=place).text


def test_the_list_tells_owners_due_reviews_and_what_is_stale(workspace, ladder, ana, ben, client_for):
    with scope(workspace):
        take_care(ladder, Care(ana.user, 6, timezone.localdate(), 14), by=ana)
        section = write(ladder, PLACE, text="x", by=ana, why="x")
        section.stale_since, section.stale_reason = timezone.now(), "Why"
        section.save()
        say(ladder, "", text="Really?", by=ana)
    html = client_for(ben).get(reverse("playbook:index", args=[workspace.slug])).content.decode()
    for told in ("Administrators", "Ana", "every 6 weeks", "Review due", "1 stale", "1 open"):
        assert told in html
    assert "Globex" not in html


def test_the_page_reads_as_a_document(ladder, ben, client_for, at):
    html = client_for(ben).get(at("playbook")).content.decode()
    for told in (
        "Ready to run the dock",
        "people whose role is admin",
        "Your first site takes bookings.",
        "the user sends Connected within 14 days of starting",
        "The request to IT waits for days",
        "First value",
        '<code class="variable">{{ first_name | Hello }}</code>',
        "published version 1",
    ):
        assert told in html, told
    assert "Write guidance" not in html  # a viewer
    assert "Your comment" not in html


def test_what_was_written_is_shown_harmlessly(workspace, ladder, ana, ben, client_for, at):
    with scope(workspace):
        chapter = add_chapter(ladder, title="<b>Title</b>", by=ana)
        hostile = "<script>alert(1)</script> [x](javascript:alert(1)) **bold**"
        write(ladder, chapter.place, title="<b>Title</b>", text=hostile, by=ana, why="<i>why</i>")
        say(ladder, PLACE, text="<img src=x onerror=alert(1)>", by=ana)
    html = client_for(ben).get(at("playbook")).content.decode()
    assert "<script>alert" not in html
    assert "<strong>bold</strong>" in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "<b>Title</b>" not in html
    assert "<i>why</i>" not in html
    log = client_for(ben).get(at("log")).content.decode()
    assert "<script>alert" not in log
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in log


def test_an_editor_writes_in_place(workspace, ladder, dan, client_for, at):
    browser = client_for(dan)
    form = browser.get(at("write", PLACE), headers=HTMX).content.decode()
    assert "<html" not in form
    assert "Why this change" not in form  # nothing is replaced yet
    said = {"text": "Ask **IT** early.", "base": "0"}
    html = browser.post(at("write", PLACE), said, headers=HTMX).content.decode()
    assert "Ask <strong>IT</strong> early." in html
    assert 'id="log" hx-swap-oob="true"' in html
    assert "Why this change" in browser.get(at("write", PLACE), headers=HTMX).content.decode()
    refused = browser.post(at("write", PLACE), {"text": "Other", "base": "1"}, headers=HTMX)
    assert (refused.status_code, text_of(workspace)) == (422, "Ask **IT** early.")


def test_without_scripts_the_form_is_a_page_and_leads_back(workspace, ladder, dan, client_for, at):
    browser = client_for(dan)
    assert "<h1>Connect a source</h1>" in browser.get(at("write", PLACE)).content.decode()
    response = browser.post(at("write", PLACE), {"text": "Early.", "base": "0"})
    assert response["Location"] == f"{at('playbook')}#{PLACE}"
    assert text_of(workspace) == "Early."


def test_the_second_writer_sees_theirs_and_keeps_their_own(workspace, ladder, ana, dan, client_for, at):
    with scope(workspace):
        write(ladder, PLACE, text="From **Ana**", by=ana, why="x", base=0)
    browser = client_for(dan)
    unasked = browser.post(at("write", PLACE), {"text": "From Dan", "base": "0"}, headers=HTMX)
    assert "Ana saved this section" in unasked.content.decode()  # although a reason is asked for only now
    mine = {"text": "From Dan", "base": "0", "why": "y"}
    response = browser.post(at("write", PLACE), mine, headers=HTMX)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Ana saved this section" in html
    assert "From <strong>Ana</strong>" in html
    assert ">\nFrom Dan</textarea>" in html
    assert 'name="base" value="1"' in html
    assert text_of(workspace) == "From **Ana**"
    assert browser.post(at("write", PLACE), mine | {"base": "1"}, headers=HTMX).status_code == 200
    assert text_of(workspace) == "From Dan"


def test_the_preview_is_what_will_be_shown(ladder, dan, client_for, at):
    response = client_for(dan).post(at("preview"), {"text": "# A\n<script>alert(1)</script>"})
    assert response.content.decode().strip() == "<h4>A</h4>\n<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"low": "60", "high": "40", "within_days": "14", "why": "x"}, "exchange them"),
        ({"low": "40", "high": "", "within_days": "14", "why": "x"}, "A range has two ends"),
        ({"low": "40", "high": "60", "within_days": "", "why": "x"}, "within how many days"),
        ({"low": "40", "high": "101", "within_days": "14", "why": "x"}, "100"),
        ({"low": "40", "high": "60", "within_days": "14", "why": ""}, "required"),
    ],
)
def test_a_range_that_makes_no_sense_is_refused_with_what_to_do(workspace, ladder, dan, client_for, at, said, problem):
    response = client_for(dan).post(at("span", PLACE), said, headers=HTMX)
    assert response.status_code == 422
    assert problem in response.content.decode()
    with scope(workspace):
        assert not Section.objects.exists()


def test_a_range_is_saved_and_shown(ladder, dan, client_for, at):
    said = {"low": "40", "high": "60", "within_days": "14", "why": "As in the pilot"}
    assert "40–60% within 14 days" in client_for(dan).post(at("span", PLACE), said, headers=HTMX).content.decode()


def test_care_names_members_only(workspace, ladder, dan, cyd, client_for, at):
    browser = client_for(dan)
    said = {"owner": str(cyd.user_id), "cadence_weeks": "6", "due_on": "", "window_days": "14"}
    assert browser.post(at("care"), said, headers=HTMX).status_code == 422
    html = browser.post(at("care"), said | {"owner": str(dan.user_id)}, headers=HTMX).content.decode()
    assert "Every 6 weeks" in html
    with scope(workspace):
        assert Playbook.objects.get().owner == dan.user


def test_marking_as_reviewed_asks_what_was_found(workspace, ladder, dan, client_for, at):
    browser = client_for(dan)
    assert browser.post(at("reviewed"), {"note": ""}, headers=HTMX).status_code == 422
    html = browser.post(at("reviewed"), {"note": "All still true"}, headers=HTMX).content.decode()
    assert "by Dan" in html
    assert "All still true" in html  # in the log, which follows


def test_viewers_read_remarks_and_make_none(workspace, ladder, ana, ben, client_for, at):
    with scope(workspace):
        anas = say(ladder, PLACE, text="Yes", by=ana)
    browser = client_for(ben)
    assert browser.post(at("comment"), {"place": PLACE, "text": "Is this so?"}, headers=HTMX).status_code == 403
    assert browser.post(at("resolve_comment", anas.pk), headers=HTMX).status_code == 403
    html = browser.get(at("playbook")).content.decode()
    assert "Yes" in html
    assert at("comment") not in html


def test_editors_remark_and_change_and_delete_their_own_only(workspace, ladder, ana, dan, client_for, at):
    browser = client_for(dan)
    browser.post(at("comment"), {"place": PLACE, "text": "Is this so?"}, headers=HTMX)
    with scope(workspace):
        own = Comment.objects.get()
        anas = say(ladder, PLACE, text="Yes", by=ana)
    assert (own.author, own.place) == ("Dan", PLACE)
    assert browser.post(at("edit_comment", own.pk), {"text": "Is this still so?"}, headers=HTMX).status_code == 200
    for name in ("edit_comment", "delete_comment"):
        assert browser.post(at(name, anas.pk), {"text": "No"}, headers=HTMX).status_code == 403
    assert client_for(ana).post(at("edit_comment", own.pk), {"text": "x"}, headers=HTMX).status_code == 403
    assert client_for(ana).post(at("resolve_comment", own.pk), headers=HTMX).status_code == 200
    assert browser.post(at("delete_comment", own.pk), headers=HTMX).status_code == 200
    with scope(workspace):
        assert list(Comment.objects.values_list("text", flat=True)) == ["Yes"]


def test_a_remark_stands_at_a_place_that_is_there(ladder, dan, client_for, at):
    assert client_for(dan).post(at("comment"), {"place": "milestone-none", "text": "x"}).status_code == 404


def test_chapters_are_removed_with_an_undo(workspace, ladder, dan, client_for, at):
    browser = client_for(dan)
    assert (
        "Who to talk to" in browser.post(at("add_chapter"), {"title": "Who to talk to"}, headers=HTMX).content.decode()
    )
    html = browser.post(at("chapter", "chapter-1"), {"act": "remove"}, headers=HTMX).content.decode()
    assert "“Who to talk to” was removed" in html
    html = browser.post(at("chapter", "chapter-1"), {"act": "restore"}, headers=HTMX).content.decode()
    assert 'id="chapter-1-title">Who to talk to<' in html
    assert browser.post(at("chapter", "chapter-9"), {"act": "remove"}, headers=HTMX).status_code == 404


def test_yaml_goes_out_and_in(workspace, ladder, ana, dan, client_for, at):
    with scope(workspace):
        write(ladder, PLACE, text="Ask IT early.", by=ana, why="x")
    browser = client_for(dan)
    text = browser.get(at("yaml")).content.decode()
    changed = SimpleUploadedFile("playbook.yaml", text.replace("early", "first").encode())
    page = browser.post(at("import"), {"file": changed}, follow=True).content.decode()
    assert "Changed: milestone connect rewritten." in page
    assert text_of(workspace) == "Ask IT first."
    for wrong, problem in ((text.replace("admins", "other"), "is of"), ("playbook: [", "not YAML"), ("\xff", "UTF-8")):
        upload = SimpleUploadedFile("playbook.yaml", wrong.encode("latin-1", "replace"))
        response = browser.post(at("import"), {"file": upload})
        assert response.status_code == 422
        assert problem in response.content.decode()
    assert browser.post(at("import")).status_code == 422


def test_another_workspaces_playbook_cannot_be_reached_through_ones_own(
    workspace, other_workspace, ladder, cyd, client_for
):
    browser = client_for(cyd)
    with scope(workspace):
        add_chapter(ladder, title="Acme only", by=None)
    mine = reverse("playbook:playbook", args=[other_workspace.slug, "admins"])
    assert "Acme only" not in browser.get(mine).content.decode()
    assert (
        browser.get(reverse("playbook:section", args=[other_workspace.slug, "admins", "chapter-2"])).status_code == 404
    )
