"""Signing up: a workspace for whoever proves that the address is theirs, and nothing for anybody else."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from config import environment
from tests.conftest import PASSWORD
from tests.workspaces.accounts.conftest import code_in, mails_to
from workspaces.accounts.founding import slug_of
from workspaces.accounts.models import SignUp
from workspaces.accounts.tasks import forget
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member, User

SIGN_UP, CONFIRM = "/accounts/signup/", "/accounts/confirm-email/"


def wish(email: str, **fields) -> dict:
    return {
        "name": "Zoe Zander",
        "email": email,
        "password1": PASSWORD,
        "workspace_name": "Zander & Söhne",
        "time_zone": "Europe/Berlin",
        **fields,
    }


def test_whoever_confirms_the_address_gets_a_workspace_and_lands_in_it(visitor, fresh_address):
    browser, email = visitor(), fresh_address("zoe")
    answer = browser.post(SIGN_UP, wish(email))
    assert answer["Location"] == CONFIRM
    assert not Member.objects.filter(user__email=email).exists()
    code = code_in(mails_to(email)[0])
    assert browser.post(CONFIRM, {"code": "WRONG-CODE"}).status_code == 200
    answer = browser.post(CONFIRM, {"code": code.lower()})
    workspace = Member.objects.get(user__email=email).workspace
    assert (workspace.name, workspace.time_zone) == ("Zander & Söhne", "Europe/Berlin")
    assert workspace.slug.startswith("zander-sohne")
    assert answer["Location"] == f"/w/{workspace.slug}/packs/"
    assert browser.get(answer["Location"]).status_code == 200
    assert workspace.members.get().level == Level.OWNER
    assert User.objects.get(email=email).name == "Zoe Zander"
    with scope(workspace):
        assert Entry.objects.get().action == "workspace.made"


def test_without_the_code_there_is_no_log_in_even_with_the_password(visitor, fresh_address):
    email = fresh_address("zoe")
    visitor().post(SIGN_UP, wish(email))
    browser = visitor()
    browser.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert browser.get("/")["Location"].startswith("/accounts/login/")


def test_an_address_that_is_taken_looks_no_different_and_its_owner_is_told(visitor, ana):
    EmailAddress.objects.create(user=ana.user, email=ana.user.email, verified=True, primary=True)
    browser = visitor()
    answer = browser.post(SIGN_UP, wish(ana.user.email))
    assert answer["Location"] == CONFIRM
    assert browser.get(CONFIRM).status_code == 200
    (message,) = mails_to(ana.user.email)
    assert message.subject == "You have an account already"
    assert not SignUp.objects.filter(user=ana.user).exists()
    assert ana.user.check_password(PASSWORD)


def test_mail_is_text_and_the_same_in_html(visitor, fresh_address):
    email = fresh_address("zoe")
    visitor().post(SIGN_UP, wish(email))
    (message,) = mails_to(email)
    html, kind = message.alternatives[0]
    assert kind == "text/html"
    assert code_in(message) in html
    assert message.subject in html
    assert "<style" not in html


def test_a_closed_house_lets_nobody_sign_up_uninvited(visitor, fresh_address, settings):
    settings.SIGN_UP_OPEN = False
    browser, email = visitor(), fresh_address("zoe")
    assert "Sign-up is by invitation" in browser.get(SIGN_UP).content.decode()
    browser.post(SIGN_UP, wish(email))
    assert not User.objects.filter(email=email).exists()


@pytest.mark.parametrize(
    "field, value, says",
    [
        ("time_zone", "Mars/Olympus", "valid choice"),
        ("workspace_name", "", "required"),
        ("name", "x" * 121, "at most 120"),
        ("password1", "short", "too short"),
        ("password1", "password123", "too common"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(visitor, fresh_address, field, value, says):
    email = fresh_address("zoe")
    page = visitor().post(SIGN_UP, wish(email, **{field: value}))
    assert says in page.content.decode()
    assert not User.objects.filter(email=email).exists()


def test_names_with_markup_are_text(visitor, fresh_address):
    browser, email = visitor(), fresh_address("zoe")
    browser.post(SIGN_UP, wish(email, workspace_name="<script>alert(1)</script>", name="<b>Zoe</b>"))
    answer = browser.post(CONFIRM, {"code": code_in(mails_to(email)[0])}, follow=True)
    assert "<script>alert(1)" not in answer.content.decode()
    assert "<b>Zoe</b>" not in answer.content.decode()


def test_a_name_writes_no_paragraph_of_its_own_into_our_mail(visitor, fresh_address):
    browser, email, lines = visitor(), fresh_address("zoe"), "Zed\n\nhttps://evil.example/login\n\n"
    browser.post(SIGN_UP, wish(email, workspace_name=lines, name=lines))
    browser.post(CONFIRM, {"code": code_in(mails_to(email)[0])})
    member = Member.objects.get(user__email=email)
    assert (member.user.name, member.workspace.name) == ("Zed https://evil.example/login",) * 2
    browser.post("/accounts/me/name/", {"name": lines})
    settings = {"name": lines, "time_zone": "UTC", "language": "en", "publishers": "30"}
    assert browser.post(f"/w/{member.workspace.slug}/settings/change/", settings).status_code == 302
    member = Member.objects.get(user__email=email)
    assert (member.user.name, member.workspace.name) == ("Zed https://evil.example/login",) * 2


@pytest.mark.pure
@pytest.mark.parametrize(
    "name, slug",
    [
        ("Müller & Söhne", "muller-sohne"),
        ("日本", "workspace"),
        ("  A  ", "a"),
        ("x" * 90, "x" * 40),
        ("-", "workspace"),
    ],
)
def test_a_slug_is_made_of_any_name(name, slug):
    assert slug_of(name) == slug


def test_two_workspaces_of_one_name_and_reserved_names_get_slugs_of_their_own(visitor, fresh_address):
    for name in ("Admin", "Admin"):
        browser, email = visitor(), fresh_address("zoe")
        browser.post(SIGN_UP, wish(email, workspace_name=name))
        browser.post(CONFIRM, {"code": code_in(mails_to(email)[0])})
        assert Member.objects.get(user__email=email).workspace.slug.startswith("admin-")


def test_log_ins_that_nobody_proved_are_forgotten_after_days_and_others_are_not(visitor, fresh_address, ana):
    old, young = fresh_address("old"), fresh_address("young")
    for email in (old, young):
        visitor().post(SIGN_UP, wish(email))
    User.objects.filter(email=old).update(joined_at=timezone.now() - timedelta(days=4))
    forget()
    assert not User.objects.filter(email=old).exists()
    assert User.objects.filter(email=young).exists()
    assert User.objects.filter(pk=ana.user.pk).exists()


@pytest.mark.pure
@pytest.mark.parametrize(
    "said, in_production, is_open",
    [("", True, False), ("", False, True), ("open", True, True), ("closed", False, False)],
)
def test_whether_sign_up_is_open_is_the_operators_decision(monkeypatch, said, in_production, is_open):
    monkeypatch.setenv("FIRSTMILE_SIGNUP", said)
    assert environment.sign_up_open(in_production=in_production) is is_open


@pytest.mark.pure
def test_a_slip_in_that_decision_stops_the_start(monkeypatch):
    monkeypatch.setenv("FIRSTMILE_SIGNUP", "yes")
    with pytest.raises(ImproperlyConfigured, match="write open or closed"):
        environment.sign_up_open(in_production=True)
