"""What an operator does from outside: listing, suspending, lifting, signing out; each written down."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection
from django.test import Client

from tests.conftest import PASSWORD
from workspaces.environments.making import make_test
from workspaces.keys.models import ApiKey
from workspaces.operator.models import Act, Suspension
from workspaces.tenants.models import Workspace

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


def test_a_new_installation_gets_its_first_owner_who_logs_in_by_a_code(capsys, mailoutbox):
    address = f"olga-{Act.objects.count()}-{connection.settings_dict['NAME']}@first.example"
    call_command(
        "operator", "--as", "root", "found", "First & Sons", "--owner", address.upper(), "--time-zone", "Asia/Tokyo"
    )
    assert "by a code that is mailed" in capsys.readouterr().out
    made = Workspace.objects.get(name="First & Sons", slug__startswith="first-sons")
    assert made.time_zone == "Asia/Tokyo"
    browser = Client()
    browser.post("/accounts/login/code/", {"email": address})
    code = re.search(r"^[A-Z0-9]{3,}-[A-Z0-9]{3,}$", mailoutbox[-1].body, re.MULTILINE)
    browser.post("/accounts/login/code/confirm/", {"code": code[0]})
    assert browser.get(f"/w/{made.slug}/settings/").status_code == 200
    call_command("operator", "--as", "root", "found", "First & Sons", "--owner", address)
    assert "by a code" not in capsys.readouterr().out
    assert Workspace.objects.filter(name="First & Sons").count() == 2
    assert Act.objects.filter(action="founded", operator="root").count() == 2


@pytest.mark.parametrize("wrong", [["--owner", "nobody"], ["--owner", "a@b.example", "--time-zone", "Mars/Olympus"]])
def test_a_workspace_is_not_founded_on_nonsense(wrong):
    with pytest.raises(CommandError):
        call_command("operator", "found", "Nonsense", *wrong)
    assert not Workspace.objects.filter(name="Nonsense").exists()
