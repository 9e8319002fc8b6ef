"""The operator's pages: appointed on the server, with a second factor and a reason, and every look written down."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import ProgrammingError
from django.test import Client

from onboarding.people.models import Person
from tests.conftest import PASSWORD
from workspaces.environments.making import make_test
from workspaces.keys.models import ApiKey
from workspaces.operator.entering import REASON
from workspaces.operator.models import Act, Operator, Suspension
from workspaces.scope import scope
from workspaces.tenants.models import User

pytestmark = pytest.mark.every_workspace

LIST = "/operator/"
WHY = "Ticket 4711: mail bounces"


@pytest.fixture
def olga():
    """An operator, who is a member of nothing."""
    user = User.objects.create_user(f"olga-{time.monotonic_ns()}@operator.example", PASSWORD)
    call_command("operator", "--as", "root", "appoint", user.email)
    yield user
    call_command("operator", "dismiss", user.email)


def logged_in(user, *, second_factor=True) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session, now = client.session, time.time()
    shown = [{"method": "password", "at": now}, {"method": "mfa", "type": "totp", "at": now}]
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = shown if second_factor else shown[:1]
    session.save()
    return client


@pytest.fixture
def operator(olga) -> Client:
    """Olga's browser; she has said why she looks."""
    client = logged_in(olga)
    assert client.post("/operator/enter/", {"reason": WHY}).status_code == 302
    return client


def acts_of(user) -> list[Act]:
    return list(Act.objects.filter(operator=user.email).order_by("pk"))


def test_nothing_is_shown_without_a_second_factor_and_a_reason(olga, workspace):
    lacking = logged_in(olga, second_factor=False).get(LIST)
    assert (lacking.status_code, b"second factor" in lacking.content) == (403, True)
    # Whoever has none is offered to set one up, whoever has one to show it.
    assert (b"Set one up" in lacking.content, b"Use my second factor" in lacking.content) == (True, False)
    Authenticator.objects.create(user=olga, type=Authenticator.Type.TOTP, data={"secret": "SECRET"})
    lacking = logged_in(olga, second_factor=False).get(LIST)
    assert (b"Set one up" in lacking.content, b"Use my second factor" in lacking.content) == (False, True)
    client, there = logged_in(olga), f"/operator/workspaces/{workspace.slug}/"
    asked = client.get(there)["Location"]
    assert asked == f"/operator/enter/?next=%2Foperator%2Fworkspaces%2F{workspace.slug}%2F"
    assert client.post("/operator/enter/", {"reason": "x"}).status_code == 422
    refused = client.post(there + "suspension/", {"reason": "Abuse of the service"})
    assert refused["Location"].startswith("/operator/enter/")
    assert not Suspension.objects.filter(workspace_id=workspace.pk).exists()
    assert acts_of(olga) == []
    assert client.post(asked, {"reason": WHY})["Location"] == there
    assert client.post("/operator/enter/?next=https://evil.example/", {"reason": WHY})["Location"] == LIST
    assert client.get(LIST).status_code == 200


def test_the_reason_holds_for_an_hour_and_is_asked_of_who_proved_themselves_lately(operator):
    session, old = operator.session, time.time() - 3600
    assert time.time() < session[REASON]["until"] <= time.time() + 3600
    session[REASON] = {**session[REASON], "until": old}
    shown = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**record, "at": old} for record in shown]
    session.save()
    assert operator.get(LIST)["Location"].startswith("/operator/enter/")
    assert "reauthenticate" in operator.get("/operator/enter/")["Location"]


def test_the_list_says_how_much_there_is_and_nothing_of_what_it_is(operator, olga, workspace, other_workspace, ana):
    test = make_test(by=ana)
    with scope(workspace):
        Person.objects.filter(external_id="dora").update(traits={"email": "dora@secret.example"})
    page = operator.get(LIST, {"q": workspace.slug}).content.decode()
    assert workspace.slug in page
    assert test.slug in page
    assert other_workspace.slug not in page
    assert '<td class="figure">2</td>' in page  # dora and emil
    detail = operator.get(f"/operator/workspaces/{workspace.slug}/").content.decode()
    assert ana.user.email in detail
    assert "dora" not in page + detail
    assert operator.get("/operator/workspaces/nobodys/").status_code == 404
    entered, listed, looked = acts_of(olga)
    assert (entered.action, entered.details) == ("entered", {"because": WHY})
    assert (listed.action, listed.details["search"], listed.details["because"]) == (
        "looked at the list",
        workspace.slug,
        WHY,
    )
    assert (looked.action, looked.workspace, looked.details) == ("looked at", workspace.slug, {"because": WHY})
    assert WHY in operator.get("/operator/log/", {"workspace": workspace.slug}).content.decode()


def test_suspending_and_lifting_by_page(operator, olga, workspace, ana, client_for, write_key):
    there, said = f"/operator/workspaces/{workspace.slug}/", "The bill is <b>not</b> paid."
    assert operator.post(there + "suspension/", {"reason": ""}).status_code == 422
    assert operator.post(there + "suspension/", {"reason": said}).status_code == 302
    assert ApiKey.find(write_key) is None
    refused = client_for(ana).get(f"/w/{workspace.slug}/settings/")
    assert (refused.status_code, b"&lt;b&gt;not&lt;/b&gt; paid" in refused.content) == (403, True)
    assert WHY.encode() not in refused.content  # that is the operators' own
    assert b"Lift the suspension" in operator.get(there).content
    assert operator.post(there + "lifting/").status_code == 302
    assert operator.post(there + "lifting/").status_code == 302  # twice changes nothing
    assert ApiKey.find(write_key)
    suspended, lifted = [act for act in acts_of(olga) if act.action in ("suspended", "lifted the suspension")]
    assert suspended.details == {"reason": said, "keys": 1, "because": WHY}
    assert lifted.details == {"because": WHY}


def test_signing_members_out_by_page_spares_the_operator(operator, workspace, ana, client_for):
    member = client_for(ana)
    assert operator.post(f"/operator/workspaces/{workspace.slug}/sign-out/").status_code == 302
    assert member.get(f"/w/{workspace.slug}/settings/").status_code == 302
    assert operator.get(LIST).status_code == 200


def test_an_operator_gets_into_no_workspace_and_a_dismissed_one_nowhere(operator, olga, workspace):
    assert operator.get(f"/w/{workspace.slug}/settings/").status_code == 404
    call_command("operator", "dismiss", olga.email)
    assert operator.get(LIST).status_code == 404
    call_command("operator", "appoint", olga.email)
    assert operator.get(LIST).status_code == 200
    with pytest.raises(CommandError, match="no such log-in"):
        call_command("operator", "appoint", "nobody@example.com")


def test_the_application_makes_nobody_an_operator(ana):
    with pytest.raises(ProgrammingError, match="permission denied"):
        Operator.objects.create(pk=ana.user.pk)


def test_leaving_forgets_the_reason(operator):
    assert operator.post("/operator/leave/").status_code == 302
    assert operator.get(LIST)["Location"].startswith("/operator/enter/")


def test_no_page_of_a_member_leads_there(workspace, ana, client_for):
    browser = client_for(ana)
    for address in ("/workspaces/", "/me/", f"/w/{workspace.slug}/settings/"):
        assert b"/operator/" not in browser.get(address, follow=True).content


def test_many_workspaces_come_page_by_page(operator, make_workspace):
    for _ in range(51):
        make_workspace("Bulk")
    link = "/operator/workspaces/bulk-"
    assert operator.get(LIST, {"q": "bulk-"}).content.decode().count(link) == 50
    assert operator.get(LIST, {"q": "bulk-", "page": "2"}).content.decode().count(link) == 1
