"""Deleting a workspace: asked by an owner, told to everybody, undone or, when its time has come, carried out wholly."""

from datetime import timedelta

import pytest
from allauth.socialaccount.models import SocialAccount
from django.db import ProgrammingError, connection
from django.utils import timezone

from tests.analytics.privacy import world
from workspaces.accounts.models import Domain, Policy
from workspaces.audit.models import Entry
from workspaces.environments.making import make_test
from workspaces.keys.models import ApiKey
from workspaces.privacy import deleting, tables
from workspaces.privacy.models import GRACE, Deletion
from workspaces.scope import TenantRow, scope
from workspaces.tenants.models import Member, Workspace


@pytest.fixture
def page(workspace, ana, client_for):
    client = client_for(ana)

    def ask(path="", **sent):
        address = f"/w/{workspace.slug}/settings/deletion/{path}"
        return client.post(address, sent) if sent else client.get(address)

    return ask


def rows_of(workspace_id):
    """By table how many rows of the workspace there are."""
    found = {}
    with scope(workspace_id), connection.cursor() as cursor:
        for table in tables.of_workspaces():
            cursor.execute("SELECT has_table_privilege(current_user, %s, 'SELECT')", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f'SELECT count(*) FROM "{table}" WHERE workspace_id = %s', [workspace_id])
                found[table] = cursor.fetchone()[0]
    return {table: n for table, n in found.items() if n}


def test_an_owner_asks_by_typing_the_name_and_everybody_is_told_and_sees_it(
    workspace, ana, ben, page, client_for, mailoutbox
):
    assert page(typed="Akme").status_code == 422
    assert page(typed="Acme").status_code == 302
    assert page(typed="Acme").status_code == 302  # the one that is to come stays
    deletion = Deletion.objects.get(workspace_id=workspace.pk)
    assert deletion.due_at - deletion.asked_at == GRACE
    deleting.tell_members()
    deleting.tell_members()
    mine = [mail for mail in mailoutbox if workspace.slug in mail.body]
    assert sorted(mail.to[0] for mail in mine) == sorted([ana.user.email, ben.user.email])
    assert "Acme will be deleted on" in mine[0].subject
    reader = client_for(ben)
    assert b"is to be deleted on" in reader.get(f"/w/{workspace.slug}/settings/").content
    assert reader.post(f"/w/{workspace.slug}/settings/deletion/", {"typed": "Acme"}).status_code == 403


def test_undone_it_never_happens(workspace, ana, page):
    page(typed="Acme")
    assert page("undoing/", x="").status_code == 302
    assert not deleting.carry_out(workspace.pk, now=timezone.now() + GRACE + timedelta(days=1))
    assert Workspace.objects.filter(pk=workspace.pk).exists()
    with scope(workspace):
        actions = set(Entry.objects.values_list("action", flat=True))
    assert actions == {"workspace.deletion_asked", "workspace.deletion_undone"}


def test_when_its_time_has_come_nothing_of_it_is_left_and_nothing_of_others_is_gone(
    workspace, other_workspace, ana, cyd, write_key
):
    now = timezone.now()
    world.make(workspace, ana, now)
    world.make(other_workspace, cyd, now)
    ours, others = (
        SocialAccount.objects.create(user=who.user, provider=f"{who.workspace_id}-5ec1", uid="zoe@idp.example")
        for who in (ana, cyd)
    )
    before = rows_of(other_workspace.pk)
    assert len(rows_of(workspace.pk)) > 25
    with scope(workspace):
        deleting.ask(workspace, by=ana)
    assert not deleting.carry_out(workspace.pk, now=now)  # not yet
    assert ApiKey.find(write_key)
    with scope(workspace), pytest.raises(ProgrammingError, match="No deletion"), connection.cursor() as cursor:
        cursor.execute("SELECT privacy_delete_rows('people_person', %s, 10)", [workspace.pk])
    Deletion.objects.filter(workspace_id=workspace.pk).update(due_at=now)
    later = now + timedelta(seconds=1)
    assert deleting.carry_out(workspace.pk, now=later, seconds=0)  # broken off after the first portion
    assert ApiKey.find(write_key) is None
    assert not deleting.carry_out(workspace.pk, now=later)
    assert rows_of(workspace.pk) == {}
    assert not Workspace.objects.filter(pk=workspace.pk).exists()
    assert rows_of(other_workspace.pk) == before
    assert list(SocialAccount.objects.filter(pk__in=[ours.pk, others.pk])) == [others]
    deletion = Deletion.objects.get(workspace_id=workspace.pk)
    assert (deletion.asked_by, deletion.finished_at is not None, deletion.rows > 50) == ("", True, True)
    assert not deleting.carry_out(workspace.pk, now=later)


def test_the_environment_for_tests_goes_first_and_takes_nobody_of_the_team_with_it(workspace, ana, ben):
    now = timezone.now()
    Policy.objects.create(workspace=workspace, sso_required=False)
    Domain.objects.create(workspace=workspace, name="acme.example")
    first = make_test(by=ana)
    Deletion.objects.create(workspace_id=first.pk, due_at=now)
    assert not deleting.carry_out(first.pk, now=now)
    assert not Workspace.objects.filter(pk=first.pk).exists()
    assert workspace.members.count() == 2
    second = make_test(by=Member.objects.get(pk=ana.pk))
    Deletion.objects.create(workspace_id=workspace.pk, due_at=now)
    while deleting.carry_out(workspace.pk, now=now):
        pass
    assert not Workspace.objects.filter(pk__in=[workspace.pk, second.pk]).exists()
    assert not Domain.objects.filter(name="acme.example").exists()


def test_whatever_says_who_gets_in_goes_at_once():
    outside = {
        field.related_model
        for field in Workspace._meta.get_fields(include_hidden=True)
        if field.auto_created and field.is_relation and not issubclass(field.related_model, (TenantRow, Workspace))
    }
    assert outside == set(deleting.LET_IN)
