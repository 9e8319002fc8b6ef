"""Sessions: seen by whoever's they are, and ended from afar."""

import pytest
from allauth.usersessions.models import UserSession

from tests.conftest import PASSWORD
from workspaces.accounts import sessions
from workspaces.accounts.client import device_of

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/18 Safari/604"
)


@pytest.fixture
def logged_in(visitor, ana):
    def log_in(agent: str = CHROME):
        browser = visitor(headers={"User-Agent": agent})
        browser.post("/accounts/login/", {"login": ana.user.email, "password": PASSWORD})
        return browser

    return log_in


def is_in(browser) -> bool:
    return browser.get("/accounts/me/").status_code == 200


def test_each_session_is_listed_with_its_device_and_address(logged_in):
    here, _ = logged_in(CHROME), logged_in(SAFARI)
    page = here.get("/accounts/me/").content.decode()
    assert "Chrome on Windows" in page
    assert "Safari on iPhone" in page
    assert here.defaults["REMOTE_ADDR"] in page
    assert page.count("This one") == 1


def test_ending_a_session_logs_it_out_at_once_and_no_other(logged_in, ana):
    here, lost, third = logged_in(), logged_in(), logged_in()
    row = UserSession.objects.get(session_key=lost.session.session_key)
    here.post("/accounts/me/sessions/ending/", {"session": row.pk})
    assert (is_in(here), is_in(lost), is_in(third)) == (True, False, True)
    here.post("/accounts/me/sessions/others/ending/")
    assert (is_in(here), is_in(third)) == (True, False)


@pytest.mark.parametrize("number", ["theirs", "", "x", "9" * 40, "-1"])
def test_nobody_ends_somebody_elses_session(logged_in, client_for, cyd, number):
    theirs = client_for(cyd)
    theirs.get("/accounts/me/")
    row = UserSession.objects.get(user=cyd.user)
    logged_in().post("/accounts/me/sessions/ending/", {"session": row.pk if number == "theirs" else number})
    assert is_in(theirs)


def test_a_changed_password_ends_every_other_session(logged_in):
    here, elsewhere = logged_in(), logged_in()
    new = {"oldpassword": PASSWORD, "password1": "quite another password", "password2": "quite another password"}
    assert here.post("/accounts/password/change/", new)["Location"] == "/accounts/me/"
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_when_it_was_last_seen_is_written_every_few_minutes_only(logged_in, ana, monkeypatch):
    browser, now = logged_in(), 1_900_000_000.0
    written = []
    monkeypatch.setattr(UserSession.objects, "create_from_request", lambda request: written.append(request.path))
    for later in (0, 10, 200, 301, 400):
        monkeypatch.setattr(sessions.time, "time", lambda later=later: now + later)
        browser.get("/accounts/me/")
    assert len(written) == 2


def test_visitors_without_a_session_cost_nothing(visitor):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        visitor().get("/accounts/login/")
    assert [query["sql"] for query in asked if "session" in query["sql"]] == []


@pytest.mark.pure
@pytest.mark.parametrize(
    "agent, words",
    [
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/142.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_told_in_words(agent, words):
    assert device_of(agent) == words
