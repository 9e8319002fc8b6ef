"""Two workspaces with ladders and write keys, and what is asked of the database about them. Runs inside of Django."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import environment
import yaml

LADDERS = Path(__file__).with_name("ladders.yaml")
# A person is told by the key; a journey by its person and ladder.
_OF_JOURNEY = """p.key, j.ladder_id FROM progress_journey j
    JOIN people_person p ON (p.workspace_id, p.id) = (j.workspace_id, j.person_id)"""
STANDING = {
    "journeys": f"""SELECT j.version_id, j.began_version_id, j.started_at, j.cohort_on, j.segment::text,
        j.first_value_at, j.finished_at, {_OF_JOURNEY} WHERE j.workspace_id = %s""",
    "completions": f"""SELECT c.rung_key, c.completed_at, c.message_id, c.in_order_at, {_OF_JOURNEY}
        JOIN progress_completion c ON (c.workspace_id, c.journey_id) = (j.workspace_id, j.id)
        WHERE j.workspace_id = %s""",
    "cells": """SELECT version_id, measure, rung_key, segment::text, cohort_on, reached_on, elapsed_s, n
        FROM cubes_cell WHERE workspace_id = %s""",
    "days of use": """SELECT s.key, d.signal, d.day_on, d.first_at, d.last_at FROM usage_usageday d
        JOIN people_sender s ON (s.workspace_id, s.id) = (d.workspace_id, d.sender_id) WHERE d.workspace_id = %s""",
    "cells of use": """SELECT version_id, measure, subject, segment::text, cohort_on, p, q, n
        FROM usage_usagecell WHERE workspace_id = %s""",
    "values of accounts": """SELECT a.key, t.name, t.said_at, t.message_id, t.value::text
        FROM progress_accounttraitvalue t
        JOIN people_account a ON (a.workspace_id, a.id) = (t.workspace_id, t.account_id) WHERE t.workspace_id = %s""",
}
SETTLE_SECONDS = 60  # for what the rebuild may leave to the workers
WORKSPACES = {"acme": ["administrators", "operators"], "globex": ["administrators"]}


def enter(variables: Mapping[str, str]) -> None:
    """Make this process one of the application's, under its ordinary role."""
    sys.path.insert(0, str(environment.ROOT))
    os.environ.update(variables)
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["FIRSTMILE_LOG_LEVEL"] = "ERROR"
    import django

    django.setup()


def furnish() -> tuple[dict[str, int], dict[str, str]]:
    """Make the workspaces. Returns their ids and write keys by name."""
    from django.db import connection

    from milestones.ladders.exchange import import_ladder
    from workspaces.keys.models import ApiKey
    from workspaces.scope import scope
    from workspaces.tenants.models import Workspace

    documents = {ladder["key"]: ladder for ladder in yaml.safe_load(LADDERS.read_text())}
    ids, keys = {}, {}
    for name, ladders in WORKSPACES.items():
        workspace = Workspace.objects.create(name=name.title(), slug=name, segments=["plan"], values=["size"])
        ids[name], keys[name] = workspace.pk, ApiKey.issue(workspace, kind="write", name="chaos")[1]
        for key in ladders:
            with scope(workspace):
                import_ladder(documents[key], by=None).ladder.publish(by=None)
        with scope(workspace):
            declare("Reported", uses=["dashboards", "exports"])
    connection.close()  # before PostgreSQL is killed under it
    return ids, keys


def declare(event: str, *, uses: Collection[str] = ()) -> None:
    """Make the event a key workflow, if it is none yet, and the use of these features. Inside of a scope."""
    from onboarding.usage.declaring import announce_change, declare_use
    from onboarding.usage.models import KeyEvent

    made = {"name": event, "criterion": {"event": event}}
    key_event = KeyEvent.objects.get_or_create(key=event.lower(), defaults=made)[0]
    for feature in uses:
        declare_use(feature, key_event)
    announce_change()


def publish_another(rng: random.Random) -> None:
    """Publish a version of a ladder that asks for something else than the last, which may move people; and declare
    another key workflow, of which everybody's past days are looked at.

    Where the database is away, it isn't published.
    """
    from django.db import Error, connection

    from milestones.ladders.exchange import import_ladder
    from workspaces.scope import scope
    from workspaces.tenants.models import Workspace

    document = yaml.safe_load(LADDERS.read_text())[0]
    for rung in document["rungs"]:
        if rung["milestone"]["key"] == "report":
            rung["milestone"]["criterion"]["at_least"] = rng.randint(1, 4)
    moves = rng.random() < 0.5
    with suppress(Error), scope(Workspace.objects.get(slug=rng.choice(list(WORKSPACES)))):
        ladder = import_ladder(document, by=None).ladder
        if ladder.draft:
            ladder.publish(by=None, moves=moves)
        declare(rng.choice(["Connected", "Invited"]), uses=["exports"] if rng.random() < 0.5 else [])
    connection.close()


def rows(workspace_id: int) -> list[dict[str, Any]]:
    """The workspace's log."""
    from onboarding.intake.models import LoggedEvent
    from workspaces.scope import scope

    fields = ("message_id", "type", "event", "sender", "anonymous_id", "previous_id", "group_id", "occurred_at",
              "properties", "traits", "context")  # fmt: skip
    with scope(workspace_id):
        return list(LoggedEvent.objects.values(*fields))


def is_settled(workspace_id: int) -> bool:
    """Whether the workers have taken everything into account: nothing waits for the engine, the cubes or use."""
    from django.db import connection

    from analytics.cubes.fold import waiting
    from onboarding.progress import engine
    from onboarding.usage import projection

    try:
        return not (engine.is_behind(workspace_id) or waiting(workspace_id) or projection.is_behind(workspace_id))
    finally:
        connection.close()


def differences(workspace_id: int) -> list[str]:
    """What is kept and does not follow from the log."""
    from analytics.cubes import verify

    return list(verify.differences(workspace_id))


def standing(workspace_id: int) -> dict[str, Counter[tuple[Any, ...]]]:
    """Everything that pages and metrics read, without the numbers that rows have by chance."""
    from django.db import connection

    from workspaces.scope import scope

    found = {}
    with scope(workspace_id), connection.cursor() as cursor:
        for what, query in STANDING.items():
            cursor.execute(query, [workspace_id])
            found[what] = Counter(cursor.fetchall())
    return found


def rebuild(name: str, workspace_id: int) -> list[str]:
    """Have progress and cubes made anew from the log, and say in what that differs from what the workers made."""
    before = standing(workspace_id)
    command = [sys.executable, "manage.py", "rebuild", "--workspace", name]
    done = subprocess.run(command, cwd=environment.ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        return [f"manage.py rebuild failed: {done.stdout[-500:]} {done.stderr[-500:]}"]
    deadline = time.monotonic() + SETTLE_SECONDS
    while not is_settled(workspace_id) and time.monotonic() < deadline:
        time.sleep(0.3)
    after = standing(workspace_id)
    return [f"{name} has no {what}, so nothing was tried." for what in STANDING if not after[what]] + [
        f"The rebuild of {name} has {count} {what} {sign} than the workers: {row}"
        for what in STANDING
        for sign, more in (("more", after[what] - before[what]), ("fewer", before[what] - after[what]))
        for row, count in more.items()
    ]


def long_transactions(seconds: float = 10) -> list[str]:
    """Transactions of the application's role that were left open."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid, state, left(query, 200) FROM pg_stat_activity WHERE usename = current_user "
            "AND pid <> pg_backend_pid() AND now() - xact_start > make_interval(secs => %s)",
            [seconds],
        )
        return [f"Process {pid} is {state} in a transaction since long: {query}" for pid, state, query in cursor]
