"""The help: every page of docs/ is there, and every link of it leads somewhere."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from workspaces.help import markdown
from workspaces.help.contents import DOCS, NAMES

INTERNAL = re.compile(r'(?:href|src)="(/w/[^"#]*|)(?:#([^"]*))?"')


@pytest.fixture
def read(workspace, ben, client_for):
    """A page's article, as a viewer gets it."""
    browser = client_for(ben)

    def reading(name: str) -> str:
        response = browser.get(reverse("help:page", args=[workspace.slug, name]))
        assert response.status_code == 200
        return response.content.decode().partition("<article")[2].partition("</article>")[0]

    return reading


def shown(body: str, name: str = "page") -> str:
    return markdown.page(
        body,
        name=name,
        page_at=lambda other: f"/help/{other}/" if other in NAMES else None,
        picture_at=lambda one: f"/help/pictures/{one}.png",
        origin="https://first.acme.example",
    ).html


def test_every_page_of_the_documentation_stands_in_the_contents():
    files = [*DOCS.glob("*.md"), *DOCS.glob("guide/*.md")]
    assert sorted(NAMES) == sorted(str(file.relative_to(DOCS).with_suffix("")) for file in files)
    assert len(NAMES) == len(set(NAMES)) > 15


def test_the_contents_name_every_page(workspace, ben, client_for):
    page = client_for(ben).get(reverse("help:index", args=[workspace.slug])).content.decode()
    assert [name for name in NAMES if f'/help/{name}/"' not in page] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_link_and_picture_of_a_page_leads_somewhere(name, read, workspace, ben, client_for):
    browser, article = client_for(ben), read(name)
    for address, anchor in INTERNAL.findall(article):
        there = article
        if address:
            response = browser.get(address)
            assert response.status_code == 200, address
            there = "" if response["Content-Type"] == "image/png" else response.content.decode()
        assert not anchor or f'id="{anchor}"' in there, f"{address}#{anchor}"
    assert re.findall(r'(?:href|src)="(?!/w/|#|https?://)', article) == []


def test_it_is_linked_from_the_menu_and_from_the_install_guide(workspace, ana, client_for):
    page = client_for(ana).get(reverse("installation:guide", args=[workspace.slug])).content.decode()
    assert f'href="/w/{workspace.slug}/help/"' in page
    assert f'href="/w/{workspace.slug}/help/sending-events/"' in page
    assert "docs/" not in page


def test_what_is_no_page_is_not_there(workspace, ben, client_for):
    for name in ("nonsense", "decisions/0001-hash-locked-requirements", "..%2FREADME", "guide/../running", "%00"):
        assert client_for(ben).get(f"/w/{workspace.slug}/help/{name}/").status_code == 404
    assert client_for(ben).get(f"/w/{workspace.slug}/help/pictures/nonsense.png").status_code == 404


def test_examples_name_this_installation(read):
    article = read("installing-the-widget")
    assert f'src="{settings.BASE_URL}/sdk/v1.js"'.replace('"', "&quot;") in article
    assert "firstmile.example.com" not in article


def test_headings_have_the_anchors_that_links_are_written_for():
    html = shown("## What `exp` is, and *why*\n\n## Known\n\n## Known\n")
    assert re.findall('id="([^"]+)"', html) == ["what-exp-is-and-why", "known", "known-1"]


def test_links_are_read_from_where_their_page_stands_and_those_that_lead_out_are_text():
    assert '<a href="/help/theming/#saving-undoing">x</a>' in shown(
        "[x](../theming.md#saving-undoing)", "guide/installing"
    )
    assert '<a href="/help/guide/roles/">x</a>' in shown("[x](roles.md)", "guide/installing")
    assert '<img src="/help/pictures/ladder.png" alt="A ladder"' in shown(
        "![A ladder](../screenshots/ladder.png)", "guide/x"
    )
    assert shown("[why *so*](decisions/0001.md), [x](theming.md)") == (
        '<p>why <em>so</em>, <a href="/help/theming/">x</a></p>\n'
    )


def test_no_markup_of_a_text_gets_through():
    html = shown("<script>alert(1)</script>\n\n```html\n<script>alert(1)</script>\n```\n\n[x](javascript:alert(1))")
    assert "<script" not in html
    assert 'javascript:alert(1)"' not in html


def test_every_name_of_a_page_is_one_under_docs():
    assert all((Path(settings.BASE_DIR) / "docs" / f"{name}.md").is_file() for name in NAMES)
