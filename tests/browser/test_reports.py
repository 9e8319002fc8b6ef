"""Reports in a browser: made, looked at before anything is sent, and shared with somebody who has no log-in."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from analytics.reports import consent, editions
from analytics.reports.models import Edition, Report
from tests.browser.test_pages import look
from tests.browser.world import build
from workspaces.scope import scope


@pytest.fixture
def busy(workspace, ana):
    """Acme with a crowd on its ladder."""
    return build(workspace, ana, crowd=40)


def test_a_report_is_made_seen_and_given_to_somebody_else(tab, busy, workspace, ana):
    page = tab(ana)
    page.goto(f"/w/{workspace.slug}/adoption/?period=30")
    page.get_by_role("link", name="Take along").click()
    assert look(page, page.url) == []
    page.get_by_role("link", name="Send it regularly").click()
    expect(page.get_by_label("People who began in the last")).to_have_value("30")
    page.get_by_label("How often").select_option("monthly")
    expect(page.get_by_label("Day of the week")).to_be_hidden()
    page.get_by_label("Day of the month").select_option("31")
    page.get_by_role("button", name="Make the report").click()
    expect(page.get_by_text("On the last day of every month at 8:00")).to_be_visible()
    mail = page.frame_locator("iframe.mail-preview")
    expect(mail.get_by_role("heading", level=1)).not_to_be_empty(timeout=30_000)
    expect(mail.get_by_role("img").first).to_be_visible()
    page.get_by_role("textbox", name="E-mail address").fill("board@example.org")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("Has not said yes yet")).to_be_visible()
    assert look(page, page.url) == []


def test_its_log_is_accessible_and_a_mail_can_be_sent_again(tab, busy, workspace, ana):
    now = timezone.now()
    with scope(workspace):
        report = Report.objects.create(name="Weekly", ladder_key="get-set-up", counts_from=now - timedelta(days=90))
        consent.add(report, ana.user.email, by=ana)
    editions.make_due(workspace, now=now)
    assert editions.render_waiting(workspace, now=now) == 1
    with scope(workspace):
        edition = Edition.objects.get()
        edition.dispatches.update(state="unclear", error="Nobody knows.")
    page = tab(ana)
    page.goto(report.get_absolute_url())
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_text("Perhaps sent")).to_be_visible()
    assert look(page, page.url) == []
    page.get_by_role("button", name="Send again").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Waiting")).to_be_visible()


def test_a_link_is_made_and_opened_by_somebody_who_knows_the_password(tab, busy, workspace, ana):
    page = tab(ana)
    page.goto(f"/w/{workspace.slug}/reports/links/")
    page.get_by_label("Who it is for").fill("The board")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Make the link").click()
    address = page.locator("#made").inner_text()
    assert look(page, page.url) == []
    path = "/" + address.partition("//")[2].partition("/")[2]

    visitor = tab(expect=("status of 403",))
    assert look(visitor, path) == []
    visitor.get_by_label("Password").fill("wrong")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_role("alert")).to_contain_text("That is not the password")
    visitor.get_by_label("Password").fill("correct horse")
    visitor.keyboard.press("Enter")
    expect(visitor.get_by_text("Kaplan–Meier").first).to_be_visible(timeout=30_000)
    assert visitor.locator("a").count() == 0
    visitor.get_by_text("See the numbers").first.click()
    expect(visitor.get_by_role("columnheader", name="At risk").first).to_be_visible()
    assert look(visitor, path) == []

    page.get_by_role("button", name="Revoke the link for The board").click()
    expect(page.get_by_text("Revoked", exact=True)).to_be_visible()
    late = tab(expect=("status of 404",))
    late.goto(path)
    expect(late.get_by_role("heading", level=1)).to_have_text("Nothing is shared here")


def test_a_value_summary_is_accessible(tab, busy, workspace, ana):
    page = tab(ana)
    pia = busy.person("pia")
    assert look(page, f"/w/{workspace.slug}/reports/summaries/people/{pia.pk}/") == []
    expect(page.get_by_role("heading", level=1)).to_contain_text("has achieved")
