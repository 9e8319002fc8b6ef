"""Making a report, seeing its next mail, and what was sent."""

from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from analytics.reports import dispatching, editions, tasks
from analytics.reports.models import Dispatch, Edition, Report
from workspaces.audit.models import Entry
from workspaces.scope import scope

SAID = {
    "name": "Monday numbers",
    "ladder_key": "admin",
    "period_days": 30,
    "window_days": 7,
    "split": "trait:plan",
    "cadence": "weekly",
    "weekday": 0,
    "month_day": 1,
    "hour": 7,
    "with_pdf": "on",
}


@pytest.fixture
def browser(ana, client_for):
    """Ana's; `at` is an address of reports in Acme."""
    client = client_for(ana)
    client.at = lambda name, *args: reverse(f"reports:{name}", args=[ana.workspace.slug, *args])
    return client


def read(response):
    return unescape(response.content.decode())


def test_without_reports_the_list_says_what_they_are_for(people, browser, ben, client_for):
    assert "Make the first report" in read(browser.get(browser.at("index")))
    seen = read(client_for(ben).get(browser.at("index")))
    assert "An editor of this workspace can" in seen
    assert "New report" not in seen


def test_without_a_ladder_it_says_that_one_is_needed(workspace, browser):
    assert "No ladder is published yet" in read(browser.get(browser.at("index")))


def test_a_report_begins_with_the_pages_question_and_goes_to_its_maker(workspace, people, browser, ana):
    form = read(browser.get(browser.at("new") + "?ladder=admin&period=30&window=7&split=trait:plan"))
    assert '<option value="30" selected>' in form
    assert '<option value="trait:plan" selected>' in form
    response = browser.post(browser.at("new"), SAID)
    with scope(workspace):
        report = Report.objects.get()
        assert response["Location"] == report.get_absolute_url()
        assert report.query() == "ladder=admin&period=30&window=7&split=trait%3Aplan"
        assert [one.address for one in report.recipients.all()] == [ana.user.email]
        assert timezone.now() - report.counts_from < timedelta(minutes=1)
        assert Entry.objects.filter(action="report.made", target="Monday numbers").exists()
    page = read(browser.get(report.get_absolute_url()))
    assert "Every Monday at 7:00" in page
    assert "Nothing yet. The first mail goes out when the report is due next." in page
    assert "Monday numbers" in read(browser.get(browser.at("index")))


@pytest.mark.parametrize(
    "changed",
    [{"name": ""}, {"ladder_key": "x"}, {"period_days": 31}, {"window_days": 0}, {"hour": 24}, {"weekday": 7},
     {"month_day": 0}, {"split": "moon"}, {"cadence": "hourly"}, {"window_days": "9" * 400}],
)  # fmt: skip
def test_a_report_without_sense_is_not_made(workspace, people, browser, changed):
    assert browser.post(browser.at("new"), {**SAID, **changed}).status_code == 422
    with scope(workspace):
        assert not Report.objects.exists()


def test_the_preview_is_the_mail_itself_and_can_do_nothing(workspace, report, browser, clock, monkeypatch):
    with scope(workspace):
        Report.objects.update(period_days=365)
    response = browser.get(browser.at("preview", report.pk))
    mailed = read(response)
    assert 'src="data:image/png;base64,' in mailed
    assert "cid:" not in mailed
    policy = response["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    page = browser.get(report.get_absolute_url())
    assert "frame-src 'self'" in page["Content-Security-Policy"]


def test_changing_when_it_is_sent_sends_nothing_that_would_have_been_due(workspace, report, browser):
    browser.post(browser.at("change", report.pk), {**SAID, "weekday": 3})
    assert editions.make_due(workspace, now=timezone.now()) == 0
    with scope(workspace):
        (entry,) = Entry.objects.filter(action="report.changed")
        assert "weekday" in entry.details["changed"]


def test_changing_its_name_leaves_when_it_is_due(workspace, report, browser, clock):
    said = {**SAID, "hour": 8, "name": "Renamed"}
    browser.post(browser.at("change", report.pk), said)
    with scope(workspace):
        assert Report.objects.get().counts_from == report.counts_from


def test_paused_it_sends_nothing_and_resumed_only_what_is_due_next(workspace, report, browser, clock):
    editions.make_due(workspace, now=clock)
    editions.render_waiting(workspace, now=clock)
    browser.post(browser.at("pause", report.pk))
    assert dispatching.deliver(workspace, now=timezone.now()) == 0
    with scope(workspace):
        assert Dispatch.objects.get().error == "The report was paused."
    browser.post(browser.at("resume", report.pk))
    assert editions.make_due(workspace, now=timezone.now()) == 0
    with scope(workspace):
        assert {"report.paused", "report.resumed"} <= set(Entry.objects.values_list("action", flat=True))


def test_the_log_tells_what_was_sent_and_sends_it_again(workspace, report, browser, clock, ana):
    assert tasks.do(workspace, now=clock) == 1
    with scope(workspace):
        edition = Edition.objects.get()
        dispatch = Dispatch.objects.get()
    assert "Sent 1" in read(browser.get(report.get_absolute_url()))
    page = read(browser.get(browser.at("edition", edition.pk)))
    assert edition.subject in page
    assert ana.user.email in page
    assert "as of 2 March 2026, 00:00" in page
    assert browser.get(browser.at("mail", edition.pk)).status_code == 200
    assert browser.get(browser.at("edition_pdf", edition.pk)).content.startswith(b"%PDF")
    browser.post(browser.at("again", dispatch.pk))
    assert dispatching.deliver(workspace, now=timezone.now()) == 1
    assert len(mail.outbox) == 2
    assert "sent again 1×" in read(browser.get(browser.at("edition", edition.pk)))
    with scope(workspace):
        assert Entry.objects.filter(action="report.sent_again").count() == 1


def test_while_an_edition_is_made_the_page_shows_how_far_it_is(workspace, report, browser, clock):
    editions.make_due(workspace, now=clock)
    with scope(workspace):
        Edition.objects.update(done=2, steps=5)
    for address in (report.get_absolute_url(), browser.at("progress", report.pk)):
        page = read(browser.get(address))
        assert '<progress value="2" max="5"' in page
        assert 'hx-trigger="look"' in page
    with scope(workspace):
        Edition.objects.update(state="failed", error="The drawing broke")
    page = read(browser.get(browser.at("progress", report.pk)))
    assert "hx-trigger" not in page
    assert "The drawing broke" in page


def test_an_edition_that_failed_says_why_and_can_be_made_again(workspace, report, browser, clock, ben, client_for):
    editions.make_due(workspace, now=clock)
    with scope(workspace):
        Edition.objects.update(state="failed", error="The disk was full")
        edition = Edition.objects.get()
    address = browser.at("edition_again", edition.pk)
    assert address not in read(client_for(ben).get(browser.at("edition", edition.pk)))
    page = read(browser.get(browser.at("edition", edition.pk)))
    assert "The disk was full" in page
    assert address in page
    assert "It is made again" in read(browser.post(address, follow=True))
    with scope(workspace):
        assert Edition.objects.get().state == "waiting"
    assert "It cannot be made again" in read(browser.post(address, follow=True))


def test_without_a_mail_server_the_page_says_that_mails_wait(report, browser, settings):
    settings.REPORTS_GO_OUT = False
    assert "No mail server is set up" in read(browser.get(report.get_absolute_url()))


def test_removed_it_is_gone_with_its_log(workspace, report, browser, clock):
    tasks.do(workspace, now=clock)
    browser.post(browser.at("removal", report.pk))
    with scope(workspace):
        assert not Report.objects.exists()
        assert not Dispatch.objects.exists()
        assert Entry.objects.filter(action="report.removed").exists()


def test_the_sweep_finds_what_there_is_to_do_and_then_nothing(workspace, report, clock):
    assert tasks.has_work(workspace, clock)
    tasks.do(workspace, now=clock)
    assert not tasks.has_work(workspace, clock)


def test_names_are_text_and_never_markup(workspace, report, browser, clock):
    with scope(workspace):
        Report.objects.update(name="<script>alert(1)</script>")
    for address in (report.get_absolute_url(), browser.at("index"), browser.at("preview", report.pk)):
        assert "<script>alert" not in browser.get(address).content.decode()
