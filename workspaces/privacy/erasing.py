"""Erasing the people whom a workspace was asked to forget.

1. What was sent so far is taken into account, so that all names they go by are known. From then on nothing of them is
   taken any more.
2. In one transaction, in which neither engine nor projection works on the workspace, each room erases what it keeps of
   them. Whatever crashes, all of it is done or nothing.
3. What others' texts say of them is taken out, a stretch at a time.
4. A while later once more from 1, for what was on its way in at the first time. Then their names go from here as well.

Doing any of it twice makes no difference. No line of the log says whom it concerns; of an error only what kind it is
and where, because its text may.
"""

import logging
import traceback
from collections import Counter
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from workspaces.audit.models import Entry
from workspaces.privacy import subjects, suppression, whole
from workspaces.privacy.models import Erasure
from workspaces.scope import scope

log = logging.getLogger(__name__)

RETRY = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)


def work(workspace_id: int) -> None:
    """Carry out what is due in this workspace, one after the other."""
    while (erasure := _claim(workspace_id)) is not None:
        try:
            _carry_out(erasure)
        except Exception as error:
            _break_off(erasure, error)


def is_due(workspace_id: int) -> bool:
    with scope(workspace_id):
        return Erasure.to_do(timezone.now()).exists()


def _claim(workspace_id: int) -> Erasure | None:
    with scope(workspace_id):
        now = timezone.now()
        for erasure in Erasure.to_do(now).order_by("pk"):
            changed = {"claimed_at": now, "beat_at": now, "attempts": erasure.attempts + 1}
            if Erasure.to_do(now).filter(pk=erasure.pk).update(**changed):
                erasure.refresh_from_db()
                return erasure
    return None


def _carry_out(erasure: Erasure) -> None:
    watched = erasure.state == Erasure.State.WATCHING
    subjects.settle(erasure.workspace_id)
    with scope(erasure.workspace_id):  # committed before anything is erased
        subject = subjects.subject(_kept(erasure))
        suppression.suppress(subject.senders)
        _know(erasure, subject)
    with scope(erasure.workspace_id):
        subjects.lock()
        subject = subjects.subject(_kept(erasure))
        suppression.suppress(subject.senders)
        _know(erasure, subject)
        removed = Counter(erasure.removed)
        removed.update(subjects.erase(subject))
        whole.start_over()
        places = subjects.stretches()
        if not _mine(erasure).update(
            removed=dict(removed), state=Erasure.State.UNDER_WAY, done=0, total=len(places), beat_at=timezone.now()
        ):
            return  # taken for dead, and somebody else's by now
    mentions = subject.mentions
    for number, (path, stretch) in enumerate(places, start=1):
        with scope(erasure.workspace_id):
            removed.update(subjects.sweep(path, stretch, mentions))
            if not _mine(erasure).update(removed=dict(removed), done=number, beat_at=timezone.now()):
                return
    _end(erasure, watched=watched)


def _know(erasure: Erasure, subject: subjects.Subject) -> None:
    """Keep whom it concerns: what is erased next would not tell any more."""
    known = {"senders": list(subject.senders), "terms": list(subject.terms), "names": list(subject.names)}
    for field, value in known.items():
        setattr(erasure, field, value)
    _mine(erasure).update(**known)


def _kept(erasure: Erasure) -> subjects.Subject:
    return subjects.Subject(tuple(erasure.senders), terms=tuple(erasure.terms), names=tuple(erasure.names))


def _end(erasure: Erasure, *, watched: bool) -> None:
    now = timezone.now()
    with scope(erasure.workspace_id):
        obstacle = subjects.obstacle(erasure.asked_at)
        if obstacle or not watched:
            _mine(erasure).update(
                state=Erasure.State.WATCHING,
                claimed_at=None,
                beat_at=None,
                attempts=0,
                problem=obstacle[:200],
                look_again_at=now + suppression.LATECOMERS,
            )
            return
        nobody = {"subject": "", "senders": [], "terms": [], "names": []}
        if _mine(erasure).update(state=Erasure.State.DONE, finished_at=now, problem="", **nobody):
            erasure.refresh_from_db()
            Entry.record(
                by=None, action="person.erased", target=erasure, actor="erasure", removed=dict(erasure.removed)
            )
    log.info("Erasure %s of workspace %s is done", erasure.pk, erasure.workspace_id)


def _break_off(erasure: Erasure, error: Exception) -> None:
    frames = traceback.extract_tb(error.__traceback__)
    frame = next((one for one in reversed(frames) if "site-packages" not in one.filename), frames[-1])
    where = f"{type(error).__name__} in {frame.name}, line {frame.lineno}"
    log.error(
        "Erasure %s of workspace %s broke off and will be tried again: %s", erasure.pk, erasure.workspace_id, where
    )
    with scope(erasure.workspace_id):
        _mine(erasure).update(
            claimed_at=None,
            beat_at=None,
            problem=where[:200],
            look_again_at=timezone.now() + min(RETRY * erasure.attempts, LONGEST_WAIT),
        )


def _mine(erasure: Erasure) -> QuerySet[Erasure]:
    return Erasure.objects.filter(pk=erasure.pk, claimed_at=erasure.claimed_at, finished_at=None)
