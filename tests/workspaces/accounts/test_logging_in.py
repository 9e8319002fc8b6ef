"""Logging in: by password and by code, never by guessing, and while Redis is away."""

import logging

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache

from config.cache import RedisCache
from tests.conftest import PASSWORD
from tests.workspaces.accounts.conftest import code_in, mails_to
from tests.workspaces.accounts.test_policy import six_digits

LOG_IN, CODE = "/accounts/login/", "/accounts/login/code/"


def test_a_log_in_that_the_operator_made_counts_as_verified(visitor, ana, workspace):
    browser = visitor()
    assert browser.post(LOG_IN, {"login": ana.user.email.upper(), "password": PASSWORD})["Location"] == "/"
    assert browser.get("/")["Location"] == f"/w/{workspace.slug}/adoption/"
    address = EmailAddress.objects.get(user=ana.user)
    assert (address.email, address.verified, address.primary) == (ana.user.email, True, True)


def test_a_code_logs_in_once_and_only_where_it_was_asked_for(visitor, ana, workspace):
    browser, other = visitor(), visitor()
    assert browser.post(CODE, {"email": ana.user.email})["Location"] == f"{CODE}confirm/"
    code = code_in(mails_to(ana.user.email)[0])
    assert other.post(f"{CODE}confirm/", {"code": code})["Location"] == CODE
    assert browser.post(f"{CODE}confirm/", {"code": code})["Location"] == "/"
    assert browser.get(f"/w/{workspace.slug}/people/").status_code == 200
    browser.post("/accounts/logout/")
    assert browser.post(f"{CODE}confirm/", {"code": code}).status_code == 302
    assert browser.get("/")["Location"].startswith(LOG_IN)


def test_a_code_for_nobody_looks_the_same_and_opens_nothing(visitor, fresh_address):
    browser, email = visitor(), fresh_address("nobody")
    assert browser.post(CODE, {"email": email})["Location"] == f"{CODE}confirm/"
    (message,) = mails_to(email)
    assert message.subject == "No account with this address"
    assert browser.post(f"{CODE}confirm/", {"code": "BCDF-GHJK"}).status_code in (200, 302)
    assert browser.get("/")["Location"].startswith(LOG_IN)


def test_guessing_a_code_ends_after_three(visitor, ana):
    browser = visitor()
    browser.post(CODE, {"email": ana.user.email})
    code = code_in(mails_to(ana.user.email)[0])
    for _ in range(3):
        browser.post(f"{CODE}confirm/", {"code": "BCDF-GHJK"})
    browser.post(f"{CODE}confirm/", {"code": code})
    assert browser.get("/")["Location"].startswith(LOG_IN)


def guess(browser, ana, times: int) -> str:
    for _ in range(times):
        page = browser.post(LOG_IN, {"login": ana.user.email, "password": "wrong"})
        assert page.status_code == 200
    return browser.post(LOG_IN, {"login": ana.user.email, "password": PASSWORD}).content.decode()


def test_guessing_a_password_is_stopped_and_the_right_one_is_not_tried_any_more(visitor, ana):
    assert "Too many failed login attempts" in guess(visitor(), ana, 5)
    assert "Too many failed login attempts" in guess(visitor(), ana, 0)  # from elsewhere, too


@pytest.fixture
def without_redis(monkeypatch, settings):
    """Nothing listens where Redis should be."""
    monkeypatch.setattr(RedisCache, "_away_until", 0.0)
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    from django.core.cache import caches

    before = caches["default"]
    caches["default"] = caches.create_connection("default")
    yield
    caches["default"]._memory.clear()
    caches["default"] = before
    RedisCache._away_until = 0.0


def test_without_redis_people_log_in_and_guessing_is_stopped_all_the_same(without_redis, visitor, ana, caplog):
    caplog.set_level(logging.WARNING)
    assert visitor().post(LOG_IN, {"login": ana.user.email, "password": PASSWORD}).status_code == 302
    assert "Too many failed login attempts" in guess(visitor(), ana, 5)
    assert caplog.text.count("Redis does not answer") == 1  # and not at every question


def test_without_redis_second_factors_work_and_each_code_is_good_once(without_redis, visitor, ana, workspace):
    secret = generate_totp_secret()
    TOTP.activate(ana.user, secret)
    code = six_digits(secret)
    for worked in (True, False):
        browser = visitor()
        browser.post(LOG_IN, {"login": ana.user.email, "password": PASSWORD})
        browser.post("/accounts/two-factor/authenticate/", {"code": code})
        assert (browser.get(f"/w/{workspace.slug}/people/").status_code == 200) is worked


def test_a_used_code_is_remembered_for_as_long_as_it_would_be_good(visitor, ana):
    """It is good for half a minute before and after its own: what is forgotten earlier can be used again."""
    secret = generate_totp_secret()
    TOTP.activate(ana.user, secret)
    browser, code = visitor(), six_digits(secret, steps=1)  # the phone's clock is ahead
    browser.post(LOG_IN, {"login": ana.user.email, "password": PASSWORD})
    assert browser.post("/accounts/two-factor/authenticate/", {"code": code}).status_code == 302
    redis, key = cache._cache.get_client(), f"allauth.mfa.totp.used?user={ana.user.pk}&code={code}"
    assert redis.ttl(cache.make_key(key)) > 80


def test_without_redis_everybody_else_is_told(without_redis):
    from redis.exceptions import RedisError

    with pytest.raises(RedisError):
        cache.get("charts:svg")


def test_the_password_is_reset_by_a_link_that_works_once(visitor, ana, workspace, settings):
    import re

    EmailAddress.objects.create(user=ana.user, email=ana.user.email, verified=True, primary=True)
    thief = visitor()
    thief.post(LOG_IN, {"login": ana.user.email, "password": PASSWORD})
    browser = visitor()
    assert ">E-mail address<" in browser.get("/accounts/password/reset/").content.decode()
    browser.post("/accounts/password/reset/", {"email": ana.user.email})
    link = re.search(r"http://\S+", mails_to(ana.user.email)[-1].body)[0].removeprefix(settings.BASE_URL)
    form = browser.get(link)["Location"]
    asked = browser.get(form).content.decode()
    assert ">New password<" in asked
    assert ">New password, once more<" in asked
    assert "placeholder" not in asked
    new = {"password1": "quite another password", "password2": "quite another password"}
    assert browser.post(form, new).status_code == 302
    assert thief.get(f"/w/{workspace.slug}/people/").status_code == 302  # it was logged out
    assert "no longer works" in visitor().get(link, follow=True).content.decode()
    assert visitor().post(LOG_IN, {"login": ana.user.email, "password": "quite another password"}).status_code == 302


def test_a_log_in_is_a_line_of_log_that_names_nobody(visitor, ana, caplog):
    caplog.set_level(logging.INFO, logger="firstmile.log_ins")
    visitor().post(LOG_IN, {"login": ana.user.email, "password": "wrong"})
    visitor().post(LOG_IN, {"login": ana.user.email, "password": PASSWORD})
    lines = [record.getMessage() for record in caplog.records if record.name == "firstmile.log_ins"]
    assert lines == ["A log-in was refused: wrong address or password", f"Log-in {ana.user.pk} by password"]


def test_links_in_mail_lead_home_whatever_host_was_asked(visitor, ana, settings):
    visitor(SERVER_PORT="9999").post("/accounts/password/reset/", {"email": ana.user.email})
    mail = mails_to(ana.user.email)[-1]
    assert f"{settings.BASE_URL}/accounts/password/reset/key/" in mail.body
    assert "9999" not in mail.body + mail.alternatives[0].content


def test_a_stranger_who_asks_for_a_reset_does_not_undo_the_operators_word(visitor, ana):
    visitor().post("/accounts/password/reset/", {"email": ana.user.email})
    assert visitor().post(LOG_IN, {"login": ana.user.email, "password": PASSWORD})["Location"] == "/"


def test_a_session_that_somebody_found_open_changes_no_address(visitor, ana, client_for, fresh_address):
    """Whoever has the mail has the account: they could choose a new password by it."""
    new = {"email": fresh_address("thief"), "action_add": ""}
    EmailAddress.objects.create(user=ana.user, email=ana.user.email, verified=True, primary=True)
    left_open = client_for(ana)  # it has shown nothing for long
    assert left_open.post("/accounts/email/", new)["Location"].startswith("/accounts/reauthenticate/")
    assert mails_to(new["email"]) == []
    own = visitor()
    own.post(LOG_IN, {"login": ana.user.email, "password": PASSWORD})
    own.post("/accounts/email/", new)
    assert len(mails_to(new["email"])) == 1
