"""Every operation × anonymous, a stranger's key, a key without the scope, a key made by a viewer, a key that may."""

import pytest

from milestones.ladders.api.shapes import LadderImport
from onboarding.people.models import Person, Sender
from tests.workspaces.api import examples
from tests.workspaces.api.conftest import Program
from tests.workspaces.api.operations import operations
from workspaces.api.examples import answers
from workspaces.api.openapi import document
from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey
from workspaces.keys.scopes import SCOPES, scope_of
from workspaces.scope import scope
from workspaces.tenants.access import PERMISSIONS, Level, allows
from workspaces.tenants.models import User

ALL = list(operations())
# What the examples come to among the things, in the order of the names: other tests see these operations succeed.
REFUSED = {
    "keys_adopt": 409,  # its maker is a member
    "sign_in_connect": 409,  # there is one
    "sign_in_set_up": 409,  # and it is on
    "sign_in_rotate_key": 409,  # by OpenID Connect, which has none
    "emptying_read": 404,
    "emptying_ask": 409,  # live is not emptied
    "discoveries_withdraw_proposal": 409,  # a ladder was made of it
    "ladders_schedule_read": 404,
    "ladders_unschedule": 404,
    "invitations_send_again": 409,  # it was made just before
    "exports_file": 409,  # nobody has made it yet
    "deletion_ask": 422,  # the slug is another one
    "deletion_undo": 409,
    "webhooks_test": 409,  # it was disabled just before
    "webhooks_send_again": 409,
    "webhooks_send_failed_again": 409,
    "milestones_create": 409,  # it came with the imported ladder
    "ladders_bring_back_draft": 409,
    "roles_create": 409,  # so did it
    "roles_delete": 409,  # it has a ladder
    "imports_bytes": 409,  # the import was cancelled just before
    "imports_start": 409,
    "people_rule": 404,  # dora is on no ladder
    "steps_effect": 404,  # the draft was written anew, without this step
    "editions_make_again": 409,  # it was made and sent
    "adoption_csv": 409,  # there are too few people to tell of
    "recipients_delete": 404,  # it went with its report
}


def test_every_operation_has_a_name_of_its_own_and_a_permission_of_the_table():
    names = [found.name for found in ALL]
    assert len(names) == len(set(names)) > 100
    assert {found.handler.permission for found in ALL} <= set(PERMISSIONS)


def test_every_operation_is_described():
    described = {op["operationId"] for path in document()["paths"].values() for op in path.values()}
    assert described == {found.name for found in ALL}


@pytest.mark.parametrize("whose", ["nobody's", "a write key", "nonsense", "revoked", "expired"])
def test_without_a_live_secret_key_nothing_is_told(whose, workspace, things):
    key, token = ApiKey.issue(workspace, kind="write" if whose == "a write key" else "secret", name="x")
    if whose == "revoked":
        key.revoke()
    if whose == "expired":
        ApiKey.objects.filter(pk=key.pk).update(expires_at="2026-03-02T12:00:00Z")
    anonymous = Program({"nobody's": "", "nonsense": "fm_secret_nonsense"}.get(whose, token))
    for found in ALL if whose == "nobody's" else ALL[:3]:
        answer = found.send(anonymous, things)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_key"), found.name
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_strangers_key_does_not_find_our_things(workspace, other_program, things):
    before = _entries(workspace)
    for found in ALL:
        if found.names_ours:
            answer = found.send(other_program, things)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), found.name
    assert _entries(workspace) == before


def test_a_key_without_the_scope_is_told_which_it_lacks(workspace, program_with, things):
    before = _entries(workspace)
    for lacking in SCOPES:
        others = [other for other in SCOPES if other not in (lacking, lacking.replace(":read", ":write"))]
        program = program_with(workspace, *others)
        for found in ALL:
            if scope_of(found.handler.permission) == lacking:
                answer = found.send(program, things)
                assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope"), found.name
                assert answer.json()["missing_scope"] == lacking
    assert _entries(workspace) == before


def test_a_key_never_does_more_than_who_made_it(workspace, program_with, things):
    viewers = program_with(workspace, level=Level.VIEWER)
    refused = 0
    for found in ALL:
        if not allows(Level.VIEWER, found.handler.permission):
            answer = found.send(viewers, things)
            assert (answer.status_code, answer.json()["code"]) == (403, "level_too_low"), found.name
            refused += 1
    assert refused > 40


def test_a_key_that_may_is_answered_as_is_described(workspace, program, things):
    described = {op["operationId"]: op for path in document()["paths"].values() for op in path.values()}
    last = ("keys_revoke", "keys_rotate")  # of the key that is among the things
    _what_the_examples_name(workspace, program)
    statuses, seen = {}, {}
    for found in sorted(ALL, key=lambda one: (one.method == "delete", one.name in last)):
        answer = found.send(program, things)
        assert str(answer.status_code) in described[found.name]["responses"], (found.name, answer.content)
        statuses[found.name] = answer.status_code
        if answer.status_code < 300 and (body := examples.body_of(answer)) is not None:
            seen[found.name] = examples.told(body)
    examples.keep(seen)
    refused = {name: status for name, status in statuses.items() if status >= 300}
    assert refused == REFUSED
    kept = {name: examples.shape(body) for name, body in answers().items()}
    assert kept == {name: examples.shape(body) for name, body in seen.items()}, "see tests/workspaces/api/examples.py"


def _what_the_examples_name(workspace, program) -> None:
    """A published ladder for administrators, a person, and a colleague who may edit."""
    program.post("ladders/import", LadderImport.example)
    assert program.post("ladders/administrators/publish", {}).status_code == 200
    with scope(workspace):
        somebody = Person.objects.create(key="u:u-1842", external_id="u-1842")
        Sender.objects.create(key=somebody.key, person=somebody)
    eva, _ = User.objects.get_or_create(email="eva@example.com", defaults={"name": "Eva"})
    workspace.join(eva, Level.EDITOR)


def _entries(workspace) -> int:
    with scope(workspace):
        return Entry.objects.count()


def test_numbers_and_words_beyond_the_database_name_nothing(workspace, program, things):
    for found in ALL:
        if found.method == "get" and found.names_ours:
            given = found.given(things)
            far = {name: 10**30 if isinstance(value, int) else "9" * 60 for name, value in given.items()}
            answer = program.get(found.path(things, **far))
            assert answer.status_code == 404, (found.name, answer.content)
    for path in ("people/%00", "milestones/a%00b", "events/%00", "ladders/%ff", "features/%00", "metrics/%00"):
        assert program.get(path).status_code == 404, path
