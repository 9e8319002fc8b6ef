"""The environment for tests, made with its first key by a program of live, and emptied by one of its own."""

from tests.workspaces.api.conftest import Program
from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey
from workspaces.privacy.models import Emptying
from workspaces.scope import scope
from workspaces.tenants.models import Workspace


def test_a_program_makes_it_and_goes_on_in_it(workspace, ana, program, other_program):
    made = program.post("environments/test", {"key": "CI", "scopes": ["people:read"]}, Idempotency_Key="ci")
    told = made.json()
    assert (made.status_code, told["kind"], told["slug"]) == (201, "test", f"{workspace.slug}-test")
    again = program.post("environments/test", {"key": "CI", "scopes": ["people:read"]}, Idempotency_Key="ci")
    assert again.json() == told
    inside = Program(told["token"])
    assert inside.get("people").status_code == 200
    assert inside.get("ladders").json()["missing_scope"] == "ladders:read"
    test = Workspace.objects.get(live=workspace)
    assert ApiKey.find(told["token"]).made_by == ana.user
    for environment in (workspace, test):
        with scope(environment):
            assert Entry.objects.get(action="environment.made").actor == "key Warehouse"
    assert program.post("environments/test", {}).json()["code"] == "conflict"
    told = program.get("environments").json()
    assert (told["live"]["yours"], told["test"]["yours"]) == (True, False)
    assert other_program.get("environments").json()["test"] is None


def test_its_first_key_may_no_more_than_the_one_that_makes_it(workspace, ana, program_with):
    narrow = program_with(workspace, "environments:write", "people:read")
    refused = narrow.post("environments/test", {"key": "CI", "scopes": ["team:write"]})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/scopes")
    assert not Workspace.objects.filter(live=workspace).exists()
    made = narrow.post("environments/test", {"key": "CI"}).json()
    assert ApiKey.find(made["token"]).scopes == ["environments:write", "people:read"]


def test_live_is_never_emptied_and_test_only_by_its_name(workspace, ana, program, program_with):
    confirm = {"confirm": workspace.slug}
    refused = program.post("environments/emptying", confirm)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    inside = Program(program.post("environments/test", {"key": "CI"}).json()["token"])
    assert inside.get("environments/emptying").status_code == 404
    assert inside.post("environments/emptying", confirm).json()["errors"][0]["pointer"] == "/confirm"
    asked = inside.post("environments/emptying", {"confirm": f"{workspace.slug}-test"})
    assert (asked.status_code, asked.json()["asked_by"]) == (202, "key CI")
    assert inside.post("environments/emptying", {"confirm": f"{workspace.slug}-test"}).json() == asked.json()
    assert inside.get("environments/emptying").json()["finished_at"] is None
    with scope(workspace):
        assert not Emptying.objects.exists()
    assert inside.post("environments/test", {}).json()["code"] == "conflict"
