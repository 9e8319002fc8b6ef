"""How members sign in, by program: all is prepared, and who is believed is switched on by somebody who is there."""

import pytest
from django.core import mail
from django.urls import reverse

from tests.workspaces.accounts.saml_provider import SamlIdp
from workspaces.accounts import domains, names
from workspaces.accounts.models import Connection, Policy
from workspaces.audit.models import Entry
from workspaces.environments.making import make_test
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member

NOW = {"If_Match": "*"}
POLICY, CONNECTION = "/api/v1/sign-in/policy", "/api/v1/sign-in/connection"


def entries(workspace) -> list[str]:
    with scope(workspace):
        return list(Entry.objects.order_by("pk").values_list("action", flat=True))


def test_a_program_proves_a_domain_by_the_record_that_it_makes(workspace, ana, program, other_program, monkeypatch):
    made = program.post("sign-in/domains", {"name": f"{workspace.slug}.Example"})
    told = made.json()
    assert (made.status_code, told["name"], told["verified_at"]) == (201, f"{workspace.slug}.example", None)
    zone = {}
    monkeypatch.setattr(names, "texts", lambda name: zone.get(name, []))
    check = f"{made['Location']}/check"
    assert "no such record yet" in program.post(check).json()["detail"]
    zone[told["record"]] = [told["token"]]
    assert other_program.post(check).status_code == 404
    assert program.post(check).json()["verified_by"] == "dns"
    assert domains.is_own(workspace.pk, f"zoe@{told['name']}")
    assert entries(workspace) == ["domain.claimed", "domain.verified"]
    (letter,) = mail.outbox
    assert (letter.to, "“Warehouse”" in letter.body) == ([ana.user.email], True)
    assert program("delete", made["Location"]).status_code == 204
    assert program.post("sign-in/domains", {"name": "gmail.com"}).json()["errors"][0]["pointer"] == "/name"


def test_a_program_sets_saml_up_and_somebody_who_is_there_switches_it_on(
    workspace, ana, program, client_for, monkeypatch
):
    begun = program.post("sign-in/connection", {"kind": "saml"}).json()
    assert begun["addresses"]["metadata"].endswith("/metadata/")
    idp = SamlIdp()
    sent = {"metadata_xml": idp.metadata(), "level": "coach"}
    answer = program.put(CONNECTION, sent, If_Match=program.get(CONNECTION)["ETag"])
    assert (answer.json()["issuer"], answer.json()["level"]) == (idp.entity, "coach")
    assert len(answer.json()["certificates"]) == 1
    assert answer["ETag"] == program.get(CONNECTION)["ETag"]
    assert program("patch", POLICY, {"sso_required": True}, **NOW).json()["errors"][0]["pointer"] == "/sso_required"
    place = f"/w/{workspace.slug}/settings/sign-in/connection/"
    shown = client_for(ana).post(place + "enabling/", follow=True).content.decode()
    assert "So said key Warehouse on" in shown  # whoever switches it on sees whose word it was
    assert program.get(CONNECTION).json()["enabled"] is False  # no domain is proved yet
    with scope(workspace):
        Connection.objects.update(enabled=True)
    for body in (sent, {"metadata_xml": SamlIdp("https://evil.example").metadata()}):
        refused = program.put(CONNECTION, body, **NOW)
        assert (refused.status_code, "switch it off first" in refused.json()["detail"]) == (409, True)
    with scope(workspace):
        assert Connection.objects.get().issuer == idp.entity
    assert program("patch", POLICY, {"sso_required": True}, **NOW).json()["sso_required"] is True
    rotated = program.post("sign-in/connection/rotate-key").json()
    assert rotated["own_certificate"] != answer.json()["own_certificate"]
    assert program.post("sign-in/connection/rotate-key").status_code == 409
    assert program.post("sign-in/connection/disable").json()["enabled"] is False
    assert program.get(POLICY).json()["sso_required"] is False
    assert program("delete", CONNECTION).status_code == 204
    assert program.get(CONNECTION).status_code == 404
    with scope(workspace):
        assert {entry.actor for entry in Entry.objects.all()} == {"key Warehouse"}


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"issuer": "https://login.example.com"}, "/client_id"),
        ({"issuer": "https://127.0.0.1", "client_id": "x", "secret": "y"}, "/issuer"),
        ({"issuer": "https://login.example.com", "client_id": "x"}, "/secret"),
        ({"issuer": "https://login.example.com", "client_id": "x", "metadata_xml": "y"}, "/metadata_xml"),
    ],
)
def test_what_cannot_work_is_refused_at_its_place(workspace, program, body, pointer):
    program.post("sign-in/connection", {"kind": "oidc"})
    refused = program.put(CONNECTION, body, **NOW)
    assert (refused.status_code, [error["pointer"] for error in refused.json()["errors"]]) == (422, [pointer])
    assert entries(workspace) == []


def test_no_program_switches_sso_on(program):
    from tests.workspaces.api.operations import operations

    theirs = [found for found in operations() if found.handler.permission == "sign_in.manage"]
    assert len(theirs) > 10
    for found in theirs:
        body = found.handler.operation.body
        assert "enabled" not in (body().fields if body else {}), found.name


def test_a_policy_is_changed_by_who_saw_it_and_said_what_was_before(workspace, program):
    assert program("patch", POLICY, {"methods": []}).status_code == 428
    changed = program("patch", POLICY, {"methods": ["sso", "password"]}, If_Match=program.get(POLICY)["ETag"])
    assert changed.json()["methods"] == ["password", "sso"]
    again = program("patch", POLICY, {"methods": ["password", "sso"]}, **NOW)
    assert (again.status_code, len(mail.outbox)) == (200, 1)  # owners are told of what changes
    assert Policy.of(workspace).methods == ["password", "sso"]
    with scope(workspace):
        entry = Entry.objects.get()
    assert (entry.details["before"]["methods"], entry.details["after"]["methods"]) == ([], ["password", "sso"])
    assert program("patch", POLICY, {"methods": ["smoke"]}, **NOW).status_code == 422


def test_a_leavers_key_and_one_of_the_environment_for_tests_change_nothing(workspace, ana, make_member, program_with):
    admin = make_member(workspace, "ada", Level.ADMIN)
    leavers = program_with(workspace, level=Level.ADMIN, made_by=admin.user)
    Member.objects.filter(pk=admin.pk).delete()
    refused = [
        leavers("patch", POLICY, {"methods": []}, **NOW),
        leavers.post("sign-in/connection", {"kind": "oidc"}),
        leavers.post("sign-in/domains", {"name": "x.example"}),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(403, "level_too_low")] * 3
    tests = program_with(make_test(by=ana), made_by=ana.user)
    answers = [tests.get("sign-in/policy"), tests.get("sign-in/connection"), tests.get("sign-in/domains")]
    answers.append(tests.post("sign-in/domains", {"name": "x.example"}))
    assert [answer.status_code for answer in answers] == [409] * 4
    assert entries(workspace) == ["environment.made"]


def test_everything_of_the_page_leaves_out_how_members_sign_in(workspace, ana, client_for):
    page = reverse("keys:issue", args=[workspace.slug])
    client_for(ana).post(page, {"name": "All", "kind": "secret", "may": "all"})
    client_for(ana).post(page, {"name": "Named", "kind": "secret", "may": "some", "scopes": ["sign_in:write"]})
    by_name = {key.name: key.scopes for key in ApiKey.objects.filter(workspace=workspace)}
    assert "sign_in:write" not in by_name["All"]
    assert "team:write" in by_name["All"]
    assert by_name["Named"] == ["sign_in:write"]
