"""The second wall: tenant data exists only inside a scope."""

import threading

import pytest
from django.db import connection, transaction

from onboarding.people.models import Person
from workspaces.scope import CrossScope, OutsideScope, current_workspace_id, scope


def bound_workspace() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.workspace_id', true)")
        return cursor.fetchone()[0] or ""


def test_reading_tenant_data_outside_of_a_scope_raises(workspace):
    with pytest.raises(OutsideScope, match="inside `with scope"):
        Person.objects.count()


def test_creating_tenant_data_outside_of_a_scope_raises(workspace):
    with pytest.raises(OutsideScope):
        Person(key="u:gil")


def test_each_scope_sees_its_own_people(workspace, other_workspace):
    with scope(workspace):
        assert set(Person.objects.values_list("external_id", flat=True)) == {"dora", "emil"}
    with scope(other_workspace):
        assert set(Person.objects.values_list("external_id", flat=True)) == {"finn"}


def test_a_scope_can_be_entered_by_id_and_again_inside_itself(workspace):
    with scope(workspace.pk), scope(workspace):
        assert current_workspace_id() == workspace.pk
        assert Person.objects.count() == 2


def test_another_workspaces_scope_cannot_be_entered_from_inside(workspace, other_workspace):
    with scope(workspace), pytest.raises(CrossScope), scope(other_workspace):
        pass


def test_the_binding_ends_with_the_scope(workspace):
    with scope(workspace):
        assert bound_workspace() == str(workspace.pk)
    assert bound_workspace() == ""


def test_the_binding_ends_with_the_scope_inside_a_longer_transaction(workspace, other_workspace):
    with transaction.atomic():
        with scope(workspace):
            pass
        assert bound_workspace() == ""
        with scope(other_workspace):
            assert Person.objects.get().external_id == "finn"


def test_an_error_rolls_the_whole_scope_back(workspace):
    with pytest.raises(ZeroDivisionError), scope(workspace):
        Person.objects.create(key="u:gil", external_id="gil")
        raise ZeroDivisionError
    with scope(workspace):
        assert not Person.objects.filter(external_id="gil").exists()


def test_threads_do_not_share_a_scope(workspace):
    seen = []

    def look():
        try:
            seen.append(current_workspace_id())
        except OutsideScope:
            seen.append(None)
        connection.close()

    with scope(workspace):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [None]
