"""The sign-in policy: who gets in with what, and that it holds on every page of the workspace and nowhere else."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import PASSWORD
from workspaces.accounts.facts import Facts, missing
from workspaces.accounts.models import Connection, Policy
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Workspace

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OURS = "7-ours"
ALL = [method.value for method in Policy.Method]
PASSWORD_ONLY, BOTH = Facts(frozenset({"password"})), Facts(frozenset({"password"}), second_factor=True)
PASSKEY, CODE = Facts(frozenset({"passkey"}), second_factor=True), Facts(frozenset({"code"}))
SSO, OTHER_SSO = Facts(connections=frozenset({OURS})), Facts(connections=frozenset({"8-theirs"}))
STRICT = {"two_factor_from": NOW, "sso_required": True, "methods": ["sso"]}


def lacks(policy: dict, facts: Facts, *, level=Level.EDITOR, connection=OURS) -> set[str]:
    found = missing(Policy(workspace_id=1, **policy), facts, level=level, connection=connection, now=NOW)
    return {what.value for what in found}


@pytest.mark.pure
@pytest.mark.parametrize(
    "policy, facts, lacking",
    [
        ({}, PASSWORD_ONLY, set()),
        ({"two_factor_from": NOW}, PASSWORD_ONLY, {"second_factor"}),
        ({"two_factor_from": NOW + timedelta(seconds=1)}, PASSWORD_ONLY, set()),  # grace
        ({"two_factor_from": NOW}, BOTH, set()),
        ({"two_factor_from": NOW}, PASSKEY, set()),
        ({"two_factor_from": NOW}, SSO, set()),  # its own provider answers for it
        ({"two_factor_from": NOW}, OTHER_SSO, {"second_factor"}),
        ({"sso_required": True}, BOTH, {"sso"}),
        ({"sso_required": True}, SSO, set()),
        ({"sso_required": True}, OTHER_SSO, {"sso"}),
        ({"methods": ["passkey"]}, BOTH, {"method"}),
        ({"methods": ["passkey"]}, PASSKEY, set()),
        ({"methods": ["password", "code"]}, CODE, set()),
        ({"methods": ["sso"]}, OTHER_SSO, {"method"}),
        ({"methods": ["password"]}, Facts(), {"method"}),
        (STRICT, PASSWORD_ONLY, {"second_factor", "sso", "method"}),
    ],
)
def test_what_a_session_lacks(policy, facts, lacking):
    assert lacks(policy, facts) == lacking


@pytest.mark.pure
def test_without_a_connection_of_its_own_nobodys_sso_counts():
    assert lacks({"sso_required": True}, Facts(connections=frozenset({""})), connection="") == {"sso"}


POLICIES = st.fixed_dictionaries(
    {
        "two_factor_from": st.none() | st.just(NOW) | st.just(NOW + timedelta(days=1)),
        "sso_required": st.booleans(),
        "methods": st.lists(st.sampled_from(ALL), unique=True),
    }
)


@pytest.mark.pure
@given(POLICIES, st.sampled_from(["", OURS]))
def test_no_policy_locks_an_owner_out_who_has_password_and_second_factor(policy, connection):
    assert lacks(policy, BOTH, level=Level.OWNER, connection=connection) == set()


def six_digits(secret: str, *, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def protect(ana, ben):
    """Ask something of Acme's members."""

    def asked(**policy) -> None:
        Policy.objects.update_or_create(workspace=ana.workspace, defaults=policy)

    return asked


@pytest.fixture
def logged_in(visitor):
    def log_in(member):
        browser = visitor()
        assert browser.post("/accounts/login/", {"login": member.user.email, "password": PASSWORD}).status_code == 302
        return browser

    return log_in


def test_a_member_without_a_second_factor_is_led_to_set_one_up_and_is_in_at_once(protect, logged_in, ben, workspace):
    browser, page = logged_in(ben), f"/w/{workspace.slug}/people/"
    assert browser.get(page).status_code == 200
    protect(two_factor_from=timezone.now())
    answer = browser.get(page)  # a session that was open counts as any other
    assert answer.status_code == 403
    assert "asks for a second factor" in answer.content.decode()
    assert "/accounts/two-factor/totp/activate/" in answer.content.decode()
    assert browser.get(page, headers={"HX-Request": "true"}).status_code == 401
    assert browser.post(f"/w/{workspace.slug}/settings/change/").status_code == 403
    setting_up = browser.get("/accounts/two-factor/totp/activate/")
    assert setting_up.status_code == 200, setting_up["Location"]
    secret = setting_up.context["form"].secret
    done = browser.post("/accounts/two-factor/totp/activate/", {"code": six_digits(secret)})
    assert done["Location"] == "/accounts/two-factor/recovery-codes/"
    assert browser.get(page).status_code == 200


def test_an_unfinished_second_step_is_no_session(protect, visitor, ben, workspace):
    secret = generate_totp_secret()
    TOTP.activate(ben.user, secret)
    browser, page = visitor(), f"/w/{workspace.slug}/people/"
    browser.post("/accounts/login/", {"login": ben.user.email, "password": PASSWORD})
    assert browser.get(page)["Location"].startswith("/accounts/login/")
    assert browser.post("/accounts/two-factor/authenticate/", {"code": "000000"}).status_code == 200
    assert browser.get(page)["Location"].startswith("/accounts/login/")
    code = six_digits(secret)
    assert browser.post("/accounts/two-factor/authenticate/", {"code": code}).status_code == 302
    protect(two_factor_from=timezone.now())
    assert browser.get(page).status_code == 200
    again = visitor()
    again.post("/accounts/login/", {"login": ben.user.email, "password": PASSWORD})
    again.post("/accounts/two-factor/authenticate/", {"code": code})  # heard over somebody's shoulder
    assert again.get(page)["Location"].startswith("/accounts/login/")


def test_a_recovery_code_is_good_once(visitor, ben, workspace):
    from allauth.core import context

    secret = generate_totp_secret()
    TOTP.activate(ben.user, secret)
    with context.request_context(RequestFactory().get("/")):
        code = RecoveryCodes.activate(ben.user).get_unused_codes()[0]
    page = f"/w/{workspace.slug}/people/"
    for worked in (True, False):
        browser = visitor()
        browser.post("/accounts/login/", {"login": ben.user.email, "password": PASSWORD})
        browser.post("/accounts/two-factor/authenticate/", {"code": code})
        assert (browser.get(page).status_code == 200) is worked


def test_secrets_of_second_factors_are_sealed(ben):
    secret = generate_totp_secret()
    kept = TOTP.activate(ben.user, secret).instance
    assert secret not in str(kept.data)


def test_another_workspace_of_the_same_log_in_asks_for_nothing(protect, logged_in, ben, make_workspace):
    initech = make_workspace("Initech")
    initech.join(ben.user, Level.VIEWER)
    protect(two_factor_from=timezone.now(), sso_required=True)
    browser = logged_in(ben)
    assert browser.get(f"/w/{ben.workspace.slug}/people/").status_code == 403
    assert browser.get(f"/w/{initech.slug}/people/").status_code == 200


def test_the_policy_holds_in_the_environment_for_tests_too_and_is_changed_in_the_live_one(
    protect, logged_in, client_for, ana, ben, workspace
):
    test = Workspace.objects.create(name=workspace.name, slug=f"{workspace.slug}-test", live=workspace)
    browser = logged_in(ben)
    assert browser.get(f"/w/{test.slug}/people/").status_code == 200
    answer = client_for(ana).get(f"/w/{test.slug}/settings/sign-in/")
    assert answer["Location"] == f"/w/{workspace.slug}/settings/sign-in/"
    protect(two_factor_from=timezone.now())
    assert browser.get(f"/w/{test.slug}/people/").status_code == 403


def test_strangers_learn_nothing_of_the_policy(protect, logged_in, cyd, workspace):
    protect(two_factor_from=timezone.now())
    assert logged_in(cyd).get(f"/w/{workspace.slug}/people/").status_code == 404


def test_an_owner_breaks_the_glass_by_password_and_second_factor(protect, visitor, ana, workspace):
    secret, page = generate_totp_secret(), f"/w/{workspace.slug}/settings/sign-in/"
    TOTP.activate(ana.user, secret)
    protect(sso_required=True, methods=["sso"])
    browser = visitor()
    browser.post("/accounts/login/", {"login": ana.user.email, "password": PASSWORD})
    browser.post("/accounts/two-factor/authenticate/", {"code": six_digits(secret)})
    assert browser.get(page).status_code == 200


def change(browser, workspace, **fields):
    sent = {"two_factor": "not", **fields}
    return browser.post(f"/w/{workspace.slug}/settings/sign-in/policy/", sent)


@pytest.mark.parametrize(
    "fields, says",
    [
        ({"two_factor": "now"}, "Set up a second factor for yourself"),
        ({"methods": ["passkey"]}, "You logged in another way"),
        ({"sso_required": "on"}, "Switch SSO on first"),
        ({"two_factor": "from"}, "Choose the day"),
        ({"two_factor": "sometimes"}, "valid choice"),
        ({"methods": ["telepathy"]}, "not one of the available choices"),
    ],
)
def test_a_policy_that_would_lock_its_own_maker_out_is_refused_with_a_reason(logged_in, ana, workspace, fields, says):
    browser = logged_in(ana)
    answer = change(browser, workspace, **fields)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Policy.objects.filter(workspace=workspace).exists()
    with scope(workspace):
        assert not Entry.objects.exists()


def test_a_policy_with_a_day_is_noted_and_holds_from_that_day(logged_in, ana, ben, workspace, monkeypatch):
    browser = logged_in(ana)
    day = timezone.localdate() + timedelta(days=3)
    assert change(browser, workspace, two_factor="from", first_day=day.isoformat()).status_code == 302
    policy = Policy.objects.get(workspace=workspace)
    with scope(workspace):
        entry = Entry.objects.get()
    assert policy.two_factor_from.date() == day
    assert (entry.action, entry.details["before"]["two_factor_from"]) == ("sign_in_policy.changed", None)
    assert "two-factor required from" in browser.get(f"/w/{workspace.slug}/settings/audit/").content.decode()
    page = f"/w/{workspace.slug}/people/"
    assert logged_in(ben).get(page).status_code == 200
    Policy.objects.filter(workspace=workspace).update(two_factor_from=timezone.now())
    assert logged_in(ben).get(page).status_code == 403


def test_switching_sso_off_takes_it_out_of_the_policy(protect, logged_in, ana, ben, workspace):
    with scope(workspace):
        Connection.objects.create(key=f"{workspace.pk}-x", kind="oidc", issuer="https://idp.example", enabled=True)
    browser = logged_in(ana)
    protect(sso_required=False, methods=["sso", "password"])
    Policy.objects.filter(workspace=workspace).update(sso_required=True)
    assert logged_in(ben).get(f"/w/{workspace.slug}/people/").status_code == 403
    Policy.objects.filter(workspace=workspace).update(sso_required=False)
    browser.post(f"/w/{workspace.slug}/settings/sign-in/connection/disabling/")
    assert Policy.objects.get(workspace=workspace).methods == ["password"]
    with scope(workspace):
        assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == [
            "sso.disabled",
            "sign_in_policy.changed",
        ]


def test_every_page_of_a_workspace_stands_behind_the_gate(protect, client_for, ben, workspace):
    """A session that nobody knows how it logged in meets no policy that names ways."""
    protect(methods=["password"])
    browser = client_for(ben)
    for path in ("", "people/", "settings/", "help/", "adoption/", "ladders/"):
        assert browser.get(f"/w/{workspace.slug}/{path}").status_code == 403, path


def test_nobody_adds_a_second_factor_without_showing_who_they_are(client_for, ben):
    EmailAddress.objects.create(user=ben.user, email=ben.user.email, verified=True, primary=True)
    answer = client_for(ben).get("/accounts/two-factor/totp/activate/")
    assert answer.status_code == 302
    assert "/reauthenticate/" in answer["Location"]
