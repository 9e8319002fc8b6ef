"""Emptying the environment for tests: all that was sent goes, what members made stays, and live is never touched."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import ProgrammingError, connection
from django.utils import timezone

from config import emptying as verdicts
from milestones.ladders.models import Ladder
from onboarding.intake.imports import uploads
from onboarding.intake.log import append
from onboarding.people.models import Person
from onboarding.progress import engine
from onboarding.progress.models import Journey
from tests.analytics.events import track
from tests.analytics.privacy import world
from tests.analytics.privacy.test_deleting import rows_of
from workspaces.audit.models import Entry
from workspaces.environments.making import make_test
from workspaces.keys.models import ApiKey
from workspaces.privacy import emptying, tables
from workspaces.privacy.models import Emptying
from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.models import Member


@pytest.fixture
def test(workspace, ana):
    return make_test(by=ana)


def page(workspace) -> str:
    return f"/w/{workspace.slug}/environments/emptying/"


def test_every_tenant_table_goes_or_stays_and_nothing_that_stays_refers_to_what_goes():
    assert {*verdicts.EMPTIED, *verdicts.KEPT} == set(tables.of_workspaces())
    assert not verdicts.EMPTIED & verdicts.KEPT
    assert verdicts.EMPTIED == settings.EMPTIED_TABLES
    with connection.cursor() as cursor:
        cursor.execute(tables._REFERENCES)
        crossing = [(a, b) for a, b in cursor if a in verdicts.KEPT and b in verdicts.EMPTIED]
    assert crossing == []


def test_what_was_sent_goes_and_what_members_made_stays(workspace, other_workspace, test, ana, cyd, client_for):
    now = timezone.now()
    mine = test.member(user=ana.user)
    for place, member in ((workspace, ana), (test, mine), (other_workspace, cyd)):
        world.make(place, member, now)
    _, token = ApiKey.issue(test, kind="write", name="staging")
    before = {place.pk: rows_of(place.pk) for place in (workspace, other_workspace, test)}
    assert len(before[test.pk].keys() & verdicts.EMPTIED) > 20
    browser = client_for(ana)
    assert b"Type Acme (test) to confirm" in browser.get(page(test)).content
    assert browser.post(page(test), {"typed": "Acme"}).status_code == 422
    assert browser.post(page(test), {"typed": "Acme (test)"}).status_code == 302
    assert browser.post(page(test), {"typed": "Acme (test)"}).status_code == 302  # the one under way stays
    answer = browser.get(page(test) + "progress/")
    assert b"How far the emptying is" in answer.content
    assert browser.get(page(test) + "progress/", headers={"HX-PTag": answer["HX-PTag"]}).status_code == 304
    assert emptying.is_due(test.pk)
    emptying.work(test.pk)
    assert not emptying.is_due(test.pk)
    after = rows_of(test.pk)
    assert after.keys() & verdicts.EMPTIED == set()
    unchanged = verdicts.KEPT - {"audit_entry", "privacy_emptying"}
    assert {t: n for t, n in after.items() if t in unchanged} == {
        t: n for t, n in before[test.pk].items() if t in unchanged
    }
    assert rows_of(workspace.pk) == before[workspace.pk]
    assert rows_of(other_workspace.pk) == before[other_workspace.pk]
    assert ApiKey.find(token)
    with scope(test):
        done = Emptying.objects.get()
        assert done.removed["intake_event"] == before[test.pk]["intake_event"]
        asked, emptied = Entry.objects.filter(action__startswith="environment.empt").order_by("pk")
        assert (asked.actor, emptied.details["messages"]) == (ana.user.email, before[test.pk]["intake_event"])
    assert b"messages and" in browser.get(page(test)).content
    # It begins again like a new one.
    world.send(test, track("tess", "Signed Up", now), track("tess", "Connected", now + timedelta(hours=1)))
    with scope(test):
        assert [person.external_id for person in Person.objects.all()] == ["tess"]
        assert Ladder.objects.exists()
    call_command("verify", "--workspace", test.slug)


def test_what_comes_in_meanwhile_leaves_no_half_of_anything(test, ana, monkeypatch):
    """The engine reads on while the log is being emptied, and somebody goes on sending, even under the lock."""
    now = timezone.now()
    mine = test.member(user=ana.user)
    world.make(test, mine, now)
    removed, seen = emptying._remove, []

    def interrupted(job, table):
        seen.append(table)
        if len(seen) <= 3:  # the log goes some rows at a time
            late = [track(f"late-{len(seen)}", "Signed Up", now), track("emil-1", "Reported", now)]
            in_another_session(test, late, read=True)
        elif table == "people_person" and seen.count(table) == 1:  # all the rest goes at once
            in_another_session(test, [track("last", "Signed Up", now)], read=False)
        return removed(job, table)

    monkeypatch.setattr(emptying, "ROWS_AT_ONCE", 3)
    monkeypatch.setattr(emptying, "_remove", interrupted)
    with scope(test):
        emptying.ask(test, by=mine)
    emptying.work(test.pk)
    assert seen[:3] == [emptying.LOG] * 3
    in_another_session(test, [track("afterwards", "Signed Up", now)], read=True)
    world.settle(test)
    with scope(test):
        assert Emptying.objects.get().finished_at
        assert {person.external_id for person in Person.objects.all()} - {"last"} == {"afterwards"}
        assert Journey.objects.count() == Person.objects.count()
    call_command("verify", "--workspace", test.slug)


def in_another_session(test, events, *, read):
    def send():
        try:
            append(test.pk, events)
            if read:
                engine.settle(test.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(send).result(30)


def test_live_can_not_be_emptied_by_any_way(workspace, test, ana, ben, client_for):
    browser = client_for(ana)
    assert browser.post(page(workspace), {"typed": workspace.name}).status_code == 404
    with scope(workspace):
        with pytest.raises(emptying.NotForLive):
            emptying.ask(workspace, by=ana)
        Emptying.objects.create(actor="nobody", claimed_at=timezone.now())  # and even then
    with scope(workspace), pytest.raises(ProgrammingError, match="no environment for tests"):
        connection.cursor().execute("SELECT privacy_empty_rows('people_person', %s, 10)", [workspace.pk])
    with scope(workspace):
        assert Person.objects.count() == 2
    assert client_for(ben).post(page(test), {"typed": test.name}).status_code == 403


def test_the_database_empties_only_what_is_being_emptied_and_never_the_audit_log(test, ana):
    call = "SELECT privacy_empty_rows(%s, %s, 10)"
    with scope(test), pytest.raises(ProgrammingError, match="No emptying"):
        connection.cursor().execute(call, ["people_person", test.pk])
    with scope(test):
        emptying.ask(test, by=test.member(user=ana.user))
        Emptying.objects.update(claimed_at=timezone.now())
    for table in ("audit_entry", "privacy_suppressed", "ladders_ladderversion"):
        with scope(test), pytest.raises(ProgrammingError, match="stay"):
            connection.cursor().execute(call, [table, test.pk])


def test_it_waits_for_an_import_and_goes_on_where_it_was_broken_off(test, ana):
    mine = test.member(user=ana.user)
    with scope(test):
        job = uploads.begin(name="events.csv", size=1_000, modified=0, by=mine)
        emptying.ask(test, by=mine)
    emptying.work(test.pk)
    with scope(test):
        assert "import" in Emptying.objects.get().problem
        job.ended_at = timezone.now()
        job.save()
        Emptying.objects.update(look_again_at=None, claimed_at=timezone.now(), beat_at=timezone.now())
    emptying.work(test.pk)  # somebody does it
    with scope(test):
        assert Emptying.objects.get().finished_at is None
        Emptying.objects.update(beat_at=timezone.now() - timedelta(minutes=5))  # and was killed
    emptying.work(test.pk)
    with scope(test):
        assert Emptying.objects.get().finished_at
        assert json.loads(json.dumps(Emptying.objects.get().removed))["intake_import"] == 1


def test_an_editor_may_not(test, make_member, workspace, client_for):
    editor: Member = make_member(workspace, "eve", Level.EDITOR)
    assert client_for(editor).get(page(test)).status_code == 403
    assert client_for(editor).get(page(test) + "progress/").status_code == 403
