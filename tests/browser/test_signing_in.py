"""A story for each way of signing in, in a real browser: password with a confirmed address, code, authenticator app,
recovery code, passkey, SSO by OpenID Connect and by SAML.
"""

import email
import email.policy
import re
import time
import urllib.request
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone

from tests.browser.test_pages import AXE, problems
from tests.conftest import PASSWORD
from tests.workspaces.accounts.identity import open_id
from tests.workspaces.accounts.saml_provider import SamlIdp
from workspaces.accounts.models import Connection, Domain, Policy
from workspaces.keys.sealed import seal
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

REFUSED = "the server responded with a status of 4"


@pytest.fixture
def code_for(letters):
    """The code in the newest mail to an address; it is a file as soon as it is sent."""

    def find(address: str) -> str:
        until = time.monotonic() + 10
        while time.monotonic() < until:
            for file in sorted(letters.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True):
                message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
                body = message.get_body(("plain",))
                if message["To"] == address and body is not None:
                    found = re.search(r"^[A-Z0-9]{3,}-[A-Z0-9]{3,}$", body.get_content(), re.M)
                    if found:
                        file.unlink()
                        return found[0]
            time.sleep(0.05)
        raise AssertionError(f"no code came to {address}")

    return find


@pytest.fixture
def host(site) -> str:
    """Passkeys are bound to a name; an address will not do."""
    return site.replace("127.0.0.1", "localhost")


def good(page) -> None:
    """Nothing for axe-core to find, in either theme, at any width."""
    page.evaluate(AXE)
    assert problems(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light")


@pytest.fixture
def ben(ben):
    """Viewer in Acme, with a password that the server's own hasher made."""
    ben.user.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt")
    ben.user.save()
    return ben


def log_in(page, address: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def log_out(page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Log out").click()


def digits(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def test_somebody_signs_up_confirms_comes_back_by_password_and_by_code(tab, code_for, workspace):
    page, address = tab(timezone_id="Europe/Berlin"), f"zoe@{workspace.slug}.example.org"
    page.goto("/accounts/login/")
    good(page)
    page.get_by_role("link", name="Create a workspace").click()
    good(page)
    assert page.get_by_label("Time zone").input_value() == "Europe/Berlin"
    page.get_by_label("Your name").fill("Zoe Zander")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Your company or product").fill(f"Zander {workspace.pk}")
    page.get_by_role("button", name="Create the workspace").click()
    page.get_by_label("Code").wait_for()
    good(page)
    page.get_by_label("Code").fill(code_for(address).lower())
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/packs/")
    made = Workspace.objects.get(name=f"Zander {workspace.pk}")
    assert urlsplit(page.url).path == f"/w/{made.slug}/packs/"
    log_out(page)
    log_in(page, address)
    page.wait_for_url(f"**/w/{made.slug}/**")
    log_out(page)
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Get a code by e-mail").click()
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code").fill(code_for(address))
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url(f"**/w/{made.slug}/**")
    page.goto("/accounts/me/")
    assert page.get_by_text("This one").count() == 1
    good(page)


def test_a_workspace_asks_for_two_factor_and_a_member_sets_it_up_and_comes_back_by_app_and_by_recovery_code(
    tab, workspace, ben
):
    page, people = tab(expect=(REFUSED,)), f"/w/{workspace.slug}/people/"
    log_in(page, ben.user.email)
    page.wait_for_url("**/adoption/")
    Policy.objects.create(workspace=workspace, two_factor_from=timezone.now())
    page.goto(people)
    assert "asks for a second factor" in page.locator("h1").inner_text()
    good(page)
    page.get_by_role("link", name="Set up an authenticator app").click()
    secret = page.locator("#totp-secret").inner_text()
    good(page)
    page.get_by_label("Code").fill(digits(secret))
    page.get_by_role("button", name="Switch two-factor on").click()
    page.locator(".recovery-codes").wait_for()
    good(page)
    recovery = page.locator(".recovery-codes li").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/adoption/")
    log_out(page)
    log_in(page, ben.user.email)
    page.wait_for_url("**/authenticate/**")
    good(page)
    page.get_by_label("Code").fill(digits(secret, steps=1))  # the app's clock is a little ahead
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/adoption/")
    log_out(page)
    log_in(page, ben.user.email)
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url("**/adoption/")


def test_a_passkey_is_added_and_logs_in_alone(tab, host, workspace, ben):
    page = tab(base_url=host)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    key |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    log_in(page, ben.user.email)
    page.wait_for_url("**/adoption/")
    page.goto("/accounts/me/")
    page.get_by_role("link", name="Add a passkey").click()
    good(page)
    page.get_by_label("Name, so that").fill("My laptop")
    page.get_by_role("button", name="Add the passkey").click()
    page.locator(".recovery-codes").wait_for()
    page.goto("/accounts/me/")
    assert page.get_by_text("My laptop").count() >= 1
    log_out(page)
    Policy.objects.create(workspace=workspace, methods=["passkey"], two_factor_from=timezone.now())
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"**/w/{workspace.slug}/adoption/")


@pytest.fixture
def company(workspace):
    """Acme's domain is its own; connect its identity provider."""
    name = f"{workspace.slug}.example"
    Domain.objects.create(workspace=workspace, name=name, verified_at=timezone.now(), verified_by="dns")

    def connect(**fields) -> str:
        with scope(workspace):
            Connection.objects.create(key=Connection.new_key(workspace.pk), enabled=True, **fields)
        return name

    return connect


def ask_for_sso(page, address: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Log in with SSO").click()
    page.get_by_label("Your work e-mail address").fill(address)
    page.get_by_role("button", name="Go on").click()


def test_somebody_logs_in_with_sso_by_openid_connect(tab, workspace, company):
    address = f"zoe@{workspace.slug}.example"
    with open_id(("zoe", {"email": address, "name": "Zoe Zander"})) as issuer:
        company(kind="oidc", issuer=issuer, client_id="firstmile", secret=seal(b"hush"))
        page = tab(expect=("Failed to load resource",))
        ask_for_sso(page, address)
        page.wait_for_url(f"{issuer}/**")
        page.get_by_role("button", name="zoe").first.click()
        page.wait_for_url(f"**/w/{workspace.slug}/adoption/")
        page.goto("/accounts/me/")
        assert page.get_by_text(f"SSO of {workspace.name}").count() == 1


def test_an_admin_connects_a_saml_provider_and_somebody_logs_in_by_it(tab, site, workspace, company, ana):
    """Each side is given the other's metadata; the answer is signed, and sealed for us."""
    admin = tab(ana)
    with SamlIdp(seals=True).serving() as idp:
        admin.goto(f"/w/{workspace.slug}/settings/sign-in/")
        admin.get_by_role("button", name="Connect by SAML").click()
        ours = site + urlsplit(admin.locator("#address-1").inner_text()).path
        with urllib.request.urlopen(ours) as answer:
            idp.meets(answer.read().decode())
        admin.get_by_label("Address of the metadata").fill(idp.metadata_url)
        admin.get_by_role("button", name="Save the identity provider").click()
        admin.get_by_role("button", name="Switch SSO on").click()
        assert admin.get_by_text("SSO is on", exact=True).count() == 1
        good(admin)
        idp.person = f"zoe@{workspace.slug}.example"
        page = tab(expect=("Failed to load resource",))
        ask_for_sso(page, idp.person)
        page.get_by_role("button", name=f"I am {idp.person}").click()
        page.wait_for_url(f"**/w/{workspace.slug}/adoption/")
        page.goto("/accounts/me/")
        assert page.get_by_text(f"SSO of {workspace.name}").count() == 1
    admin.goto(f"/w/{workspace.slug}/team/")
    assert admin.get_by_text(idp.person).count() >= 1
