"""Imports by workers: each row once and counted once, whatever is killed when."""

import gzip
import json
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from onboarding.intake import log
from onboarding.intake.imports import history, jobs, tasks
from onboarding.intake.imports.models import SILENT, Import, Piece, RejectedLine
from onboarding.intake.imports.tidying import ABANDONED, REPORTS_KEPT, tidy
from onboarding.intake.models import LoggedEvent
from tests.onboarding.intake.imports.files import as_csv, as_parquet, rows
from tests.onboarding.intake.test_import_events import lines
from workspaces.audit.models import Entry
from workspaces.scope import scope


def stored(workspace) -> int:
    with scope(workspace):
        return LoggedEvent.objects.count()


def adds_up(job: Import) -> bool:
    return (
        job.rows
        == job.stored + job.duplicates + job.rejected
        == job.stored + job.duplicates + sum(job.reasons.values())
    )


def jsonl(some: list[str]) -> bytes:
    return "\n".join(some).encode()


class TestOnce:
    @pytest.mark.parametrize(
        ("data", "name"),
        [
            (jsonl(lines(1_234)), "a.jsonl"),
            (gzip.compress(jsonl(lines(1_234))), "a.jsonl.gz"),
            (as_csv(rows(1_234)), "a.csv"),
            (gzip.compress(as_csv(rows(1_234), delimiter=";")), "a.csv.gz"),
            (as_parquet(rows(1_234), row_group_size=500), "a.parquet"),
        ],
        ids=["jsonl", "jsonl.gz", "csv", "csv.gz", "parquet"],
    )
    def test_every_row_of_every_format_is_stored_and_a_second_time_there_already(
        self, data, name, started, now, workspace, other_workspace
    ):
        job = started(data, name)
        assert not jobs.carry_out_waiting(workspace.pk)
        job = now(job)
        assert (job.state, job.rows, job.stored, job.duplicates, job.rejected) == ("finished", 1_234, 1_234, 0, 0)
        assert job.position == job.size
        assert (stored(workspace), stored(other_workspace)) == (1_234, 0)
        again = started(data, name)
        jobs.carry_out_waiting(workspace.pk)
        assert (now(again).stored, now(again).duplicates) == (0, 1_234)
        assert stored(workspace) == 1_234

    def test_the_same_rows_as_csv_and_as_parquet_are_the_same_messages(self, started, now, workspace):
        started(as_csv(rows(50)), "a.csv")
        other = started(as_parquet(rows(50)), "a.parquet")
        jobs.carry_out_waiting(workspace.pk)
        assert (now(other).stored, now(other).duplicates) == (0, 50)

    def test_a_file_larger_than_a_piece_is_read_across_its_pieces(self, started, now, workspace):
        job = started(as_csv(rows(60_000)), "a.csv")
        assert job.size > 2_500_000
        jobs.carry_out_waiting(workspace.pk)
        assert now(job).stored == 60_000

    def test_two_workers_at_once_carry_it_out_once(self, started, now, workspace, settings, monkeypatch):
        settings.IMPORTS_AT_ONCE = 2
        monkeypatch.setattr(history, "BATCH", 100)
        job = started(jsonl(lines(3_000)), "a.jsonl")

        def work() -> None:
            jobs.carry_out_waiting(workspace.pk)
            connection.close()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        job = now(job)
        assert (job.state, job.stored, job.duplicates, job.attempts) == ("finished", 3_000, 0, 0)

    def test_only_so_many_import_at_the_same_time(self, started, now, workspace):
        job = started(jsonl(lines(3)), "a.jsonl")
        seen = []
        with jobs._slot() as mine:

            def work() -> None:
                seen.append(jobs.carry_out_waiting(workspace.pk))
                connection.close()

            other = threading.Thread(target=work)
            other.start()
            other.join()
        assert (mine, seen, now(job).state) == (True, [False], "waiting")
        jobs.carry_out_waiting(workspace.pk)
        assert now(job).state == "finished"


class Killed(BaseException):
    """The worker is gone, in the middle of anything."""


class TestKilled:
    """A worker that ends in the middle of a batch, at each of the places where that matters."""

    @pytest.fixture(params=["before the log", "after the log", "after the counts", "while reading"])
    def killing(self, request, monkeypatch):
        """Kill the worker in its third batch."""
        monkeypatch.setattr(history, "BATCH", 200)
        place, calls = request.param, iter(range(1_000))
        owner, name = {
            "before the log": (log, "append"),
            "after the log": (log, "append"),
            "after the counts": (jobs._Run, "_count"),
            "while reading": (history, "_read"),
        }[place]
        whole = getattr(owner, name)

        def cut_short(*arguments, **options):
            third = next(calls) == 2
            if third and place == "before the log":
                raise Killed
            done = whole(*arguments, **options)
            if third:
                raise Killed
            return done

        monkeypatch.setattr(owner, name, cut_short)
        return lambda: monkeypatch.setattr(owner, name, whole)

    @pytest.mark.parametrize("form", ["csv", "parquet", "jsonl"])
    def test_the_next_worker_goes_on_and_every_count_is_exact(self, form, killing, started, now, workspace):
        table = rows(1_000)
        table[450][0] = table[451][0] = ""  # nobody's
        data = {
            "csv": as_csv(table),
            "parquet": as_parquet(table),
            "jsonl": jsonl([*lines(450), "{", "5", *lines(1_000)[452:]]),
        }[form]
        job = started(data, f"a.{form}")
        with pytest.raises(Killed):
            jobs.carry_out_waiting(workspace.pk)
        half = now(job)
        assert half.state == "running"
        assert adds_up(half)
        assert half.stored == stored(workspace) in (200, 400, 600)
        killing()
        assert not jobs.carry_out_waiting(workspace.pk)
        assert now(job).rows == half.rows  # it may be alive still
        with scope(workspace):
            Import.objects.update(beat_at=timezone.now() - SILENT - timedelta(seconds=1))
        jobs.carry_out_waiting(workspace.pk)
        job = now(job)
        assert (job.state, job.rows, job.stored, job.duplicates) == ("finished", 1_000, stored(workspace), 0)
        assert adds_up(job)
        with scope(workspace):
            assert RejectedLine.objects.count() == job.kept == job.rejected

    def test_a_worker_that_was_taken_for_dead_writes_nothing_more(self, started, now, workspace, monkeypatch):
        monkeypatch.setattr(history, "BATCH", 100)
        job = started(jsonl(lines(1_000)), "a.jsonl")
        store, calls = jobs.taking.store, iter(range(100))

        def slow(*arguments, **options):
            if next(calls) == 2:  # somebody else has claimed it meanwhile
                with scope(workspace):
                    Import.objects.update(claimed_at=timezone.now() + timedelta(seconds=1))
            return store(*arguments, **options)

        monkeypatch.setattr(jobs.taking, "store", slow)
        jobs.carry_out_waiting(workspace.pk)
        assert (now(job).rows, now(job).ended_at) == (200, None)
        assert stored(workspace) == 200

    def test_a_database_that_fails_leaves_it_to_the_next(self, started, now, workspace, monkeypatch):
        monkeypatch.setattr(history, "BATCH", 100)
        job = started(jsonl(lines(500)), "a.jsonl")
        execute, calls = log._execute, iter(range(100))

        def fail(*arguments):
            if next(calls) == 2:
                raise OperationalError("the server closed the connection unexpectedly")
            return execute(*arguments)

        monkeypatch.setattr(log, "_execute", fail)
        jobs.carry_out_waiting(workspace.pk)
        assert (now(job).state, now(job).stored) == ("running", 200)
        with scope(workspace):
            Import.objects.update(beat_at=None)
        jobs.carry_out_waiting(workspace.pk)
        assert (now(job).state, now(job).stored, now(job).duplicates) == ("finished", 500, 0)

    def test_what_kills_every_worker_is_given_up(self, started, now, workspace, monkeypatch):
        job = started(jsonl(lines(10)), "a.jsonl")

        def die(*_, **__):
            raise Killed

        monkeypatch.setattr(jobs, "open_source", die)
        for _ in range(jobs.MOST_ATTEMPTS):
            with pytest.raises(Killed):
                jobs.carry_out_waiting(workspace.pk)
            with scope(workspace):
                Import.objects.update(beat_at=timezone.now() - SILENT * 2)
        jobs.carry_out_waiting(workspace.pk)
        assert now(job).state == "failed"
        assert "5 workers in a row ended at the same place" in now(job).problem


class TestTurns:
    def test_after_its_turn_a_worker_lets_go_and_another_turn_goes_on(self, started, now, workspace, monkeypatch):
        monkeypatch.setattr(history, "BATCH", 100)
        monkeypatch.setattr(jobs, "TURN", 0)
        job = started(as_csv(rows(1_000)), "a.csv")
        turns = 0
        while jobs.carry_out_waiting(workspace.pk):
            turns += 1
            assert now(job).state == "finished" or now(job).attempts == 0
        assert turns > 1
        job = now(job)
        assert (job.state, job.stored, job.duplicates) == ("finished", 1_000, 0)

    def test_the_task_calls_whoever_waits_for_the_next_turn(self, started, workspace, monkeypatch):
        monkeypatch.setattr(history, "BATCH", 10)
        monkeypatch.setattr(jobs, "TURN", 0)
        called = []
        monkeypatch.setattr(tasks, "call", lambda task, of: called.append((task, of)))
        started(jsonl(lines(500)), "a.jsonl")
        tasks.carry_out(workspace.pk)
        assert ("intake.import", workspace.pk) in called

    def test_the_sweep_finds_what_was_asked_for_in_vain(self, started, workspace, other_workspace, monkeypatch):
        called = []
        monkeypatch.setattr(tasks, "call", lambda task, of: called.append(of))
        started(jsonl(lines(5)), "a.jsonl")
        tasks.sweep()
        assert workspace.pk in called
        assert other_workspace.pk not in called


class TestEnds:
    def test_rejected_rows_are_kept_with_reason_and_text_and_counted_beyond_what_is_kept(
        self, started, now, workspace, monkeypatch
    ):
        monkeypatch.setattr(jobs, "MOST_KEPT", 3)
        table = rows(10)
        for place in range(2, 8):
            table[place][2] = "soon\x00"
        job = started(as_csv(table), "a.csv")
        jobs.carry_out_waiting(workspace.pk)
        job = now(job)
        assert (job.state, job.rejected, job.kept, job.reasons) == ("finished", 6, 3, {"bad_timestamp": 6})
        with scope(workspace):
            kept = list(job.rejected_lines.order_by("line").values_list("line", "reason", "text"))
        assert kept[0] == (4, "bad_timestamp", "user-2,Report Shared,soon\ufffd,team,2")
        assert [line for line, _, _ in kept] == [4, 5, 6]

    def test_a_broken_file_keeps_what_came_before_and_says_where_it_breaks(self, started, now, workspace):
        packed = gzip.compress(jsonl(lines(20_000)))
        job = started(packed[: len(packed) // 2], "a.jsonl.gz")
        jobs.carry_out_waiting(workspace.pk)
        job = now(job)
        assert job.state == "failed"
        assert job.problem.startswith("The file is broken after line ")
        assert job.stored == stored(workspace) > 5_000
        assert adds_up(job)

    def test_a_mapping_that_fits_no_row_is_stopped(self, started, now, workspace, monkeypatch):
        monkeypatch.setattr(jobs, "HOPELESS", 200)
        monkeypatch.setattr(history, "BATCH", 100)
        mapping = {"columns": {"plan": "userId", "user_id": "timestamp"}, "constants": {"type": "identify"}}
        job = started(as_csv(rows(5_000)), "a.csv", mapping=mapping)
        jobs.carry_out_waiting(workspace.pk)
        assert now(job).state == "failed"
        assert "could be taken" in now(job).problem
        assert now(job).rows < 1_000

    def test_a_defect_of_ours_ends_it_with_a_sentence(self, started, now, workspace, monkeypatch):
        monkeypatch.setattr(history.taking, "read", lambda *_, **__: 1 / 0)
        job = started(jsonl(lines(5)), "a.jsonl")
        jobs.carry_out_waiting(workspace.pk)
        assert now(job).state == "failed"
        assert "Something is wrong here" in now(job).problem

    def test_cancelling_stops_a_worker_at_its_next_batch(self, started, now, workspace, ana, monkeypatch):
        monkeypatch.setattr(history, "BATCH", 100)
        job = started(jsonl(lines(1_000)), "a.jsonl")
        store, calls = jobs.taking.store, iter(range(100))

        def slow(*arguments, **options):
            taken = store(*arguments, **options)
            if next(calls) == 1:
                cancelling = threading.Thread(target=cancel)
                cancelling.start()
                cancelling.join()
            return taken

        def cancel() -> None:
            with scope(workspace):
                assert jobs.cancel(Import.objects.get(), by=ana)
            connection.close()

        monkeypatch.setattr(jobs.taking, "store", slow)
        jobs.carry_out_waiting(workspace.pk)
        job = now(job)
        assert (job.state, job.rows, job.stored, stored(workspace)) == ("cancelled", 100, 100, 100)
        with scope(workspace):
            assert not jobs.cancel(job, by=ana)
            actions = list(Entry.objects.order_by("pk").values_list("actor", "action", "target"))
        assert actions == [
            (ana.user.email, "import.started", "a.jsonl"),
            (ana.user.email, "import.cancelled", "a.jsonl"),
        ]


class TestTidying:
    def pieces(self, workspace) -> int:
        with scope(workspace):
            return Piece.objects.count()

    def test_bytes_go_when_the_import_has_ended_and_not_before(self, started, uploaded, workspace):
        started(jsonl(lines(5)), "a.jsonl")
        uploaded(jsonl(lines(6)), "waits.jsonl")
        tidy(workspace.pk)
        assert self.pieces(workspace) == 2
        tasks.carry_out(workspace.pk)
        assert self.pieces(workspace) == 1

    def test_an_upload_that_nobody_goes_on_with_is_ended(self, uploaded, now, workspace):
        job = uploaded(jsonl(lines(5)), "a.jsonl")
        with scope(workspace):
            Import.objects.update(touched_at=timezone.now() - ABANDONED + timedelta(hours=1))
        tidy(workspace.pk)
        assert now(job).state == "ready"
        with scope(workspace):
            Import.objects.update(touched_at=timezone.now() - ABANDONED - timedelta(hours=1))
        tidy(workspace.pk)
        assert (now(job).state, self.pieces(workspace)) == ("cancelled", 0)

    def test_reports_go_after_a_while_and_counts_stay(self, started, now, workspace):
        job = started(b"{\n5\n" + jsonl(lines(5)), "a.jsonl")
        jobs.carry_out_waiting(workspace.pk)
        tidy(workspace.pk)
        assert now(job).kept == 2
        with scope(workspace):
            Import.objects.update(ended_at=timezone.now() - REPORTS_KEPT - timedelta(hours=1))
        tidy(workspace.pk)
        with scope(workspace):
            assert (RejectedLine.objects.count(), now(job).kept, now(job).rejected) == (0, 0, 2)


def test_no_writing_transaction_stays_open_while_a_file_is_read(started, workspace, monkeypatch):
    """The engine reads no further than the oldest writer."""
    monkeypatch.setattr(history, "BATCH", 100)
    started(as_csv(rows(1_000)), "a.csv")
    seen, read = [], history._read

    def looking(*arguments):
        seen.append(connection.in_atomic_block)
        return read(*arguments)

    monkeypatch.setattr(history, "_read", looking)
    jobs.carry_out_waiting(workspace.pk)
    assert seen == [False] * 10


def test_rows_without_time_happened_when_the_import_was_started_also_after_a_break(
    started, now, workspace, monkeypatch
):
    monkeypatch.setattr(history, "BATCH", 2)
    monkeypatch.setattr(jobs, "TURN", 0)
    bare = [json.dumps({"type": "track", "userId": f"u{n}", "event": "A"}) for n in range(20)]
    job = started(jsonl(bare), "a.jsonl")
    while jobs.carry_out_waiting(workspace.pk):
        pass
    with scope(workspace):
        assert set(LoggedEvent.objects.values_list("occurred_at", flat=True)) == {now(job).started_at}
