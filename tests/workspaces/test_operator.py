"""What an operator does from outside: listing, suspending, lifting, signing out; each written down."""

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from django.test import Client

from tests.conftest import PASSWORD
from workspaces.environments.making import make_test
from workspaces.keys.models import ApiKey
from workspaces.operator.models import Act, Suspension

pytestmark = pytest.mark.every_workspace


def log_in(member):
    client = Client()
    client.post("/accounts/login/", {"login": member.user.email, "password": PASSWORD})
    return client


def test_a_suspended_workspace_lets_nobody_in_until_it_is_lifted(workspace, other_workspace, ana, cyd, write_key):
    mine, theirs = log_in(ana), log_in(cyd)
    ended, _ = ApiKey.issue(workspace, kind="write", name="ended before")
    ended.revoke()
    page = f"/w/{workspace.slug}/settings/"
    call_command("operator", "--as", "olga", "suspend", workspace.slug, "--reason", "The bill is not paid.")
    call_command("operator", "suspend", workspace.slug, "--reason", "Twice")
    refused = mine.get(page)
    assert (refused.status_code, b"The bill is not paid." in refused.content) == (403, True)
    assert mine.post(page + "change/", {}).status_code == 403
    assert theirs.get(page).status_code == 404
    assert theirs.get(f"/w/{other_workspace.slug}/settings/").status_code == 200
    assert ApiKey.find(write_key) is None
    call_command("operator", "lift", workspace.slug)
    assert mine.get(page).status_code == 200
    assert ApiKey.find(write_key)
    assert workspace.keys.filter(revoked_at=None).count() == 1
    with pytest.raises(CommandError, match="not suspended"):
        call_command("operator", "lift", workspace.slug)
    assert Suspension.objects.filter(workspace_id=workspace.pk).count() == 1
    acts = Act.objects.filter(workspace=workspace.slug).order_by("pk")
    assert (acts[0].action, acts[0].operator) == ("suspended", "olga")
    assert [act.action for act in acts] == ["suspended", "lifted the suspension"]


def test_an_environment_for_tests_is_shut_with_its_workspace(workspace, ana):
    test = make_test(by=ana)
    _, token = ApiKey.issue(test, kind="write", name="test")
    call_command("operator", "suspend", test.slug, "--reason", "Abuse")
    for slug in (workspace.slug, test.slug):
        assert log_in(ana).get(f"/w/{slug}/settings/").status_code == 403
    assert ApiKey.find(token) is None
    call_command("operator", "lift", workspace.slug)
    assert log_in(ana).get(f"/w/{test.slug}/settings/").status_code == 200
    assert ApiKey.find(token)


def test_signing_out_ends_the_sessions_of_those_members_alone(workspace, other_workspace, ana, cyd, capsys):
    mine, theirs = log_in(ana), log_in(cyd)
    call_command("operator", "sign-out", "--workspace", workspace.slug)
    assert "1 sessions were ended" in capsys.readouterr().out
    assert mine.get(f"/w/{workspace.slug}/settings/").status_code == 302
    assert theirs.get(f"/w/{other_workspace.slug}/settings/").status_code == 200
    call_command("operator", "sign-out", "--email", cyd.user.email.upper())
    assert theirs.get(f"/w/{other_workspace.slug}/settings/").status_code == 302


def test_the_list_and_the_log_say_nothing_of_what_is_inside(workspace, ana, write_key, capsys):
    call_command("operator", "--as", "olga", "suspend", workspace.slug, "--reason", "Why")
    call_command("operator", "list")
    call_command("operator", "log")
    said = capsys.readouterr().out
    assert f"{workspace.slug}: 1 members, 0 keys, events a second: default, events kept: ever, suspended" in said
    assert f"olga suspended {workspace.slug} (keys 1, reason Why)" in said
    assert "dora" not in said


def test_the_log_of_operators_can_only_be_added_to(workspace):
    call_command("operator", "sign-out", "--workspace", workspace.slug)
    for statement in ("DELETE FROM operator_act", "UPDATE operator_act SET operator = 'nobody'"):
        with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
            cursor.execute(statement)
