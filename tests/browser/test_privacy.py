"""Somebody asks to be forgotten: found, exported, erased with the keyboard, and the page says how far it is."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.analytics.privacy import world as story
from tests.browser.test_pages import AXE, EVERYTHING, FIND
from workspaces.privacy import erasing, whole
from workspaces.privacy.models import Erasure
from workspaces.scope import scope
from workspaces.tenants.access import Level

OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def owner(make_workspace, make_member):
    """Owner of a workspace of her own, in which Dora Quill left every trace."""
    member = make_member(make_workspace("Initrode", segments=["plan"]), "ona", Level.OWNER)
    story.make(member.workspace, member, timezone.now())
    return member


@pytest.mark.parametrize("look", [{}, {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"}])
def test_a_person_is_found_exported_and_erased_and_the_page_follows(tab, owner, look):
    workspace = owner.workspace
    page = tab(owner, expect=("422",), **look)
    page.goto(f"/w/{workspace.slug}/settings/privacy/")
    page.get_by_role("searchbox").fill("dora.quill@initech.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Dora Quill")).to_be_visible()
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []
    assert not page.evaluate(OVERFLOWS)
    page.get_by_role("link", name="Dora Quill").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.startswith("person-")
    typed = page.get_by_label("Type dora-4711 to confirm")
    typed.fill("dora")
    page.keyboard.press("Enter")
    expect(page.get_by_text("That is another id.")).to_be_visible()
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []
    assert not page.evaluate(OVERFLOWS)
    typed.fill("dora-4711")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Export everything").click()
    expect(page.get_by_role("progressbar")).to_have_count(2)
    erasing.work(workspace.pk)
    whole.work(workspace.pk)
    with scope(workspace):
        Erasure.objects.update(look_again_at=timezone.now())
    erasing.work(workspace.pk)
    expect(page.get_by_text("Done", exact=True)).to_be_visible(timeout=15_000)


def test_an_owner_deletes_the_workspace_and_keeps_it(tab, owner):
    page = tab(owner, viewport={"width": 360, "height": 740})
    page.goto(f"/w/{owner.workspace.slug}/settings/")
    page.get_by_role("link", name="Delete this workspace").click()
    page.get_by_label("Type Initrode to confirm").fill("Initrode")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Initrode is to be deleted")).to_be_visible()
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []
    assert not page.evaluate(OVERFLOWS)
    page.goto(f"/w/{owner.workspace.slug}/people/")
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("button", name="Keep the workspace").click()
    expect(page.get_by_text("Initrode stays.")).to_be_visible()
