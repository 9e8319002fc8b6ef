"""Imports carried out by workers: the row is the queue, and a killed worker's successor goes on where it was.

1. Who starts an import sets `started_at` (`start`). A worker claims a waiting row by a conditional UPDATE.
2. It reads on after `line`. Each batch is ONE transaction: the log's rows, the rejected lines, and the counts up to
   the batch's last line. So whatever is killed when, what is counted is what is stored: a batch whose counts were not
   committed has no rows in the log either, and is simply taken again. The transaction is short, because the engine
   reads no further than the oldest writer; partitions are made before it begins.
3. Each of these UPDATEs holds only while the claim is the worker's own and nobody has cancelled. A worker that was
   taken for dead writes nothing more.
4. After TURN a worker lets go, so that other workspaces' imports get theirs; and only so many import at once as
   settings.IMPORTS_AT_ONCE says (an advisory lock for each), so that the engine always finds a worker.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from onboarding.intake import partitions, taking
from onboarding.intake.imports import folder_files
from onboarding.intake.imports.history import Account, import_rows
from onboarding.intake.imports.mapping import BadMapping, Mapping, read_mapping
from onboarding.intake.imports.models import Import, RejectedLine
from onboarding.intake.imports.opening import open_source
from onboarding.intake.imports.pieces import UploadedFile, Watched
from onboarding.intake.imports.sources import BrokenFile, Format, Source, Unreadable
from onboarding.intake.imports.table import Table
from onboarding.intake.imports.uploads import guessed_mapping
from onboarding.intake.limits import KB, MAX_EVENT_BYTES
from onboarding.intake.message import Message
from onboarding.intake.reasons import Reason
from onboarding.intake.taking import Dropped, Taken
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.scope.bulk import insert_rows
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Member

log = logging.getLogger(__name__)

ASKED = "intake.import_asked"
TURN = 60  # seconds
BEAT = 10  # seconds
MOST_ATTEMPTS = 5  # at one and the same line
MOST_KEPT = 100_000  # rejected lines of one import, for its report
MOST_KEPT_BYTES = 50 * KB * KB
HOPELESS = 100_000  # rows of which none could be taken: the mapping is wrong, or it is no file of events
_LOCK = 0x1F11E  # the advisory locks' first key


class Lost(Exception):
    """The import is not this worker's any more: cancelled, or somebody else's."""


class Paused(Exception):
    """The turn is over."""


class Hopeless(Exception):
    """Nothing of so many rows could be taken."""


def start(job: Import, *, by: Member | None, mapping: Mapping | None = None, actor: str = "") -> bool:
    """Ask for the import of a whole file, in its workspace's scope. False if it was started or ended already."""
    document = mapping.document() if mapping else None
    ready = Import.objects.filter(pk=job.pk, uploaded_at__isnull=False, started_at=None, ended_at=None)
    if not ready.update(started_at=timezone.now(), mapping=document):
        return False
    Entry.record(by=by, actor=actor, action="import.started", target=job, bytes=job.size)
    announce(ASKED, job.workspace_id)
    return True


def cancel(job: Import, *, by: Member) -> bool:
    """End an import, whatever it was doing. What it stored stays. False if it has ended already."""
    if not Import.objects.filter(pk=job.pk, ended_at=None).update(
        ended_at=timezone.now(), outcome=Import.Outcome.CANCELLED
    ):
        return False
    job.refresh_from_db()
    Entry.record(by=by, action="import.cancelled", target=job, stored=job.stored)
    announce(ASKED, job.workspace_id)  # its bytes can go
    return True


def carry_out_waiting(workspace_id: int) -> bool:
    """Carry out what waits in this workspace, for one turn. Returns whether the turn was over before the work was.

    Where as many import already as may, it does nothing: the sweep calls again.
    """
    until = time.monotonic() + TURN
    with _slot() as free:
        while free and (job := _claim(workspace_id)) is not None:
            _carry_out(job, until)
            if time.monotonic() > until:
                return True
    return False


@contextmanager
def _slot() -> Iterator[bool]:
    """Whether this worker may import now, beside others. The locks go with the connection if the worker is killed."""
    with connection.cursor() as cursor:
        for slot in range(settings.IMPORTS_AT_ONCE):
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCK, slot])
            if cursor.fetchone()[0]:
                break
        else:
            yield False
            return
    try:
        yield True
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCK, slot])


def _claim(workspace_id: int) -> Import | None:
    with scope(workspace_id):
        now = timezone.now()
        waiting = Import.waiting(now)
        for pk, attempts in waiting.order_by("pk").values_list("pk", "attempts"):
            if attempts >= MOST_ATTEMPTS:
                _give_up(waiting.filter(pk=pk), now)
            elif waiting.filter(pk=pk).update(claimed_at=now, beat_at=now, attempts=attempts + 1):
                return Import.objects.get(pk=pk)
    return None


def _give_up(jobs: Any, now: datetime) -> None:
    jobs.update(
        ended_at=now,
        outcome=Import.Outcome.FAILED,
        problem=f"{MOST_ATTEMPTS} workers in a row ended at the same place. Cut the file after the rows that were "
        "taken, and import the rest; if that ends so too, something in it is too large to be read.",
    )


def _carry_out(job: Import, until: float) -> None:
    run = _Run(job, until)
    try:
        with closing(_opened(job)) as raw:
            source = open_source(
                Watched(raw, run.beat), name=job.name, wanted=Format(job.format) if job.format else None, size=job.size
            )
            if isinstance(source, Table):
                source.use(_mapping(job, source))
            run.take(source)
    except (Lost, Paused) as reason:
        if isinstance(reason, Paused):
            run.let_go()
    except BadMapping as error:
        run.end(Import.Outcome.FAILED, "The columns cannot be told: " + str(error))
    except Unreadable as error:
        run.end(Import.Outcome.FAILED, str(error))
    except BrokenFile as error:
        run.end(Import.Outcome.FAILED, f"The file is broken {error}. What came before is stored.")
    except Hopeless:
        run.end(
            Import.Outcome.FAILED,
            f"None of the first {run.job.rows:,} rows could be taken, so it was stopped. See their reasons below.",
        )
    except DatabaseError:
        # Whoever claims it next goes on; a database that is away would not take down that it failed, either.
        log.exception("The import %s of workspace %s stopped; it will be gone on with", job.pk, job.workspace_id)
    except Exception:
        log.exception("The import %s of workspace %s failed", job.pk, job.workspace_id)
        run.end(Import.Outcome.FAILED, "Something is wrong here, not with the file. What was taken before is stored.")
    else:
        run.end(Import.Outcome.FINISHED)


def _opened(job: Import) -> Any:
    if job.origin == Import.Origin.UPLOAD:
        return UploadedFile(job)
    return folder_files.opened(job.path)


def _mapping(job: Import, source: Table) -> Mapping:
    mapping = read_mapping(job.mapping) if job.mapping is not None else guessed_mapping(source)
    if problems := mapping.problems(source.header):
        raise BadMapping(problems)
    return mapping


class _Run:
    """One worker's work on one import."""

    def __init__(self, job: Import, until: float) -> None:
        self.job = job
        self._until = until
        self._beaten = time.monotonic()
        self._source: Source | None = None

    def take(self, source: Source) -> None:
        assert self.job.started_at is not None
        self._source = source
        import_rows(
            source.numbered(self.job.line),
            parse=source.parse,
            weigh=source.weigh,
            received_at=self.job.started_at,
            store=self._store,
            account=Account(),
            reject=lambda *_: None,
            advanced=self._advanced,
        )

    def beat(self) -> None:
        """Say that somebody still works on it, where no batch has said so for a while."""
        if time.monotonic() - self._beaten > BEAT:
            self._update(beat_at=timezone.now())

    def let_go(self) -> None:
        self._update(claimed_at=None, beat_at=None, attempts=0)

    def end(self, outcome: Import.Outcome, problem: str = "") -> None:
        position = {"position": self.job.size} if outcome == Import.Outcome.FINISHED else {}
        try:
            self._update(ended_at=timezone.now(), outcome=outcome, problem=problem, **position)
        except Lost:
            log.warning("The import %s ended twice: %s, and before that otherwise", self.job.pk, outcome)

    def _advanced(self) -> None:
        if self.job.rejected >= HOPELESS and self.job.rejected == self.job.rows:
            raise Hopeless
        if time.monotonic() > self._until:
            raise Paused

    def _store(self, batch: dict[int, Any], taken: Taken, messages: list[Message]) -> Taken:
        job = self.job
        assert job.started_at is not None
        partitions.ensure(partitions.months_of(messages, job.started_at))
        with scope(job.workspace_id):
            taken = taking.store(job.workspace_id, taken, messages, received_at=job.started_at)
            self._count(batch, taken)
        return taken

    def _count(self, batch: dict[int, Any], taken: Taken) -> None:
        """Add the batch to the import's counts and keep its rejected lines, in the transaction that stores it."""
        job = self.job
        job.line = max(batch)
        job.rows += len(batch)
        job.stored += taken.stored
        job.duplicates += taken.duplicates
        job.mended += len(taken.mended)
        job.rejected += len(taken.dropped)
        for dropped in taken.dropped:
            job.reasons[dropped.drop.reason] = job.reasons.get(dropped.drop.reason, 0) + 1
        self._keep(batch, taken.dropped)
        job.position = self._source.position if self._source else 0
        self._update(
            **{name: getattr(job, name) for name in _COUNTED},
            beat_at=timezone.now(),
            attempts=0,
        )

    def _keep(self, batch: dict[int, Any], dropped: list[Dropped]) -> None:
        job = self.job
        assert self._source is not None
        rows = []
        for one in sorted(dropped, key=lambda one: one.place):
            if job.kept >= MOST_KEPT or job.kept_bytes >= MOST_KEPT_BYTES:
                break
            text = self._source.text(batch[one.place])[:MAX_EVENT_BYTES].replace("\x00", "\ufffd")
            if one.drop.reason == Reason.PERSON_ERASED:
                text = ""
            rows.append(
                {
                    "job_id": job.pk,
                    "line": one.place,
                    "reason": str(one.drop.reason),
                    "sentence": one.drop.sentence.replace("\x00", "\ufffd"),
                    "text": text,
                }
            )
            job.kept += 1
            job.kept_bytes += len(text)
        insert_rows(RejectedLine, rows)

    def _update(self, **values: Any) -> None:
        with scope(self.job.workspace_id):
            mine = Import.objects.filter(pk=self.job.pk, claimed_at=self.job.claimed_at, ended_at=None)
            if not mine.update(**values):
                raise Lost
        self._beaten = time.monotonic()


_COUNTED = (
    "line", "position", "rows", "stored", "duplicates", "mended", "rejected", "reasons", "kept", "kept_bytes",
)  # fmt: skip
