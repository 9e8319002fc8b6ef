"""Rehearsals that are kept: at once where few people are to be looked at, by a worker where there are many.

1. A page asks for the rehearsal of a draft as it stands (`asked_for`): the kept one, or a new row that waits.
2. A worker claims a waiting row by a conditional UPDATE, so each is carried out once. It looks at people in pages,
   each in a transaction of its own, and says after each how far it has come.
3. A worker that was killed no longer says so: after a while the row counts as waiting again, and the page, which asks
   while somebody looks at it, wakes another worker.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from milestones.ladders.models import LadderVersion
from milestones.ladders.publication import fingerprint
from milestones.ladders.specs import spec_of
from onboarding.progress import dry_run, effect
from onboarding.progress.models import DryRun
from onboarding.progress.tally import Tally
from workspaces.scope import scope
from workspaces.scope.bulk import insert_rows
from workspaces.scope.wakes import announce

log = logging.getLogger(__name__)

AT_ONCE = 2_000  # people that a page can wait for
SILENT = timedelta(seconds=60)  # a worker that said nothing for so long is gone
KEPT = timedelta(minutes=10)  # after so long what came in meanwhile is worth another look


def asked_for(draft: LadderVersion, *, moves: bool, again: bool = False) -> DryRun:
    """The rehearsal of the draft as it stands, in its workspace's scope: done, or being done, or about to be.

    One that is old, or with `again` any that is done, is made once more.
    """
    key = {"version_id": draft.pk, "fingerprint": fingerprint(draft.document), "moves": moves}
    insert_rows(DryRun, [{**key, "total": 0, "done": 0}], on_conflict="DO NOTHING")
    run = DryRun.objects.get(**key)
    earlier = DryRun.objects.filter(version=draft, finished_at__isnull=False).exclude(fingerprint=key["fingerprint"])
    earlier._raw_delete("default")
    now = timezone.now()
    if run.finished_at is not None and (again or run.finished_at < now - KEPT):
        DryRun.objects.filter(pk=run.pk, finished_at=run.finished_at).update(
            claimed_at=None, beat_at=None, finished_at=None, done=0
        )
        run.refresh_from_db()
    if run.finished_at is None:
        total = dry_run.number_of_people()
        if total <= AT_ONCE:
            return _at_once(run, draft, now)
        call_for(run)
    return run


def call_for(run: DryRun) -> None:
    """Have a worker carry out one that waits and that none carries out."""
    if run.finished_at is None and (run.beat_at is None or run.beat_at < timezone.now() - SILENT):
        announce("progress.rehearsal_asked", run.workspace_id)


def carry_out_waiting(workspace_id: int) -> None:
    """Carry out whatever waits in this workspace, one after the other."""
    while (claimed := _claim(workspace_id)) is not None:
        run, draft = claimed
        try:
            _carry_out(run, draft)
        except Exception:
            log.exception("The rehearsal %s of workspace %s failed", run.pk, workspace_id)
            with scope(workspace_id):
                _mine(run).update(finished_at=timezone.now(), result=None)


def _at_once(run: DryRun, draft: LadderVersion, now: datetime) -> DryRun:
    stage = dry_run.Stage.of(draft, at=now, moves=run.moves)
    tally = Tally(stage.version, now)
    for page in dry_run.everybody():
        tally.add(len(page), stage.changes(page))
    run.result, run.finished_at = _result(tally, draft, now), now
    run.save(update_fields=["result", "finished_at"])
    return run


def _claim(workspace_id: int) -> tuple[DryRun, LadderVersion] | None:
    with scope(workspace_id):
        now = timezone.now()
        waiting = DryRun.objects.filter(Q(beat_at=None) | Q(beat_at__lt=now - SILENT))
        for pk in waiting.filter(finished_at=None).order_by("pk").values_list("pk", flat=True):
            total = dry_run.number_of_people()
            if waiting.filter(pk=pk, finished_at=None).update(claimed_at=now, beat_at=now, total=total, done=0):
                run = DryRun.objects.select_related("version__ladder__role").get(pk=pk)
                if not run.version.is_published and fingerprint(run.version.document) == run.fingerprint:
                    return run, run.version
                run.delete()  # the draft says something else by now
    return None


def _carry_out(run: DryRun, draft: LadderVersion) -> None:
    assert run.claimed_at is not None
    with scope(run.workspace_id):
        stage = dry_run.Stage.of(draft, at=run.claimed_at, moves=run.moves)
    tally = Tally(stage.version, run.claimed_at)
    after = 0
    while True:
        with scope(run.workspace_id):
            page = dry_run.page_after(after)
            if not page:
                break
            tally.add(len(page), stage.changes(page))
            if not _mine(run).update(beat_at=timezone.now(), done=tally.people):
                return  # taken for dead, and somebody else's by now
        after = page[-1]
    with scope(run.workspace_id):
        _mine(run).update(finished_at=timezone.now(), result=_result(tally, draft, run.claimed_at))


def _mine(run: DryRun) -> QuerySet[DryRun]:
    return DryRun.objects.filter(pk=run.pk, claimed_at=run.claimed_at, finished_at=None)


def _result(tally: Tally, draft: LadderVersion, now: datetime) -> dict[str, Any]:
    """The tally, and how far those who began lately would have come on this version."""
    found = effect.lately(spec_of(draft), now=now)
    return {
        **tally.data,
        "first": tally.version.effective_from is None,
        "lately": {
            "began": len(found.climbs),
            "until": found.until.isoformat(),
            "lately": found.lately,
            "more": found.more,
            "finished": sum(climb.finished_at is not None for climb in found.climbs),
            "reached": {
                rung.key: sum(rung.key in climb.reached for climb in found.climbs) for rung in found.spec.rungs
            },
        },
    }
