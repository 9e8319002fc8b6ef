"""What a key may do to the team: what its maker may now, by the rules of the page."""

import pytest
from django.core import mail as outbox

from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import LadderVersion
from milestones.ladders.versions import reviews
from milestones.ladders.yaml_text import load
from tests.workspaces.test_urls import LADDER
from workspaces.audit.models import Entry
from workspaces.environments.making import make_test
from workspaces.scope import scope
from workspaces.team import changing, inviting, mail
from workspaces.team.models import Invitation
from workspaces.tenants.access import Level
from workspaces.tenants.models import User, Workspace

EVERYTHING = {"If_Match": "*"}


@pytest.fixture
def key_of(workspace, program_with):
    """A program whose key this member made."""
    return lambda member: program_with(workspace, level=member.level, made_by=member.user)


@pytest.fixture
def adam(workspace, make_member):
    return make_member(workspace, "adam", Level.ADMIN)


def patch(program, member, level):
    return program("patch", f"/api/v1/members/{member.pk}", {"level": level}, **EVERYTHING)


def remove(program, member):
    return program("delete", f"/api/v1/members/{member.pk}")


def level_of(member):
    return Level(type(member).objects.get(pk=member.pk).level)


def test_a_program_invites_and_who_is_invited_joins(workspace, ana, program, make_workspace):
    address = f"eva@{workspace.slug}.example"
    made = program.post("invitations", {"address": address.upper(), "level": "editor"}, Idempotency_Key="eva")
    again = program.post("invitations", {"address": address.upper(), "level": "editor"}, Idempotency_Key="eva")
    assert (made.status_code, made.json()["address"], again.content) == (201, address, made.content)
    assert (made.json()["invited_by"], made.json()["mailed_at"]) == (ana.user.email, None)
    mail.send_invitations(workspace.pk)
    assert [message.to for message in outbox.outbox] == [[address]]
    assert program.get(made["Location"]).json()["mailed_at"] is not None
    link = program.post(f"invitations/{made.json()['id']}/link").json()["link"]
    inviting.accept(link.rstrip("/").rpartition("/")[2], User.objects.create_user(address))
    assert program.get(f"invitations?address={address}").json()["data"][0]["state"] == "accepted"
    assert workspace.member(user__email=address).level == Level.EDITOR
    assert program.post("invitations", {"address": address, "level": "viewer"}).json()["code"] == "conflict"
    assert program.post("invitations", {"address": "nobody", "level": "viewer"}).status_code == 422
    with scope(workspace):
        assert Entry.objects.get(action="invitation.made").actor == "key Warehouse"


def test_levels_follow_the_rules_of_the_page(workspace, ana, adam, ben, key_of, program):
    admins = key_of(adam)
    assert patch(admins, ben, "editor").json()["level"] == "editor"
    for refused in (patch(admins, ben, "owner"), patch(admins, ana, "viewer"), remove(admins, ana)):
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    invited = admins.post("invitations", {"address": "x@example.org", "level": "owner"})
    assert invited.json()["detail"] == "Nobody can invite to a level above their own."
    for last_owner in (patch(program, ana, "admin"), remove(program, ana)):
        assert "at least one owner" in last_owner.json()["detail"]
    assert level_of(ana) == Level.OWNER
    assert patch(program, ben, "owner").status_code == 200
    assert patch(program, ana, "admin").status_code == 200
    assert remove(program, ben).status_code == 409  # its maker is admin by now, and ben an owner
    assert level_of(ben) == Level.OWNER
    assert program("patch", f"/api/v1/members/{ben.pk}", {"level": "viewer"}).status_code == 428


def test_whoever_is_shown_the_door_leaves_no_key_that_opens_it(workspace, ana, adam, ben, key_of):
    admins = key_of(adam)
    made = admins.post("invitations", {"address": f"adam2@{workspace.slug}.example", "level": "admin"}).json()
    second = admins.post("keys", {"name": "Second", "kind": "secret"}).json()
    with scope(workspace):
        changing.change_level(adam.pk, Level.EDITOR, by=ana)
        assert Invitation.objects.get(pk=made["id"]).state == "revoked"
    for program in (admins, type(admins)(second["token"])):
        answer = program.post("invitations", {"address": "y@example.org", "level": "viewer"})
        assert (answer.status_code, answer.json()["code"]) == (403, "level_too_low")
        assert remove(program, ben).status_code == 403
    with scope(workspace):
        changing.remove(adam.pk, by=ana)
    answer = patch(admins, ben, "editor")
    assert (answer.status_code, "is no member any more" in answer.json()["detail"]) == (403, True)
    assert admins.get("members").status_code == 200  # what only reads goes on until the key is revoked
    assert level_of(ben) == Level.VIEWER


def test_a_key_of_the_environment_for_tests_leaves_the_team_alone(workspace, ana, ben, program_with):
    program = program_with(make_test(by=ana), made_by=ana.user)
    assert program.get(f"members/{ben.pk}").status_code == 200
    answers = [patch(program, ben, "owner"), remove(program, ben)]
    answers.append(program.post("invitations", {"address": "x@example.org", "level": "viewer"}))
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(409, "conflict")] * 3
    assert level_of(ben) == Level.VIEWER


def test_nobody_approves_a_draft_and_has_their_own_key_publish_it(workspace, ana, adam, key_of, program):
    Workspace.objects.filter(pk=workspace.pk).update(review_needed=True)
    ana.workspace.refresh_from_db()
    with scope(workspace):
        draft = import_ladder(load(LADDER), by=ana).ladder.draft
        reviews.answer(draft, by=ana, verdict="approved", words="Mine.")
    refused = program.post("ladders/everyone/publish", {})
    assert (refused.status_code, "approval" in refused.content.decode()) == (422, True)
    asked = program.post("ladders/everyone/draft/reviews", {"of": adam.user.email, "note": "Look."})
    assert (asked.status_code, asked.json()["asked_by"]) == (201, ana.user.email)
    assert program.post("ladders/everyone/draft/reviews", {"of": ana.user.email}).status_code == 422
    with scope(workspace):
        reviews.answer(draft, by=adam, verdict="approved", words="Yes.")
    told = {one["answered_by"]: one["counts"] for one in program.get("ladders/everyone/draft/reviews").json()["data"]}
    assert told == {ana.user.email: True, adam.user.email: True}
    assert key_of(adam).post("ladders/everyone/publish", {}).status_code == 200  # by ana's word
    with scope(workspace):
        assert LadderVersion.objects.get(number=1).state == "published"
