"""SSO by OpenID Connect, against a real provider: in, and never as somebody of another company."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount

from tests.conftest import PASSWORD
from tests.workspaces.accounts.identity import open_id
from workspaces.accounts.models import Connection, Policy, SignUp
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member, User

ASK, GO = "/accounts/sso/", "/accounts/sso/go/"


@pytest.fixture(autouse=True)
def _private(settings):
    settings.SSO_ALLOW_PRIVATE = True


@pytest.fixture
def domain(workspace, verified) -> str:
    return verified(workspace, f"{workspace.slug}.example")


@pytest.fixture
def issuer(domain, other_workspace):
    """A provider that says whatever these people's claims say."""
    people = {
        "zoe": {"email": f"Zoe@{domain}", "name": "Zoe Zander"},
        "ana": {"email": f"ana@{domain}"},
        "cyd": {"email": f"cyd@{other_workspace.slug}.example"},
        "doubtful": {"email": f"doubt@{domain}", "email_verified": False},
        "silent": {},
    }
    with open_id(*people.items()) as address:
        yield address


def ask(browser, email: str, **fields):
    return browser.post(ASK, {"email": email, **fields})


def come_back(browser, sub: str):
    """Go to the provider, say who one is there, and come back."""
    there = browser.get(GO)
    assert there.status_code == 302, there.content.decode()
    back = requests.post(there["Location"], data={"sub": sub}, allow_redirects=False, timeout=5).headers["Location"]
    return browser.get(urlsplit(back)._replace(scheme="", netloc="").geturl())


def log_in(browser, email: str, sub: str):
    assert ask(browser, email).status_code == 200
    return come_back(browser, sub)


def is_in(browser, workspace) -> bool:
    return browser.get(f"/w/{workspace.slug}/people/").status_code == 200


def test_a_colleague_becomes_a_member_by_logging_in_and_lands_where_they_were_going(
    visitor, workspace, domain, issuer, connect
):
    connect(workspace, "oidc", issuer=issuer, client_id="firstmile", level=Level.COACH)
    browser, page = visitor(), f"/w/{workspace.slug}/ladders/"
    assert "Acme logs you in" in ask(browser, f"zoe@{domain}", next=page).content.decode()
    answer = come_back(browser, "zoe")
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert is_in(browser, workspace)
    member = Member.objects.get(workspace=workspace, user__email=f"zoe@{domain}")
    assert (member.level, member.user.name) == (Level.COACH, "Zoe Zander")
    assert EmailAddress.objects.get(user=member.user).verified
    known = SocialAccount.objects.get(user=member.user)
    assert known.extra_data == {}  # nothing else of what it said is kept
    with scope(workspace):
        assert Entry.objects.get().action == "member.joined_by_sso"
    again = visitor()
    log_in(again, f"zoe@{domain}", "zoe")
    assert is_in(again, workspace)
    assert User.objects.filter(email=f"zoe@{domain}").count() == 1


def test_without_joining_a_stranger_gets_a_log_in_and_no_workspace(visitor, workspace, domain, issuer, connect):
    connect(workspace, "oidc", issuer=issuer, client_id="firstmile", joins=False)
    browser = visitor()
    log_in(browser, f"zoe@{domain}", "zoe")
    assert browser.get("/")["Location"] == "/workspaces/"
    assert browser.get(f"/w/{workspace.slug}/people/").status_code == 404


@pytest.mark.parametrize(
    "sub, says",
    [
        ("cyd", "whose domain is not the workspace"),
        ("silent", "did not say what your e-mail address is"),
        ("doubtful", "has not been confirmed there"),
    ],
)
def test_a_provider_is_believed_about_its_own_domains_only(visitor, workspace, domain, issuer, connect, sub, says):
    connect(workspace, "oidc", issuer=issuer, client_id="firstmile")
    browser = visitor()
    before = User.objects.count()
    answer = log_in(browser, f"zoe@{domain}", sub)
    assert answer.status_code == 403
    assert says in " ".join(answer.content.decode().split())
    assert browser.get("/")["Location"].startswith("/accounts/login/")
    assert User.objects.count() == before
    assert not SocialAccount.objects.filter(uid=sub).exists()


def test_a_strangers_provider_never_logs_in_as_somebody_elses_member(
    visitor, workspace, other_workspace, domain, issuer, connect, verified, make_member
):
    """Globex' provider says that it has Acme's owner. Globex has a domain of its own, not Acme's."""
    theirs = verified(other_workspace, f"{other_workspace.slug}.example")
    connect(other_workspace, "oidc", issuer=issuer, client_id="evil")
    owner = make_member(workspace, "ana", Level.OWNER)
    User.objects.filter(pk=owner.user.pk).update(email=f"ana@{domain}")
    EmailAddress.objects.create(user=owner.user, email=f"ana@{domain}", verified=True, primary=True)
    browser = visitor()
    answer = log_in(browser, f"cyd@{theirs}", "ana")
    assert answer.status_code == 403
    assert not SocialAccount.objects.filter(user=owner.user).exists()
    assert not is_in(browser, workspace)


def test_an_account_whose_address_has_moved_out_of_the_domain_is_not_the_providers_any_more(
    visitor, workspace, domain, issuer, connect
):
    connect(workspace, "oidc", issuer=issuer, client_id="firstmile")
    log_in(visitor(), f"zoe@{domain}", "zoe")
    User.objects.filter(email=f"zoe@{domain}").update(email=f"zoe@elsewhere-{workspace.pk}.example")
    assert log_in(visitor(), f"zoe@{domain}", "zoe").status_code == 403


def test_an_address_that_somebody_merely_typed_leads_to_their_account_never(
    visitor, workspace, domain, issuer, connect, cyd
):
    connect(workspace, "oidc", issuer=issuer, client_id="firstmile")
    EmailAddress.objects.create(user=cyd.user, email=f"zoe@{domain}", verified=False)
    log_in(visitor(), f"zoe@{domain}", "zoe")
    assert not SocialAccount.objects.filter(user=cyd.user).exists()


def test_whoever_signed_up_with_somebody_elses_address_before_is_thrown_out(
    visitor, workspace, domain, issuer, connect
):
    connect(workspace, "oidc", issuer=issuer, client_id="firstmile")
    squatter = User.objects.create_user(f"zoe@{domain}", PASSWORD)
    EmailAddress.objects.create(user=squatter, email=squatter.email, verified=False, primary=True)
    SignUp.objects.create(user=squatter, workspace_name="Trap")
    browser = visitor()
    log_in(browser, f"zoe@{domain}", "zoe")
    assert is_in(browser, workspace)
    squatter.refresh_from_db()
    assert not squatter.has_usable_password()
    assert not squatter.memberships.filter(workspace__name="Trap").exists()


def test_an_existing_member_keeps_level_password_and_second_factor(
    visitor, workspace, domain, issuer, connect, make_member
):
    connect(workspace, "oidc", issuer=issuer, client_id="firstmile")
    member = make_member(workspace, "ana", Level.OWNER)
    User.objects.filter(pk=member.user.pk).update(email=f"ana@{domain}")
    EmailAddress.objects.create(user=member.user, email=f"ana@{domain}", verified=True, primary=True)
    TOTP.activate(member.user, generate_totp_secret())
    browser = visitor()
    answer = log_in(browser, f"ana@{domain}", "ana")
    assert answer["Location"].startswith("/accounts/two-factor/authenticate/")
    assert not is_in(browser, workspace)
    member.refresh_from_db()
    assert member.level == Level.OWNER
    member.user.refresh_from_db()
    assert member.user.check_password(PASSWORD)


def test_the_workspaces_own_sso_meets_its_policy_and_a_password_does_not(visitor, workspace, domain, issuer, connect):
    connect(workspace, "oidc", issuer=issuer, client_id="firstmile")
    Policy.objects.create(workspace=workspace, sso_required=True)
    browser = visitor()
    log_in(browser, f"zoe@{domain}", "zoe")
    assert is_in(browser, workspace)
    zoe = User.objects.get(email=f"zoe@{domain}")
    zoe.set_password(PASSWORD)
    zoe.save()
    other = visitor()
    other.post("/accounts/login/", {"login": zoe.email, "password": PASSWORD})
    page = other.get(f"/w/{workspace.slug}/people/")
    assert page.status_code == 403
    assert "asks for SSO" in page.content.decode()


def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(visitor, workspace, domain, issuer, connect):
    connect(workspace, "oidc", issuer=issuer, client_id="firstmile")
    browser, other = visitor(), visitor()
    ask(browser, f"zoe@{domain}")
    there = browser.get(GO)["Location"]
    assert parse_qs(urlsplit(there).query)["code_challenge_method"] == ["S256"]
    back = requests.post(there, data={"sub": "zoe"}, allow_redirects=False, timeout=5).headers["Location"]
    place = urlsplit(back)._replace(scheme="", netloc="").geturl()
    assert other.get(place).status_code == 403
    assert browser.get(place).status_code == 302
    browser.post("/accounts/logout/")
    assert browser.get(place).status_code == 403
    assert browser.get(GO)["Location"] == ASK  # nor does a link from elsewhere begin a log-in


@pytest.mark.parametrize("place", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_on_to_another_site(visitor, workspace, domain, issuer, connect, place):
    connect(workspace, "oidc", issuer=issuer, client_id="firstmile")
    browser = visitor()
    ask(browser, f"zoe@{domain}", next=place)
    assert come_back(browser, "zoe")["Location"] == "/"


def test_switched_off_or_without_its_domain_it_logs_nobody_in(visitor, workspace, domain, issuer, connect):
    connection = connect(workspace, "oidc", issuer=issuer, client_id="firstmile")
    browser = visitor()
    ask(browser, f"zoe@{domain}")
    there = browser.get(GO)["Location"]
    back = requests.post(there, data={"sub": "zoe"}, allow_redirects=False, timeout=5).headers["Location"]
    with scope(workspace):
        Connection.objects.update(enabled=False)
    assert browser.get(urlsplit(back)._replace(scheme="", netloc="").geturl()).status_code == 404
    assert ask(browser, f"zoe@{domain}").status_code == 422
    with scope(workspace):
        Connection.objects.update(enabled=True)
    workspace.domains.all().delete()
    assert ask(browser, f"zoe@{domain}").status_code == 422
    assert connection.key not in ask(browser, f"zoe@{domain}").content.decode()


def test_a_provider_that_does_not_answer_is_a_page_that_says_so(visitor, workspace, domain, connect):
    connect(workspace, "oidc", issuer="http://127.0.0.1:9", client_id="firstmile")
    browser = visitor()
    ask(browser, f"zoe@{domain}")
    answer = browser.get(GO)
    assert answer.status_code == 502
    assert "does not answer" in answer.content.decode()


def test_people_of_a_captured_domain_do_not_sign_up_beside_it(visitor, workspace, domain, issuer, connect):
    connect(workspace, "oidc", issuer=issuer, client_id="firstmile")
    wish = {"name": "Zoe", "email": f"zoe@{domain}", "password1": PASSWORD, "workspace_name": "X", "time_zone": "UTC"}
    assert "log in with SSO" in visitor().post("/accounts/signup/", wish).content.decode()
    assert not User.objects.filter(email=f"zoe@{domain}").exists()


@pytest.fixture
def admin(client_for, ana, workspace):
    browser, base = client_for(ana), f"/w/{workspace.slug}/settings/sign-in/"

    def send(path: str, **fields):
        return browser.post(base + path, fields)

    return send


def test_an_admin_sets_it_up_and_the_secret_is_sealed_and_never_shown(
    admin, client_for, ana, workspace, domain, issuer
):
    assert admin("connection/", kind="oidc").status_code == 302
    admin("connection/enabling/")
    with scope(workspace):
        assert not Connection.objects.get().enabled  # there is nothing yet to switch on
    told = {"issuer": issuer, "client_id": "firstmile", "secret": "s3cret-of-acme", "joins": "on", "level": "20"}
    assert admin("connection/oidc/", **told).status_code == 302
    with scope(workspace):
        connection = Connection.objects.get()
    assert "s3cret" not in connection.secret
    assert not connection.enabled
    page = client_for(ana).get(f"/w/{workspace.slug}/settings/sign-in/").content.decode()
    assert "s3cret" not in page
    assert f"/accounts/sso/oidc/{connection.key}/callback/" in page
    assert admin("connection/oidc/", **{**told, "secret": "", "level": "10"}).status_code == 302
    with scope(workspace):
        assert Connection.objects.get().secret == connection.secret
        assert "s3cret" not in str(list(Entry.objects.values_list("details", flat=True)))
    assert admin("connection/enabling/").status_code == 302
    with scope(workspace):
        assert Connection.objects.get().enabled


@pytest.mark.parametrize(
    "change, says",
    [
        ({"issuer": "http://127.0.0.1:65530"}, "could not be reached"),
        ({"issuer": "nonsense"}, "Write the whole address"),
        ({"secret": ""}, "secret, too"),
        ({"level": "50"}, "valid choice"),
        ({"client_id": ""}, "required"),
    ],
)
def test_what_cannot_work_is_refused_when_it_is_set_up(admin, workspace, issuer, change, says):
    admin("connection/", kind="oidc")
    told = {"issuer": issuer, "client_id": "firstmile", "secret": "s", "joins": "on", "level": "20", **change}
    answer = admin("connection/oidc/", **told)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    with scope(workspace):
        assert Connection.objects.get().issuer == ""


def test_the_servers_own_network_cannot_be_asked_through_the_settings(admin, workspace, issuer, settings):
    settings.SSO_ALLOW_PRIVATE = False
    admin("connection/", kind="oidc")
    told = {"client_id": "x", "secret": "s", "joins": "on", "level": "20"}
    for inside in (issuer, "https://169.254.169.254", "https://localhost"):
        answer = admin("connection/oidc/", issuer=inside, **told)
        assert answer.status_code == 422
        assert re.search("public|https://", answer.content.decode())


def test_another_provider_knows_nobody_of_the_one_before(admin, visitor, workspace, domain, issuer, connect):
    connection = connect(workspace, "oidc", issuer="https://former.example", client_id="firstmile")
    SocialAccount.objects.create(user=User.objects.create_user("x@former.example"), provider=connection.key, uid="zoe")
    told = {"issuer": issuer, "client_id": "firstmile", "secret": "s", "joins": "on", "level": "20"}
    admin("connection/oidc/", **told)
    assert not SocialAccount.objects.filter(provider=connection.key).exists()
