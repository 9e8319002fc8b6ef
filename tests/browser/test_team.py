"""A team in the browser: two environments, somebody invited, made admin and removed, a ladder brought over."""

from playwright.sync_api import expect

from tests.browser.test_pages import AXE, CONTRAST, EVERYTHING, FIND
from workspaces.tenants.access import Level


def test_a_team_works_in_two_environments_and_changes(tab, world, ana, make_workspace, make_member):
    home = f"/w/{world.workspace.slug}"
    eva = make_member(make_workspace("Initech"), "eva", Level.OWNER)
    page = tab(ana)

    page.goto(f"{home}/environments/")
    page.get_by_role("button", name="Make the test environment").click()
    mark = page.locator(".test-mark")
    expect(mark).to_contain_text("Test environment")
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(FIND, CONTRAST) == []
    environments = page.get_by_role("navigation", name="Environments")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Library").click()
    environments.get_by_role("link", name="Live").click()
    expect(page).to_have_url(f"{page.url.partition('/w/')[0]}{home}/library/")
    expect(mark).to_have_count(0)

    page.goto(f"{home}/ladders/get-set-up/versions/")
    page.get_by_role("link", name="Copy to test").click()
    page.get_by_role("button", name="Make it the draft in test").click()
    expect(mark).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Publish version 1")

    page.goto(f"{home}/team/")
    page.get_by_label("E-mail addresses").fill(eva.user.email)
    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_role("button", name=f"Change the invitation of {eva.user.email}").click()
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []
    page.get_by_role("button", name="Make a link").click()
    link = page.locator("#link").inner_text()

    hers = tab(eva, expect=("status of 404",))
    hers.goto(link[link.index("/invitations/") :])
    hers.get_by_role("button", name=f"Join {world.workspace.name}").click()
    expect(hers.get_by_text(f"Welcome to {world.workspace.name}")).to_be_visible()
    hers.goto(f"{home}/people/")

    page.goto(f"{home}/team/")
    page.get_by_role("button", name="Change Eva").click()
    page.get_by_role("dialog").get_by_label("Level").select_option("Admin")
    page.get_by_role("button", name="Save the level").click()
    expect(page.get_by_role("row", name="Eva")).to_contain_text("Admin")
    page.get_by_role("button", name="Change Eva").click()
    page.evaluate(AXE)
    assert page.evaluate(FIND, EVERYTHING) == []
    page.get_by_role("button", name="Remove Eva").click()
    expect(page.get_by_role("row", name="Eva")).to_have_count(0)

    hers.get_by_role("link", name="Ladders").click()
    expect(hers.get_by_role("heading", level=1)).to_have_text("There is nothing here")

    page.goto(f"{home}/settings/audit/?group=member")
    expect(page.get_by_role("row")).to_have_count(3)  # the table's head among them
