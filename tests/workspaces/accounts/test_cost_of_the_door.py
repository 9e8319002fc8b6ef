"""What it costs a page that its member and session are looked at: nothing beyond finding the member."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from workspaces.accounts.models import Connection, Policy
from workspaces.environments.making import make_test
from workspaces.operator import acts, gate
from workspaces.tenants.models import Member

DOOR = ("accounts_policy", "operator_suspension", "accounts_connection", "usersessions_usersession", "UPDATE")


def asked(browser, workspace, *, status=200) -> list[str]:
    """The statements of a page that have to do with who gets in, beside those that find log-in and member."""
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(f"/w/{workspace.slug}/environments/").status_code == status
    said = [query["sql"] for query in queries]
    (member,) = [sql for sql in said if 'FROM "tenants_member"' in sql and "tenants_user" in sql]
    return [sql for sql in said if sql != member and any(table in sql for table in DOOR)]


@pytest.fixture
def browser(ana, client_for):
    """Ana's, who logged in by password and was seen a moment ago."""
    found = client_for(ana)
    shown(found, ana, {"method": "password", "at": time.time()})
    gate.suspended()
    found.get(f"/w/{ana.workspace.slug}/environments/")
    return found


def shown(browser, member, *records) -> None:
    session = browser.session
    session["account_authentication_methods_user"] = str(member.user.pk)
    session["account_authentication_methods"] = list(records)
    session.save()


def test_a_page_asks_nothing_more_whatever_the_policy_says(browser, workspace, ana, other_workspace):
    test = make_test(by=Member.objects.get(pk=ana.pk))
    assert asked(browser, workspace) == []
    Policy.objects.create(workspace=workspace, methods=["password"])
    assert asked(browser, workspace) == []
    assert asked(browser, test) == []
    acts.suspend(other_workspace, reason="Another one", operator="olga")
    gate.suspended()
    assert asked(browser, workspace) == []


def test_what_is_changed_holds_with_the_next_page(browser, workspace, ana):
    asked(browser, workspace)
    Policy.objects.create(workspace=workspace, methods=["passkey"])
    assert browser.get(f"/w/{workspace.slug}/environments/").status_code == 403
    Policy.objects.all().filter(workspace=workspace).delete()
    asked(browser, workspace)
    acts.suspend(workspace, reason="Abuse", operator="olga")
    assert browser.get(f"/w/{workspace.slug}/environments/").status_code == 403
    acts.lift(workspace, operator="olga")
    ana.delete()
    assert browser.get(f"/w/{workspace.slug}/environments/").status_code == 404


def test_a_session_by_sso_costs_one_look_at_the_identity_provider(browser, workspace, ana, connect):
    Policy.objects.create(workspace=workspace, sso_required=True)
    own: Connection = connect(workspace, "oidc", issuer="https://idp.example")
    shown(browser, ana, {"method": "socialaccount", "provider": own.key, "at": time.time()})
    assert len(asked(browser, workspace)) == 1
