"""The audit log: from where, before and after; asked for, taken along, and let go of as the workspace says."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from workspaces.audit.models import Entry
from workspaces.audit.purging import purge
from workspaces.scope import cause, scope
from workspaces.tenants.models import Workspace

SETTINGS = {"name": "Acme", "time_zone": "UTC", "language": "en", "segments": "plan", "publishers": "30"}


def url(name, workspace, **kwargs):
    return reverse(f"audit:{name}", kwargs={"workspace_slug": workspace.slug, **kwargs})


def note(workspace, action="thing.changed", *, by=None, target=None, age=timedelta(0), **details) -> Entry:
    with scope(workspace):
        entry = Entry.record(by=by, action=action, target=target or workspace, **details)
    if age:
        _owner("UPDATE audit_entry SET at = now() - %s WHERE id = %s", workspace, age, entry.pk)
    return entry


def _owner(statement: str, workspace, *parameters) -> None:
    """What only the owner of the tables can do: make an entry old."""
    from django.db import connections

    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('app.workspace_id', %s, true)", [str(workspace.pk)])
        cursor.execute(statement, parameters)


def test_a_change_on_a_page_says_from_where_and_what_was_before(workspace, ana, client_for, settings):
    settings.PROXIES = 1
    browser = client_for(ana)
    change = reverse("settings:change", args=[workspace.slug])
    browser.post(change, {**SETTINGS, "name": "Rockets"}, headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.7"})
    with scope(workspace):
        entry = Entry.objects.get()
    assert (entry.means, entry.address, entry.actor) == ("page", "203.0.113.7", ana.user.email)
    page = " ".join(browser.get(url("entries", workspace)).content.decode().split())
    assert "203.0.113.7" in page
    assert '<th scope="row">name</th><td data-label="Before">Acme</td><td data-label="After">Rockets</td>' in page
    assert '<th scope="row">time zone</th>' not in page


def test_commands_and_tasks_are_named(workspace):
    with cause.coming_from(cause.Origin("command", "ladders")):
        note(workspace)
    with cause.caused_by("", task_name="ladders.publish_due"):
        note(workspace)
    note(workspace)
    with scope(workspace):
        found = list(Entry.objects.order_by("id").values_list("means", "name"))
    assert found == [("command", "ladders"), ("task", "ladders.publish_due"), ("", "")]


def test_it_is_asked_by_member_kind_thing_and_day(workspace, ana, ben, client_for):
    Workspace.objects.filter(pk=workspace.pk).update(time_zone="Pacific/Auckland")
    workspace.refresh_from_db()
    note(workspace, "ladder.published", by=ana)
    note(workspace, "key.issued", by=ben, age=timedelta(days=3))
    browser = client_for(ana)
    today = timezone.localdate(timezone=workspace.zone)

    def actions(**query) -> list[str]:
        page = browser.get(url("entries", workspace), query)
        assert page.status_code == 200
        return [entry.action for entry in page.context["page"]]

    assert actions() == ["ladder.published", "key.issued"]
    assert actions(actor=ben.user.email) == ["key.issued"]
    assert actions(group="ladder") == ["ladder.published"]
    assert actions(thing="acm") == ["ladder.published", "key.issued"]
    assert actions(thing="nothing like it") == []
    assert actions(since=today.isoformat()) == ["ladder.published"]
    assert actions(until=(today - timedelta(days=2)).isoformat()) == ["key.issued"]
    assert actions(since="yesterday", until="\x00") == ["ladder.published", "key.issued"]
    assert "is no day" in browser.get(url("entries", workspace), {"since": "9999-99-99"}).content.decode()


def test_what_is_taken_along_is_what_was_asked_with_formulas_defused(workspace, ana, client_for):
    evil = "=HYPERLINK(1)"
    Workspace.objects.filter(pk=workspace.pk).update(name=evil)
    workspace.refresh_from_db()
    note(workspace, "ladder.published", by=ana, why="=1+1")
    note(workspace, "key.issued", by=ana)
    browser = client_for(ana)
    text = browser.get(url("export", workspace, kind="csv"), {"group": "ladder"}).getvalue().decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["action"], row["target"]) == ("ladder.published", "'" + evil)
    assert json.loads(row["details"]) == {"why": "=1+1"}
    lines = browser.get(url("export", workspace, kind="jsonl")).getvalue().decode().splitlines()
    taken = ["audit.exported", "audit.exported"]
    assert [json.loads(line)["action"] for line in lines] == [*taken, "key.issued", "ladder.published"]
    assert browser.get(url("export", workspace, kind="exe")).status_code == 404


def test_the_application_can_neither_change_nor_remove_entries(workspace, ana):
    note(workspace)
    for statement in ("UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"):
        with pytest.raises(DatabaseError, match="permission denied"), scope(workspace), connection.cursor() as cursor:
            cursor.execute(statement)


def test_entries_go_when_the_workspace_says_so_and_not_before(workspace, other_workspace):
    old, new = timedelta(days=400), timedelta(days=100)
    for one in (workspace, other_workspace):
        note(one, "old.one", age=old)
        note(one, "new.one", age=new)
    assert purge(workspace) == 0
    Workspace.objects.filter(pk=workspace.pk).update(keep_audit_months=12)
    assert purge(workspace) == 1
    assert purge(workspace) == 0
    with scope(workspace):
        assert [entry.action for entry in Entry.objects.all()] == ["new.one"]
    with scope(other_workspace):
        assert Entry.objects.count() == 2


def test_addresses_are_forgotten_after_ninety_days(workspace):
    with cause.coming_from(cause.Origin("page", "", "203.0.113.7")):
        note(workspace, "old.one", age=timedelta(days=91))
        note(workspace, "new.one", age=timedelta(days=89))
    assert purge(workspace) == 1
    with scope(workspace):
        found = {entry.action: entry.address for entry in Entry.objects.all()}
    assert found == {"old.one": None, "new.one": "203.0.113.7"}


def test_outside_of_a_scope_nothing_is_purged(workspace):
    Workspace.objects.filter(pk=workspace.pk).update(keep_audit_months=6)
    note(workspace, age=timedelta(days=1000))
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_purge(10)")
        assert cursor.fetchone() == (0,)
    with scope(workspace):
        assert Entry.objects.count() == 1


def test_an_owner_says_how_long_and_half_a_year_is_the_least(workspace, ana, make_member, client_for):
    from workspaces.tenants.access import Level

    admin = make_member(workspace, "ada", Level.ADMIN)
    assert client_for(admin).post(url("keep", workspace), {"keep_audit_months": "12"}).status_code == 403
    browser = client_for(ana)
    assert browser.post(url("keep", workspace), {"keep_audit_months": "5"}).status_code == 422
    assert browser.post(url("keep", workspace), {"keep_audit_months": "12"}).status_code == 302
    workspace.refresh_from_db()
    assert workspace.keep_audit_months == 12
    with scope(workspace):
        entry = Entry.objects.get()
    assert (entry.details["before"], entry.details["after"]) == ({"months": None}, {"months": 12})
    assert timezone.now() - entry.at < timedelta(minutes=1)
    assert datetime(2026, 1, 1, tzinfo=UTC) < entry.at
