"""Emptying an environment for tests: all that was sent to it goes, and all that followed; ladders and settings stay.

1. What was sent by now is read, and then removed from the log some thousand rows at a time. What it led to stays
   meanwhile, as it does when raw events are no longer kept.
2. In one transaction, in which neither engine nor projection works on the environment, everything that followed goes,
   and what has come in since: whatever crashes, all of it is done or nothing. What is sent afterwards is read from its
   beginning, as by a new environment.

The database removes rows for this only of an environment for tests whose emptying is under way. Which tables it is
about, the settings say (EMPTIED_TABLES). Whatever stops it in the middle, the next run goes on.
"""

import logging
import traceback
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from workspaces.audit.models import Entry, signature
from workspaces.privacy import subjects, tables
from workspaces.privacy.models import Emptying
from workspaces.scope import scope
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Member, Workspace

log = logging.getLogger(__name__)

LOG = "intake_event"
ROWS_AT_ONCE = 5_000
RETRY = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)


class NotForLive(ValueError):
    """What customers did is not emptied."""


class Waits(Exception):
    """The message says what for, to members."""


class Lost(Exception):
    """Another worker does it by now."""


def ask(workspace: Workspace, *, by: Member) -> Emptying:
    """Have it emptied; while that is under way, that one. In the environment's scope. Raises NotForLive."""
    if not workspace.is_test:
        raise NotForLive(f"{workspace} is no environment for tests.")
    made = {"asked_by": by.user, "actor": signature(by)}
    emptying, new = Emptying.objects.get_or_create(finished_at=None, defaults=made)
    if new:
        Entry.record(by=by, action="environment.emptying_asked", target=workspace)
    announce("privacy.asked", workspace.pk)
    return emptying


def latest() -> Emptying | None:
    """The last that was asked for in the current scope."""
    return Emptying.objects.select_related("asked_by").order_by("-asked_at", "-pk").first()


def is_due(workspace_id: int) -> bool:
    with scope(workspace_id):
        return Emptying.to_do(timezone.now()).exists()


def work(workspace_id: int) -> None:
    """Carry out what is due in this workspace."""
    emptying = _claim(workspace_id)
    if emptying is None:
        return
    try:
        _carry_out(emptying)
    except Lost:
        return
    except Waits as why:
        _put_off(emptying, str(why))
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} in {frame.name}, line {frame.lineno}"
        log.exception("Emptying workspace %s broke off and will be tried again", workspace_id)
        _put_off(emptying, where)


def _claim(workspace_id: int) -> Emptying | None:
    with scope(workspace_id):
        now = timezone.now()
        found = Emptying.to_do(now).first()
        if found is None:
            return None
        claim = {"claimed_at": now, "beat_at": now, "attempts": found.attempts + 1}
        if not Emptying.to_do(now).filter(pk=found.pk).update(**claim):
            return None
        found.refresh_from_db()
        return found


def _carry_out(emptying: Emptying) -> None:
    workspace_id = emptying.workspace_id
    with scope(workspace_id):
        if obstacle := subjects.obstacle(timezone.now()):
            raise Waits(obstacle)
    subjects.settle(workspace_id)
    removed = Counter(emptying.removed)
    with scope(workspace_id), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {LOG} WHERE workspace_id = %s", [workspace_id])
        left = cursor.fetchone()[0]
        _beat(emptying, done=removed[LOG], total=removed[LOG] + left, removed=removed)
    while left > 0:
        with scope(workspace_id):
            n = _remove(emptying, LOG)
            removed[LOG] += n
            left -= n
            _beat(emptying, done=removed[LOG], removed=removed)
        if not n:
            break
    with scope(workspace_id):
        subjects.lock()
        for table, n in _all(emptying):
            removed[table] += n
        _beat(emptying, done=removed[LOG], total=removed[LOG], finished_at=timezone.now(), problem="", removed=removed)
        workspace = Workspace.objects.get(pk=workspace_id)
        Entry.record(
            by=None,
            action="environment.emptied",
            target=workspace,
            actor="emptying",
            messages=removed[LOG],
            people=removed["people_person"],
        )
    announce("workspace.changed", workspace_id)
    log.info("Workspace %s is emptied", workspace_id)


def _all(emptying: Emptying) -> Iterator[tuple[str, int]]:
    """Remove every row, again until none is left: that some are gone is noted in other tables."""
    gone = True
    while gone:
        gone = False
        for table in tables.of_workspaces():
            while table in settings.EMPTIED_TABLES and (n := _remove(emptying, table)):
                gone = True
                yield table, n


def _remove(emptying: Emptying, table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT privacy_empty_rows(%s::regclass, %s, %s)", [table, emptying.workspace_id, ROWS_AT_ONCE])
        return int(cursor.fetchone()[0])


def _beat(emptying: Emptying, *, removed: Counter[str], **values: object) -> None:
    """Say how far it is. In the scope. Raises Lost, which takes back what this transaction did."""
    if not _mine(emptying).update(beat_at=timezone.now(), removed=dict(removed), **values):
        raise Lost


def _put_off(emptying: Emptying, why: str) -> None:
    again = timezone.now() + min(RETRY * emptying.attempts, LONGEST_WAIT)
    with scope(emptying.workspace_id):
        _mine(emptying).update(claimed_at=None, beat_at=None, problem=why[:200], look_again_at=again)


def _mine(emptying: Emptying) -> "QuerySet[Emptying]":
    return Emptying.objects.filter(pk=emptying.pk, claimed_at=emptying.claimed_at, finished_at=None)
