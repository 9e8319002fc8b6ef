import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.models import F

from analytics.cubes import sheets
from analytics.cubes.fold import fold
from analytics.cubes.models import Cell
from analytics.cubes.rebuild import rebuild
from analytics.cubes.strays import correct, strays
from analytics.cubes.verify import differences
from onboarding.intake.log import append
from onboarding.intake.models import Seen
from onboarding.people.models import Account, AccountMembership, Person, Sender
from onboarding.progress import engine
from onboarding.progress.models import Activity, Completion, CubeDelta, Journey, TraitValue, Unlock
from onboarding.progress.rebuild.rebuilding import AlreadyRebuilding, LaddersChanged, Rebuilding, alone
from tests.analytics.conftest import LADDER
from tests.analytics.events import climb, identify, send, track
from tests.processes import ROOT, environment, manage, wait_until
from workspaces.scope import scope

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

TABLES = (
    *("people_person", "people_sender", "people_account", "people_accountmembership"),
    *("progress_activity", "progress_traitvalue", "progress_journey", "progress_completion", "progress_unlock"),
    *("progress_accountactivity", "progress_accounttraitvalue", "progress_ruling"),
    *("progress_cubedelta", "progress_watermark", "progress_tracked", "intake_seen", "cubes_cell"),
)
UNNAMED = ("people_accountmembership", "progress_cubedelta")  # nobody refers to their ids


def visit(anonymous: str, at, **fields):
    """An anonymous visitor looks at a page."""
    message = track(anonymous, "Looked", at)
    message.sender = f"a:{anonymous}"
    for name, value in fields.items():
        setattr(message, name, value)
    return message


def log_in(user: str, anonymous: str, at):
    message = identify(user, at, email=f"{user.title()}@example.com", plan="pro", name=user.title())
    message.anonymous_id = anonymous
    message.message_id = f"{user}-{anonymous}-{at.isoformat()}"
    return message


def belong(user: str, account: str, at, **traits):
    message = track(user, "", at, f"{user}-{account}-{at.isoformat()}")
    message.type, message.group_id, message.traits = "group", account, traits
    return message


def all_sorts(clock) -> list:
    """Everything that messages can say: traits, links, accounts, properties, late and repeated events."""
    start = clock - 20 * DAY
    messages = [
        *climb("gil", start, plan="pro", connect=HOUR, invite=2 * HOUR, report=3 * HOUR),
        *climb("hal", start + DAY, plan="free", invite=HOUR, connect=2 * DAY),
        *climb("ida", start + 5 * DAY),
        visit("browser", start - HOUR, event="Connected"),
        log_in("joe", "browser", start + 2 * DAY),
        *climb("joe", start + 2 * DAY, connect=HOUR),
        log_in("kim", "browser", start + 3 * DAY),  # the browser stays joe's
        *climb("kim", start + 3 * DAY, invite=HOUR),
        visit("nobody", start),
        belong("gil", "acme", start + HOUR, name="Acme", seats=5),
        belong("hal", "acme", start + 2 * HOUR, name="Acme Ltd", seats=7),
        belong("hal", "zeta", start + 2 * HOUR),
        track("gil", "Searched", start + HOUR),
    ]
    messages[-1].properties = {"engine": "fast", "kind": "deep"}
    former = track("lea", "", start + 4 * DAY, "alias")
    former.type, former.previous_id = "alias", "lea-before"
    return [*messages, *climb("lea-before", start + 3 * DAY, report=HOUR), former, *climb("lea", start + 5 * DAY)]


@pytest.fixture
def climbed(workspace, other_workspace, publish, clock):
    """Acme, where all sorts of people have begun; and Globex, where the same have."""
    text = LADDER.read_text().replace("purpose: Look.,", "purpose: Look., unlock: exports,")
    for place in (workspace, other_workspace):
        publish(place, text)
        send(place, all_sorts(clock))
    assert list(differences(workspace)) == []
    return workspace


def contents(workspace, *, places: bool = False) -> dict[str, list]:
    """Every row of every derived table; with places, also where it lies and which transaction wrote it."""
    with scope(workspace) as workspace_id, connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            row = "to_jsonb(t) - 'id'" if table in UNNAMED else "to_jsonb(t)"
            columns = f"{row}, ctid::text, xmin::text" if places else row
            cursor.execute(f"SELECT {columns} FROM {table} t WHERE workspace_id = %s ORDER BY 1", [workspace_id])
            found[table] = cursor.fetchall()
    return found


def folded(workspace) -> dict[str, list]:
    fold(workspace)
    return contents(workspace)


def sql(workspace, statement: str, *parameters) -> None:
    with scope(workspace) as workspace_id, connection.cursor() as cursor:
        cursor.execute(statement.replace("OURS", f"workspace_id = {workspace_id}"), parameters)
        assert cursor.rowcount


def test_where_nothing_is_wrong_nothing_is_written(climbed, clock):
    before = contents(climbed, places=True)
    rebuilt = rebuild(climbed.pk)
    assert not rebuilt.differences
    assert rebuilt.messages == len(all_sorts(clock))
    assert contents(climbed, places=True) == before


DAMAGE = {
    "a completion is gone": "DELETE FROM progress_completion WHERE OURS AND rung_key = 'connect'",
    "a completion at another time": (
        "UPDATE progress_completion SET completed_at = completed_at + interval '1 hour' WHERE OURS"
    ),
    "a completion by another message": "UPDATE progress_completion SET message_id = 'x' WHERE OURS",
    "a completion that nobody made": (
        "INSERT INTO progress_completion (workspace_id, journey_id, rung_key, completed_at, message_id) "
        "SELECT workspace_id, id, 'invented', started_at, '' FROM progress_journey WHERE OURS"
    ),
    "unlocks are gone": "DELETE FROM progress_unlock WHERE OURS",
    "unlocks at another time": "UPDATE progress_unlock SET unlocked_at = now() WHERE OURS",
    "an unlock of another feature": "UPDATE progress_unlock SET feature = 'invented' WHERE OURS",
    "journeys that began earlier": "UPDATE progress_journey SET started_at = started_at - interval '1 day' WHERE OURS",
    "journeys of another segment": 'UPDATE progress_journey SET segment = \'{"plan": "gold"}\' WHERE OURS',
    "journeys that are finished": "UPDATE progress_journey SET finished_at = now() WHERE OURS AND finished_at IS NULL",
    "evidence is gone": "DELETE FROM progress_activity WHERE OURS",
    "evidence at another time": (
        "UPDATE progress_activity SET occurred_at = occurred_at + interval '1 second' WHERE OURS"
    ),
    "evidence of other messages": "UPDATE progress_activity SET message_id = message_id || 'x' WHERE OURS",
    "sayings are gone": "DELETE FROM progress_traitvalue WHERE OURS",
    "sayings of another value": "UPDATE progress_traitvalue SET value = '\"gold\"' WHERE OURS",
    "persons say other things": (
        "UPDATE people_person SET name = 'x', traits = '{\"plan\": 1}' WHERE OURS AND email <> ''"
    ),
    "persons seen later": (
        "UPDATE people_person SET first_seen_at = now(), last_seen_at = now() WHERE OURS AND key <> 'u:emil' "
        "AND key <> 'u:dora'"
    ),
    "persons without an e-mail address": "UPDATE people_person SET email = '' WHERE OURS AND email <> ''",
    "senders that say other things": "UPDATE people_sender SET traits = '{}', traits_at = '{}' WHERE OURS",
    "senders without links": "UPDATE people_sender SET linked_to = '', linked_at = NULL, linked_by = '' WHERE OURS",
    "senders linked by others": (
        "UPDATE people_sender SET linked_to = 'u:ida', linked_at = now(), linked_by = 'x' WHERE OURS"
    ),
    "senders seen later": "UPDATE people_sender SET first_seen_at = now() WHERE OURS",
    "everybody is ida": (
        "UPDATE people_sender SET person_id = (SELECT id FROM people_person WHERE OURS AND key = 'u:ida') WHERE OURS"
    ),
    "the browser is kim's": (
        "UPDATE people_sender SET person_id = (SELECT id FROM people_person WHERE OURS AND key = 'u:kim') "
        "WHERE OURS AND key = 'a:browser'"
    ),
    "accounts of another name": "UPDATE people_account SET name = 'x' WHERE OURS",
    "accounts that say nothing": "UPDATE people_account SET traits = '{}', traits_at = '{}' WHERE OURS",
    "an account that nobody named": (
        "INSERT INTO people_account (workspace_id, key, name, traits, traits_at) SELECT workspace_id, 'x', "
        "'', '{}', '{}' FROM people_person WHERE OURS LIMIT 1"
    ),
    "memberships are gone": "DELETE FROM people_accountmembership WHERE OURS",
    "memberships of longer standing": "UPDATE people_accountmembership SET since = since - interval '1 day' WHERE OURS",
    "names were never seen": "DELETE FROM intake_seen WHERE OURS",
    "names seen too often": "UPDATE intake_seen SET count = count + 1 WHERE OURS",
    "names with other values": "UPDATE intake_seen SET values = '{\"\\\"x\\\"\": 3}' WHERE OURS AND kind = 'property'",
    "a name that nobody used": "UPDATE intake_seen SET event = 'Invented' WHERE OURS AND event = 'Looked'",
    "cells are gone": "DELETE FROM cubes_cell WHERE OURS",
    "cells that count too many": "UPDATE cubes_cell SET n = n + 2 WHERE OURS AND measure = 'completed'",
    "cells that count nobody": "UPDATE cubes_cell SET n = 0 WHERE OURS AND measure = 'began'",
    "cells of another day": "UPDATE cubes_cell SET reached_on = reached_on + 1 WHERE OURS",
    "cells of a version that never was": "UPDATE cubes_cell SET version_id = 987654321 WHERE OURS",
    "cells under another hash": (
        "UPDATE cubes_cell SET segment_hash = md5('x')::uuid WHERE OURS AND measure = 'finished'"
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_whatever_is_damaged_is_made_what_it_was(lent, damage):
    loan = lent("climbed", "other_workspace")
    climbed, other_workspace = loan.things
    before, others = contents(climbed), contents(other_workspace, places=True)
    sql(climbed, DAMAGE[damage])
    assert contents(climbed) != before
    rebuilt = rebuild(climbed.pk)
    assert rebuilt.differences
    after = folded(climbed)
    assert after == before
    assert list(differences(climbed)) == []
    assert not rebuild(climbed.pk).differences
    assert contents(other_workspace, places=True) == others
    loan.give_back()


def test_ids_that_others_refer_to_stay(climbed):
    with scope(climbed):
        people = dict(Person.objects.values_list("key", "pk"))
        senders = dict(Sender.objects.values_list("key", "pk"))
        journeys = dict(Journey.objects.values_list("person__key", "pk"))
        Completion.objects.filter(journey__person__key="u:gil").delete()
        Journey.objects.update(started_at=F("started_at") - DAY)
        Sender.objects.update(person=people["u:ida"])
        Person.objects.filter(key="u:gil").update(name="x")
    rebuild(climbed.pk)
    with scope(climbed):
        assert dict(Person.objects.values_list("key", "pk")) == people
        assert dict(Sender.objects.values_list("key", "pk")) == senders
        assert dict(Journey.objects.values_list("person__key", "pk")) == journeys


def test_everything_that_was_lost_comes_again(climbed):
    with scope(climbed):
        counts = {model: model.objects.count() for model in (Activity, TraitValue, Completion, Unlock, Journey, Sender)}
        for model in (
            Unlock,
            Completion,
            Journey,
            Activity,
            TraitValue,
            AccountMembership,
            Account,
            Sender,
            Person,
            Seen,
        ):
            model.objects.all()._raw_delete("default")
        Cell.objects.all()._raw_delete("default")
    rebuilt = rebuild(climbed.pk)
    assert rebuilt.differences["journeys"] == counts[Journey]
    assert rebuilt.differences["completions"] == counts[Completion]
    assert rebuilt.differences["evidence"] == counts[Activity] + counts[TraitValue]
    fold(climbed)
    assert list(differences(climbed)) == []
    with scope(climbed):
        assert {model: model.objects.count() for model in counts} == counts
    assert not rebuild(climbed.pk).differences


def test_people_and_messages_that_are_not_in_the_log_go(climbed):
    with scope(climbed):
        ladder = Journey.objects.first()
        person = Person.objects.create(key="u:ghost", external_id="ghost")
        sender = Sender.objects.create(key="u:ghost", person=person)
        Activity.objects.create(sender=sender, signal="x", occurred_at=ladder.started_at, message_id="x")
        Journey.objects.create(
            person=person,
            ladder_id=ladder.ladder_id,
            version_id=ladder.version_id,
            began_version_id=ladder.version_id,
            started_at=ladder.started_at,
            cohort_on=ladder.cohort_on,
        )
    rebuild(climbed.pk)
    fold(climbed)
    with scope(climbed):
        assert not Person.objects.filter(key="u:ghost").exists()
        assert not Sender.objects.filter(key="u:ghost").exists()
        assert not Activity.objects.filter(signal="x").exists()
    assert list(differences(climbed)) == []


def test_deltas_that_were_lost_or_doubled_are_made_up_for(climbed, clock):
    append(climbed.pk, climb("max", clock - 3 * DAY, connect=HOUR, report=2 * HOUR))
    engine.settle(climbed.pk)
    with scope(climbed):
        lost, doubled = CubeDelta.objects.order_by("pk")[:2]
        lost.delete()
        doubled.pk = None
        doubled.save(force_insert=True)
    assert len(list(differences(climbed))) == 2
    assert rebuild(climbed.pk).differences == {"cells": 2}
    assert list(differences(climbed)) == []
    fold(climbed)
    assert list(differences(climbed)) == []


def test_what_comes_between_looking_and_writing_counts_as_if_live(climbed, clock):
    """Senders change hands, the wrong do more, newcomers begin: in the very moment that is hardest."""
    sql(climbed, DAMAGE["the browser is kim's"])
    sql(climbed, DAMAGE["a completion is gone"])
    sql(climbed, DAMAGE["evidence is gone"])
    sql(climbed, DAMAGE["cells that count too many"])
    sql(climbed, DAMAGE["names seen too often"])
    sql(climbed, DAMAGE["accounts that say nothing"])
    sql(climbed, DAMAGE["persons say other things"])
    with Rebuilding(climbed.pk) as rebuilding:
        assert rebuilding.look()
        found = strays(climbed)
        start = clock - 2 * DAY
        earlier = log_in("ida", "browser", clock - 19 * DAY)  # so the browser was hers before it was joe's
        send(climbed, [earlier, *climb("gil", start, report=HOUR), *climb("new", start, plan="pro", connect=HOUR)])
        send(
            climbed,
            [track("kim", "Connected", start), belong("ida", "acme", start, name="Acme plc"), visit("more", start)],
        )
        with rebuilding.swapped():
            correct(found)
    fold(climbed)
    sheets.bind(climbed, everything=True)  # the cells were changed behind their back
    assert list(differences(climbed)) == []
    assert not rebuild(climbed.pk).differences
    with scope(climbed):
        assert Sender.objects.get(key="a:browser").person.key == "u:ida"
        assert Account.objects.get(key="acme").name == "Acme plc"


def test_events_that_come_all_the_while_end_as_if_live(climbed, clock):
    stop = threading.Event()
    sent = []

    def live() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            name = f"live-{number % 20}"
            send(climbed, climb(name, clock - (number % 30) * DAY, plan="pro", connect=HOUR * (number % 7), report=DAY))
            sent.append(name)
        connection.close()

    thread = threading.Thread(target=live)
    thread.start()
    try:
        for damage in ("a completion is gone", "everybody is ida", "evidence is gone", "cells are gone"):
            sql(climbed, DAMAGE[damage])
            before = len(sent)
            rebuild(climbed.pk)
            wait_until(lambda before=before: len(sent) > before, seconds=60, what="the live engine stands still")
    finally:
        stop.set()
        thread.join()
    engine.settle(climbed.pk)
    fold(climbed)
    assert list(differences(climbed)) == []
    assert not rebuild(climbed.pk).differences


def test_engines_go_on_while_the_log_is_read(climbed, other_workspace, clock):
    """Looking has no transaction id, so that it holds back nobody's horizon."""
    went_on = []

    def tell(stage: str, done: int, total: int) -> None:
        if stage == "counting names":
            for place in (climbed, other_workspace):
                in_a_thread(lambda place=place: send(place, climb("eve", clock - DAY, connect=HOUR)))
                in_a_thread(lambda place=place: went_on.append(reached(place, "eve")))

    assert not rebuild(climbed.pk, tell=tell).differences
    assert went_on == [{"connect"}, {"connect"}]


def test_ladders_that_change_meanwhile_are_looked_at_once_more(climbed, publish, clock):
    sql(climbed, DAMAGE["names seen too often"])  # which no engine sets right by itself
    changed = []

    def tell(stage: str, done: int, total: int) -> None:
        if stage == "counting names" and not changed:
            text = LADDER.read_text().replace("Connect a source", "Connect your source")
            in_a_thread(lambda: changed.append(publish(climbed, text, at=clock + HOUR)))

    assert rebuild(climbed.pk, tell=tell).differences["names"]
    assert len(changed) == 1
    fold(climbed)
    assert list(differences(climbed)) == []


def test_ladders_that_change_under_the_lock_are_refused(climbed, publish, clock):
    sql(climbed, DAMAGE["a completion is gone"])
    before = contents(climbed)
    with Rebuilding(climbed.pk) as rebuilding:
        rebuilding.look()
        publish(climbed, LADDER.read_text().replace("Connect a source", "Connect your source"), at=clock + HOUR)
        with pytest.raises(LaddersChanged), rebuilding.swapped():
            pass
    assert contents(climbed) == before


def test_what_fails_half_way_has_changed_nothing(climbed):
    for damage in ("a completion is gone", "everybody is ida", "cells are gone"):
        sql(climbed, DAMAGE[damage])
    before = contents(climbed, places=True)
    with Rebuilding(climbed.pk) as rebuilding:
        rebuilding.look()
        with pytest.raises(ZeroDivisionError), rebuilding.swapped():
            1 / 0  # noqa: B018
    assert contents(climbed, places=True) == before
    assert rebuild(climbed.pk).differences
    fold(climbed)
    assert list(differences(climbed)) == []


def test_what_is_killed_while_it_writes_has_changed_nothing(climbed):
    for damage in ("a completion is gone", "everybody is ida", "cells are gone"):
        sql(climbed, DAMAGE[damage])
    before = contents(climbed, places=True)
    with scope(climbed) as workspace_id, connection.cursor() as cursor:  # so that it has to wait within its swap
        cursor.execute("SELECT FROM people_sender WHERE workspace_id = %s FOR UPDATE", [workspace_id])
        process = manage("rebuild", "--workspace", climbed.slug)
        wait_until(lambda: somebody_waits(cursor), seconds=60, what="the rebuild does not write")
        process.kill()
        process.wait()
    process.stdout.close()
    wait_until(lambda: not rebuilding_elsewhere(climbed), seconds=60, what="the killed rebuild's session stays")
    assert contents(climbed, places=True) == before
    assert rebuild(climbed.pk).differences
    fold(climbed)
    assert list(differences(climbed)) == []


def test_a_second_rebuild_at_once_is_refused_and_another_workspaces_is_not(climbed, other_workspace, capsys):
    with alone(climbed.pk):
        in_a_thread(lambda: refused(climbed))
        in_a_thread(lambda: rebuild(other_workspace.pk))
    assert not rebuild(climbed.pk).differences


def refused(workspace) -> None:
    with pytest.raises(AlreadyRebuilding, match="under way"):
        rebuild(workspace.pk)


def test_several_processes_find_the_same(climbed, monkeypatch):
    monkeypatch.setattr("onboarding.progress.rebuild.rebuilding.WORTH_PROCESSES", 1)
    monkeypatch.setattr("onboarding.progress.rebuild.rebuilding.PEOPLE_AT_ONCE", 3)
    for damage in ("a completion is gone", "everybody is ida", "senders seen later"):
        sql(climbed, DAMAGE[damage])
    assert rebuild(climbed.pk, processes=2).differences
    fold(climbed)
    assert list(differences(climbed)) == []


def test_processes_of_a_killed_parent_end_and_hold_nothing(climbed):
    """The parent forks in the midst of a rebuild, and is killed before it has read anything."""
    code = f"""
import os, django; django.setup()
from onboarding.progress.rebuild import processes, rebuilding
rebuilding.WORTH_PROCESSES = rebuilding.PEOPLE_AT_ONCE = 1
processes.wait = lambda readers: os.kill(os.getpid(), 9)
with rebuilding.alone({climbed.pk}):
    rebuilding.Rebuilding({climbed.pk}, processes=2).look()
"""
    variables = {**environment(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    killed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=variables, capture_output=True, timeout=120)
    assert killed.returncode == -9, killed.stderr
    wait_until(lambda: not rebuilding_elsewhere(climbed), seconds=60, what="the killed rebuild's session stays")
    assert not rebuild(climbed.pk).differences


def test_a_log_too_long_for_memory_is_read_in_portions(climbed, monkeypatch, clock):
    monkeypatch.setattr("onboarding.progress.rebuild.rebuilding.MESSAGES_AT_ONCE", 7)
    assert not rebuild(climbed.pk).differences
    for damage in ("a completion is gone", "everybody is ida", "senders without links", "evidence is gone"):
        sql(climbed, DAMAGE[damage])
    assert rebuild(climbed.pk).messages == len(all_sorts(clock))
    fold(climbed)
    assert list(differences(climbed)) == []


def test_the_command_says_what_it_did(climbed, other_workspace, capsys):
    call_command("rebuild", workspace=climbed.slug)
    assert f"{climbed.slug}: no differences. " in capsys.readouterr().out
    sql(climbed, DAMAGE["a completion is gone"])
    call_command("rebuild", workspace=climbed.slug)
    said = capsys.readouterr().out
    assert said.startswith(f"{climbed.slug}: corrected 3 completions. ")
    assert "the engine waited" in said


def test_the_command_is_refused_while_another_runs(climbed, capsys):
    def run() -> None:
        with pytest.raises(CommandError, match=f"Not rebuilt: {climbed.slug}"):
            call_command("rebuild", workspace=climbed.slug)

    with alone(climbed.pk):
        in_a_thread(run)
    assert "Another rebuild of this workspace is under way" in capsys.readouterr().err


def test_the_command_wants_a_workspace_that_there_is():
    with pytest.raises(CommandError, match="no workspace “nowhere”"):
        call_command("rebuild", workspace="nowhere")
    with pytest.raises(CommandError, match="one of the arguments --workspace --all is required"):
        call_command("rebuild")


def test_what_is_kept_from_before_the_log_begins_is_taken_for_true(climbed, clock):
    """As after retention has deleted the older months of the log."""
    begins = clock - 17 * DAY
    climbed.log_begins_at = begins
    climbed.save(update_fields=["log_begins_at"])
    with scope(climbed) as workspace_id, connections["owner"].cursor() as owner:
        owner.execute("SELECT set_config('app.workspace_id', %s, false)", [str(workspace_id)])
        owner.execute("DELETE FROM intake_event WHERE workspace_id = %s AND occurred_at < %s", [workspace_id, begins])
        assert owner.rowcount > 10
    before = contents(climbed, places=True)
    with Rebuilding(climbed.pk) as rebuilding:
        assert not +rebuilding.look()
    assert contents(climbed, places=True) == before
    sql(climbed, DAMAGE["a completion is gone"])
    sql(climbed, DAMAGE["journeys of another segment"])
    sql(climbed, "DELETE FROM progress_activity WHERE OURS AND occurred_at >= %s", begins)
    with Rebuilding(climbed.pk) as rebuilding:
        assert +rebuilding.look()
        found = strays(climbed)
        with rebuilding.swapped():
            correct(found)
    assert folded(climbed) == {table: [row[:1] for row in rows] for table, rows in before.items()}


def in_a_thread(work) -> None:
    """Do it in another session of the database; what it raises is raised here."""
    failed = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def reached(workspace, user: str) -> set[str]:
    with scope(workspace):
        return set(Completion.objects.filter(journey__person__external_id=user).values_list("rung_key", flat=True))


def somebody_waits(cursor) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND transactionid IS NOT NULL)")
    return cursor.fetchone()[0]


def rebuilding_elsewhere(workspace) -> bool:
    try:
        with alone(workspace.pk):
            return False
    except AlreadyRebuilding:
        return True
