"""A playbook as a file: complete, with its numbers, harmless whatever was written, and fetching nothing."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from analytics.review import printing
from analytics.review.exports import as_html, as_markdown
from analytics.review.numbers import numbers_of
from analytics.review.pdf import pdf_of
from analytics.review.tasks import print_kept
from milestones.ladders import drafts
from milestones.playbook.book import book_of
from milestones.playbook.models import Span
from milestones.playbook.writing import add_chapter, expect, write
from workspaces.scope import scope

DAY = timedelta(days=1)
HOSTILE = (
    "# Guidance\n\n<script>alert(1)</script> [x](javascript:alert(1)) <https://good.example>\n\n"
    "`<b>code</b>` <img src=http://127.0.0.1:9/x.png onerror=alert(1)>\n\n```\n# <script> in code\n```"
)


@pytest.fixture
def exported(workspace, ladder, climbs, ana, clock):
    """The book and its numbers, with a hostile text in every place that people write in."""
    climbs(workspace, 100, 50, now=clock, ago=30 * DAY, after=DAY)
    with scope(workspace):
        chapter = add_chapter(ladder, title="Who to <i>talk</i> to", by=ana)
        write(ladder, chapter.place, title=chapter.title, text="The *dock manager*.", by=ana, why="<b>pilot</b>")
        write(ladder, "milestone-connect", text=HOSTILE, by=ana, why="x")
        expect(ladder, "milestone-connect", span=Span(40, 60, 14), by=ana, why="x")
        draft = drafts.begin(ladder, by=ana)
        document = draft.document | {"title": "Get </title><script>alert(2)</script> going"}
        document["rungs"][0]["milestone"] |= {
            "risks": ["*not* soft"],
            "messages": {"email_subject": "<b>Hi</b> {{ name }}", "email": "```\n<script>\n```", "in_app": "Hello"},
        }
        drafts.write(draft, document, by=ana, words="x", place="title")
        ladder.publish(by=ana, at=clock - 40 * DAY)
        book = book_of(ladder)
        yield book, numbers_of(workspace, book, now=clock)


def test_markdown_has_what_the_page_has(workspace, exported):
    text = as_markdown(*exported, workspace=workspace)
    assert text.startswith("# Administrators\n\nAcme · version 2 · ")
    assert r"## Get \</title\>\<script\>alert(2)\</script\> going" in text
    assert r"## Who to \<i\>talk\</i\> to" + "\n\nThe *dock manager*." in text
    assert "- **Reached when** the user sends Connected." in text
    assert "- **Now:** 50% within 14 days (40–60%) of 100 people, half within 24 hours" in text.replace(
        "1 day ", "24 hours "
    )
    assert "- **Expected:** 40–60% within 14 days" in text
    assert r"- \*not\* soft" in text
    assert "Ana: wrote “Who to" in text


def test_written_markdown_keeps_its_form_below_the_documents_headings_and_loses_its_html(workspace, exported):
    text = as_markdown(*exported, workspace=workspace)
    assert "##### Guidance" in text
    assert "&lt;script>alert(1)&lt;/script>" in text
    assert "<https://good.example>" in text
    assert "`<b>code</b>`" in text
    assert "```\n# <script> in code\n```" in text
    assert "````text\n```\n<script>\n```\n````" in text  # a template is shown as it is, in a longer fence


def test_html_is_one_harmless_file(workspace, exported):
    html = as_html(*exported, workspace=workspace)
    assert "<script" not in html
    assert "javascript:" not in re.sub(r"\[x\]\(javascript:alert\(1\)\)", "", html)  # there as text only
    assert set(re.findall(r"(?:src|href)=\"([^\"]*)\"", html)) == {"https://good.example"}
    assert "url(" not in html
    assert "default-src 'none'" in html
    assert "<em>dock manager</em>" in html
    assert "<b>50%</b> within 14 days (40–60%) of 100 people" in html
    assert "Expected: 40–60%" in html
    assert html.count("<h1>") == 1


def test_the_pdf_is_made_without_a_network(workspace, exported, caplog):
    html = as_html(*exported, workspace=workspace, printed=True)
    asking = html.replace("</body>", '<img src="http://127.0.0.1:9/pixel.png"><img src="file:///etc/passwd"></body>')
    pdf = pdf_of(asking)
    assert pdf.startswith(b"%PDF-")
    asked = [record.getMessage() for record in caplog.records]
    assert [said for said in asked if "127.0.0.1:9" in said]
    assert [said for said in asked if "/etc/passwd" in said]
    assert not [said for said in asked if "typeface" in said]


def test_a_long_document_is_printed_by_a_task_and_kept_for_a_while(workspace, monkeypatch):
    called = []
    monkeypatch.setattr(printing.current_app, "send_task", lambda name, args, **_: called.append((name, args)))
    html = f"<p>{'long ' * 70_000}{workspace.slug}</p>"
    assert printing.print_soon(html, workspace.pk) is None
    assert printing.print_soon(html, workspace.pk) is None  # one call is enough
    ((name, (workspace_id, digest)),) = called
    assert (name, workspace_id) == ("review.print", workspace.pk)
    print_kept(workspace_id + 1, digest)  # another workspace's waits for nothing
    assert printing.print_soon(html, workspace.pk) is None
    print_kept(workspace_id, digest)
    assert printing.print_soon(html, workspace.pk).startswith(b"%PDF-")


def test_a_page_says_that_a_long_pdf_is_being_made(workspace, exported, ben, client_for, monkeypatch):
    monkeypatch.setattr("analytics.review.views.print_soon", lambda html, workspace_id: None)
    response = client_for(ben).get(reverse("review:export", args=[workspace.slug, "admin", "pdf"]))
    assert (response.status_code, response["Refresh"]) == (202, "3")
    assert "is being made" in response.content.decode()


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [
        ("md", "text/markdown", b"# Administrators"),
        ("html", "text/html", b"<!doctype html>"),
        ("pdf", "application/pdf", b"%PDF-"),
    ],
)
def test_a_member_takes_a_file_along(workspace, exported, ben, client_for, form, kind, begins):
    response = client_for(ben).get(reverse("review:export", args=[workspace.slug, "admin", form]))
    assert response.status_code == 200
    assert response["Content-Type"].startswith(kind)
    assert response["Content-Disposition"] == f'attachment; filename="admin-playbook.{form}"'
    assert response.content.startswith(begins)


def test_a_ladder_that_nobody_climbs_has_a_file_too(workspace, ladder, clock):
    with scope(workspace):
        ladder.archived_at = clock
        ladder.save()
        book = book_of(ladder)
        assert numbers_of(workspace, book, now=clock) is None
        assert "**Reached when** the user sends Connected." in as_markdown(book, None, workspace=workspace)
        assert "Reached when" in as_html(book, None, workspace=workspace)


def test_the_page_gets_the_numbers_of_the_ladder_and_beside_each_milestone(workspace, exported, ben, client_for):
    response = client_for(ben).get(reverse("review:numbers", args=[workspace.slug, "admin"]))
    html = response.content.decode()
    assert html.count('hx-swap-oob="innerHTML"') == 3
    assert 'id="milestone-connect-numbers"' in html


def test_a_range_is_proposed_beside_where_it_stands(workspace, exported, ben, client_for):
    url = reverse("review:proposal", args=[workspace.slug, "admin", "milestone-connect"])
    assert client_for(ben).get(url).status_code == 200
    gone = reverse("review:proposal", args=[workspace.slug, "admin", "milestone-none"])
    assert client_for(ben).get(gone).status_code == 404
