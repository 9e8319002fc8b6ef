import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F

from analytics.cubes.fold import fold
from analytics.cubes.models import Cell
from analytics.cubes.rebuild import rebuild
from analytics.cubes.strays import strays
from analytics.cubes.verify import differences
from onboarding.intake.log import append
from onboarding.intake.models import Seen
from onboarding.people.models import Account, AccountMembership, Person, Sender
from onboarding.progress import engine
from onboarding.progress.models import Activity, Completion, CubeDelta, Journey, TraitValue, Unlock
from onboarding.progress.rebuild.rebuilding import AlreadyRebuilding, LaddersChanged, Rebuilding, alone
from tests.analytics.conftest import LADDER
from tests.analytics.events import climb, identify, send, track
from workspaces.scope import scope

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

TABLES = (
    *("people_person", "people_sender", "people_account", "people_accountmembership"),
    *("progress_activity", "progress_traitvalue", "progress_journey", "progress_completion", "progress_unlock"),
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
    "a completion at another time": "UPDATE progress_completion SET completed_at = completed_at + interval '1 hour' WHERE OURS",
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
    "evidence at another time": "UPDATE progress_activity SET occurred_at = occurred_at + interval '1 second' WHERE OURS",
    "evidence of other messages": "UPDATE progress_activity SET message_id = message_id || 'x' WHERE OURS",
    "sayings are gone": "DELETE FROM progress_traitvalue WHERE OURS",
    "sayings of another value": "UPDATE progress_traitvalue SET value = '\"gold\"' WHERE OURS",
    "persons say other things": "UPDATE people_person SET name = 'x', traits = '{\"plan\": 1}' WHERE OURS AND email <> ''",
    "persons seen later": "UPDATE people_person SET first_seen_at = now(), last_seen_at = now() WHERE OURS AND key <> 'u:emil' AND key <> 'u:dora'",
    "persons without an e-mail address": "UPDATE people_person SET email = '' WHERE OURS AND email <> ''",
    "senders that say other things": "UPDATE people_sender SET traits = '{}', traits_at = '{}' WHERE OURS",
    "senders without links": "UPDATE people_sender SET linked_to = '', linked_at = NULL, linked_by = '' WHERE OURS",
    "senders linked by others": "UPDATE people_sender SET linked_to = 'u:ida', linked_at = now(), linked_by = 'x' WHERE OURS",
    "senders seen later": "UPDATE people_sender SET first_seen_at = now() WHERE OURS",
    "everybody is ida": "UPDATE people_sender SET person_id = (SELECT id FROM people_person WHERE OURS AND key = 'u:ida') WHERE OURS",
    "the browser is kim's": "UPDATE people_sender SET person_id = (SELECT id FROM people_person WHERE OURS AND key = 'u:kim') WHERE OURS AND key = 'a:browser'",
    "accounts of another name": "UPDATE people_account SET name = 'x' WHERE OURS",
    "accounts that say nothing": "UPDATE people_account SET traits = '{}', traits_at = '{}' WHERE OURS",
    "an account that nobody named": "INSERT INTO people_account (workspace_id, key, name, traits, traits_at) SELECT workspace_id, 'x', '', '{}', '{}' FROM people_person WHERE OURS LIMIT 1",
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
    "cells under another hash": "UPDATE cubes_cell SET segment_hash = md5('x')::uuid WHERE OURS AND measure = 'finished'",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_whatever_is_damaged_is_made_what_it_was(climbed, other_workspace, damage):
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
