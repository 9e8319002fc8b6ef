"""Closing one's own account: nothing says any more whose it was, and no workspace is left without an owner."""

import smtplib

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from django.db import connection

from tests.conftest import PASSWORD
from tests.workspaces.accounts.conftest import mails_to
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.scope.outside import OUTSIDE
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member, User

PAGE, LOG_IN = "/accounts/me/closing/", "/accounts/login/"


@pytest.fixture
def logged_in(visitor):
    def log_in(member):
        browser = visitor()
        browser.post(LOG_IN, {"login": member.user.email, "password": PASSWORD})
        return browser

    return log_in


def tables_that_name(text: str) -> set[str]:
    """Of those outside of workspaces; a session's content is encoded, and goes with its row."""
    with connection.cursor() as cursor:
        found = set()
        for table in sorted(OUTSIDE):
            cursor.execute("SELECT has_table_privilege(current_user, %s, 'SELECT')", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f'SELECT 1 FROM "{table}" t WHERE lower(t::text) LIKE %s', [f"%{text.lower()}%"])
                found |= {table} if cursor.fetchone() else set()
    return found


def test_nothing_says_whose_it_was_and_what_was_done_stays(workspace, ana, ben, logged_in, make_workspace):
    email, pk = ben.user.email, ben.user.pk
    ben.user.name = f"Ben {email}"
    ben.user.save()
    second = make_workspace("Initech")
    second.join(ben.user, Level.OWNER)
    second.join(ana.user, Level.OWNER)
    SocialAccount.objects.create(user=ben.user, provider=f"{workspace.pk}-5ec1", uid=email)
    elsewhere, browser = logged_in(ben), logged_in(ben)
    with scope(workspace):
        Entry.record(by=ben, action="ladder.published", target=workspace)
    assert tables_that_name(email) >= {"tenants_user", "account_emailaddress", "socialaccount_socialaccount"}
    assert browser.post(PAGE, {"typed": "somebody@else.example"}).status_code == 422
    assert browser.post(PAGE, {"typed": f" {email.upper()}"})["Location"] == LOG_IN
    assert tables_that_name(email) == set()
    assert not Member.objects.filter(user=pk).exists()
    for session in (elsewhere, browser):
        assert session.get("/accounts/me/")["Location"].startswith(LOG_IN)
    with scope(workspace):
        assert set(Entry.objects.values_list("actor", "action")) == {
            (email, "ladder.published"),
            (email, "member.left"),
        }
        assert {str(entry.user) for entry in Entry.objects.select_related("user")} == {"Closed account"}
    assert "Your account is closed" in mails_to(email)[-1].subject
    assert logged_in(ben).get("/accounts/me/").status_code == 302
    User.objects.create_user(email, PASSWORD)  # the address is free again


def test_the_last_owner_hands_over_first(workspace, ana, ben, logged_in):
    browser = logged_in(ana)
    assert f"/w/{workspace.slug}/team/" in browser.get(PAGE).content.decode()
    assert browser.post(PAGE, {"typed": ana.user.email}).status_code == 422
    assert workspace.member(pk=ana.pk).level == Level.OWNER
    workspace.join(ben.user, Level.OWNER)
    assert browser.post(PAGE, {"typed": ana.user.email}).status_code == 302
    assert [member.pk for member in workspace.members] == [ben.pk]


def test_a_session_that_somebody_found_open_closes_nothing(ben, client_for):
    TOTP.activate(ben.user, generate_totp_secret())
    browser = client_for(ben)
    assert browser.post(PAGE, {"typed": ben.user.email})["Location"].startswith("/accounts/reauthenticate/")
    assert User.objects.get(pk=ben.user.pk).is_active


def test_after_a_proof_it_goes_on_where_it_was(ben, client_for):
    browser = client_for(ben)
    EmailAddress.objects.create(user=ben.user, email=ben.user.email, verified=True, primary=True)
    proof = browser.post(PAGE, {"typed": ben.user.email})["Location"]
    assert browser.post(proof, {"password": PASSWORD, "next": PAGE})["Location"] == LOG_IN
    assert not User.objects.get(pk=ben.user.pk).is_active


def test_mail_that_cannot_be_sent_keeps_nobody(ben, logged_in, monkeypatch):
    def fail(*_, **__):
        raise smtplib.SMTPServerDisconnected

    browser = logged_in(ben)
    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    assert browser.post(PAGE, {"typed": ben.user.email}).status_code == 302
    assert not EmailAddress.objects.filter(user=ben.user).exists()
