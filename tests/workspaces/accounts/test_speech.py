"""The application speaks the member's language and shows times in their zone; programs are answered in English."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone, translation

from workspaces.tenants.speaking import speaking_to

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def saved(browser, **chosen):
    return browser.post("/accounts/me/speech/", {"language": "", "time_zone": ""} | chosen)


def test_a_page_comes_in_the_language_that_the_browser_asks_for(visitor):
    page = visitor(headers=GERMAN).get("/accounts/login/")
    assert '<html lang="de">' in page.content.decode()
    assert page["Content-Language"] == "de"
    assert "Accept-Language" in page["Vary"]


@pytest.mark.parametrize("asked", ["fr", "xx-bogus", "", "*", "../../etc/passwd", "d" * 5000])
def test_what_is_not_spoken_is_answered_in_english(visitor, asked):
    page = visitor(headers={"Accept-Language": asked}).get("/accounts/login/")
    assert '<html lang="en">' in page.content.decode()


def test_what_a_member_chose_counts_more_than_the_browser(client_for, ana):
    browser = client_for(ana)
    assert saved(browser, language="de").status_code == 302
    page = browser.get("/accounts/me/", headers={"Accept-Language": "en"})
    assert '<html lang="de">' in page.content.decode()
    saved(browser)
    assert '<html lang="en">' in browser.get("/accounts/me/").content.decode()


def test_times_are_shown_in_the_members_zone_and_days_counted_in_the_workspaces(client_for, ana, workspace):
    from workspaces.audit.models import Entry
    from workspaces.scope import scope

    with scope(workspace):
        Entry.objects.create(actor="ana", action="workspace.changed", at=datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    browser = client_for(ana)
    url = f"/w/{workspace.slug}/settings/audit/"
    assert "2 Mar 2026, 23:30" in browser.get(url).content.decode()
    saved(browser, time_zone="Asia/Tokyo")
    assert "3 Mar 2026, 08:30" in browser.get(url).content.decode()
    workspace.refresh_from_db()
    assert workspace.time_zone == "UTC"


@pytest.mark.parametrize("wrong", [{"language": "fr"}, {"time_zone": "Mars/Olympus"}])
def test_what_there_is_not_is_refused(client_for, ana, wrong):
    assert saved(client_for(ana), **wrong).status_code == 422
    ana.user.refresh_from_db()
    assert (ana.user.language, ana.user.time_zone) == ("", "")


def test_programs_are_answered_in_english(client, workspace):
    answer = client.get("/api/v1/ladders", headers=GERMAN)
    assert "Content-Language" not in answer
    assert answer.status_code == 401
    assert answer.json()["title"].isascii()


def test_a_member_is_written_to_as_they_chose(ana):
    ana.user.language, ana.user.time_zone = "de", "Asia/Tokyo"
    with speaking_to(ana.user):
        assert translation.get_language() == "de"
        assert timezone.get_current_timezone_name() == "Asia/Tokyo"
    assert translation.get_language() == "en"
    assert timezone.get_current_timezone_name() == "UTC"
