"""`manage.py import_events`: every line once, or in the report of those that were not taken."""

import gzip
import io
import json
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection

from onboarding.intake import log
from onboarding.intake.imports import history
from tests.processes import environment

ROOT = Path(settings.BASE_DIR)


def lines(count: int) -> list[str]:
    return [
        json.dumps(
            {
                "messageId": f"line-{number:05}",
                "type": "track",
                "userId": f"user-{number % 97}",
                "event": "Report Shared",
                "timestamp": f"20{11 + number % 5}-{number % 12 + 1:02}-03T04:05:06.123Z",
            }
        )
        for number in range(count)
    ]


@pytest.fixture
def written(tmp_path):
    """Write a file of these lines (text or bytes) and return its path."""

    def write(content: list[str] | bytes, name: str = "events.jsonl") -> str:
        path = tmp_path / name
        data = content if isinstance(content, bytes) else "".join(line + "\n" for line in content).encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return str(path)

    return write


def run(file: str, workspace, *options: str) -> str:
    """What the command prints to standard output."""
    out, err = io.StringIO(), io.StringIO()
    call_command("import_events", file, "--workspace", workspace.slug, *options, stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


def separately(*arguments: str, **keywords) -> subprocess.CompletedProcess:
    """The command as a process of its own, on this run's database."""
    return subprocess.run(
        [sys.executable, "manage.py", "import_events", *arguments],
        cwd=ROOT, env=environment(), capture_output=True, timeout=60, check=False, **keywords
    )  # fmt: skip


class TestOnce:
    def test_every_line_is_stored(self, written, workspace, other_workspace, logged):
        said = run(written(lines(12_000)), workspace)
        assert "12,000 stored, 0 there already, 0 rejected" in said
        assert len(logged(workspace)) == 12_000
        assert logged(other_workspace) == []

    def test_gzip_is_told_by_its_content(self, written, workspace, logged, tmp_path):
        Path(written(lines(10), "events.gz")).rename(tmp_path / "events.jsonl")
        assert "10 stored" in run(str(tmp_path / "events.jsonl"), workspace)

    def test_importing_again_shuffled_stores_nothing_more(self, written, workspace, logged):
        some = lines(6_000)
        run(written(some), workspace)
        random.Random(5).shuffle(some)
        assert "0 stored, 6,000 there already" in run(written(some), workspace)
        assert len(logged(workspace)) == 6_000

    def test_two_halves_and_an_overlap_may_come_at_once(self, written, workspace, logged):
        some = lines(9_000)
        parts = [some[:5_000], some[4_000:][::-1], some[3_000:6_000]]
        files = [written(part, f"{number}.jsonl") for number, part in enumerate(parts)]
        said = []

        def importer(file: str) -> None:
            said.append(run(file, workspace))
            connection.close()

        threads = [threading.Thread(target=importer, args=(file,)) for file in files]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(said) == 3
        assert len(logged(workspace)) == 9_000

    def test_what_was_sent_live_is_not_imported_again(self, written, workspace, logged, send):
        some = lines(3)
        send("batch", {"batch": [json.loads(some[1])]})
        assert "2 stored, 1 there already" in run(written(some), workspace)

    def test_lines_without_messageid_or_time_come_once_too(self, written, workspace, logged):
        bare = [json.dumps({"type": "track", "userId": f"u{number}", "event": "A"}) for number in range(5)]
        run(written(bare), workspace)
        assert "0 stored, 5 there already" in run(written(bare), workspace)

    def test_the_last_line_needs_no_line_break_and_blank_ones_are_no_events(self, written, workspace):
        said = run(written(("\n\n" + "\r\n \n".join(lines(3))).encode()), workspace)
        assert "3 lines" in said
        assert "3 stored" in said

    def test_an_empty_file_holds_nothing(self, written, workspace):
        assert "0 lines" in run(written(b""), workspace)

    def test_standard_input_is_a_file_too(self, workspace, logged):
        done = separately("-", "--workspace", workspace.slug, input=gzip.compress("\n".join(lines(7)).encode()))
        assert done.returncode == 0, done.stderr
        assert b"7 stored" in done.stdout
        assert done.stderr == b""  # no progress bar where there is no terminal
        assert len(logged(workspace)) == 7


BAD = [
    ("{", "bad_json"),
    ("5", "not_an_object"),
    ('{"type": "track", "event": "A"}', "missing_identity"),
    ('{"type": "nix", "userId": "u"}', "unknown_type"),
    ('{"type": "track", "userId": "u", "event": "A", "timestamp": "soon"}', "bad_timestamp"),
    ('{"type": "track", "userId": "u", "event": "' + "A" * 40_000 + '"}', "event_too_large"),
    ('{"type": "track", "userId": "u", "event": "A", "properties": ' + '{"a":' * 9_000 + "1" + "}" * 9_001, "too_deep"),
    ('{"type": "track", "userId": "a\\u0000", "event": "A"}', "unstorable"),
    ('"' + "x" * 1_200_000 + '"', "bad_json"),
]


class TestRejectedLines:
    @pytest.fixture
    def mixed(self, written) -> str:
        good = iter(lines(len(BAD) + 1))
        content = [next(good)]
        for bad, _ in BAD:
            content += [bad, next(good)]
        return written(content)

    def test_each_is_reported_with_number_reason_and_text(self, mixed, workspace, tmp_path, logged, rejected):
        report = tmp_path / "rejected.jsonl"
        said = run(mixed, workspace, "--rejected", str(report))
        assert f"{len(BAD) + 1} stored, 0 there already, {len(BAD)} rejected" in said
        assert str(report) in said
        entries = [json.loads(line) for line in report.read_text().splitlines()]
        assert [(entry["line"], entry["reason"]) for entry in entries] == [
            (2 * number, code) for number, (_, code) in enumerate(BAD, 1)
        ]
        assert [entry["text"] for entry in entries[:5]] == [bad for bad, _ in BAD[:5]]
        assert all(entry["message"] and len(entry["text"]) <= 32 * 1024 for entry in entries)
        assert len(logged(workspace)) == len(BAD) + 1
        assert rejected(workspace) == []

    def test_without_a_report_the_first_are_shown_and_all_are_counted(self, mixed, workspace):
        said = run(mixed, workspace)
        assert "line 2: bad_json: This is not JSON" in said
        assert said.count("\nline ") + said.startswith("line ") == 5
        assert "2 bad_json" in said
        assert "--rejected FILE" in said

    def test_a_mended_line_is_counted(self, written, workspace):
        line = lines(1)[0][:-1] + ', "properties": {"title": "\\ud83d"}}'
        assert "In 1 of them" in run(written([line]), workspace)


class TestRefusals:
    def refusal(self, *arguments: str) -> CommandError:
        with pytest.raises(CommandError) as caught:
            call_command("import_events", *arguments, stdout=io.StringIO(), stderr=io.StringIO())
        assert "\n" not in str(caught.value)
        return caught.value

    def test_an_unknown_workspace_is_named(self, written):
        refusal = self.refusal(written(lines(1)), "--workspace", "nowhere")
        assert (str(refusal), refusal.returncode) == ("There is no workspace 'nowhere'.", 2)

    def test_a_missing_file_is_named(self, workspace, tmp_path):
        refusal = self.refusal(str(tmp_path / "gone"), "--workspace", workspace.slug)
        assert (f"{tmp_path / 'gone'} cannot be read" in str(refusal), refusal.returncode) == (True, 2)

    def test_a_folder_without_files_of_events_is_named(self, workspace, tmp_path):
        (tmp_path / "notes.txt").write_text("{}")
        refusal = self.refusal(str(tmp_path), "--workspace", workspace.slug)
        assert (f"{tmp_path} is a folder without files of events" in str(refusal), refusal.returncode) == (True, 2)

    def test_a_report_that_cannot_be_written_is_named_before_anything_is_imported(self, written, workspace, logged):
        refusal = self.refusal(
            written(lines(1)), "--workspace", workspace.slug, "--rejected", "/nowhere/rejected.jsonl"
        )
        assert "/nowhere/rejected.jsonl cannot be written" in str(refusal)
        assert logged(workspace) == []

    def test_as_a_command_it_says_one_sentence_and_ends_with_2(self, workspace):
        done = separately("/nowhere/events.jsonl", "--workspace", workspace.slug)
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.decode().strip() == (
            "CommandError: /nowhere/events.jsonl cannot be read: No such file or directory."
        )


class TestStops:
    def test_a_file_that_ends_in_the_middle_keeps_what_came_before(self, written, workspace, logged, tmp_path):
        whole = Path(written(lines(20_000), "events.gz")).read_bytes()
        broken = tmp_path / "broken.gz"
        broken.write_bytes(whole[: len(whole) // 2])
        with pytest.raises(CommandError, match=r"broken after line [\d,]+: .* run the same command again") as caught:
            run(str(broken), workspace)
        assert caught.value.returncode == 1
        kept = len(logged(workspace))
        assert 0 < kept < 20_000
        broken.write_bytes(whole)
        assert f"{20_000 - kept:,} stored, {kept:,} there already" in run(str(broken), workspace)

    def test_a_database_that_fails_is_one_sentence(self, written, workspace, logged, monkeypatch):
        execute = log._execute
        calls = iter(range(10))

        def fail(*arguments):
            if next(calls) == 1:
                raise OperationalError("the server closed the connection unexpectedly")
            return execute(*arguments)

        monkeypatch.setattr(log, "_execute", fail)
        monkeypatch.setattr(history, "BATCH", 1_000)
        with pytest.raises(CommandError, match="The database failed: the server closed the connection") as caught:
            run(written(lines(4_000)), workspace)
        assert caught.value.returncode == 1
        assert "there already, 0 rejected" in run(written(lines(4_000)), workspace)
        assert len(logged(workspace)) == 4_000

    def test_ctrl_c_says_so_and_the_next_run_goes_on(self, written, workspace, logged):
        command = [sys.executable, "manage.py", "import_events", "-", "--workspace", workspace.slug]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A shell that starts the tests in the background has them ignore Ctrl-C; a person's shell does not.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            process_group=0,
        )
        some = "\n".join(lines(12_000)).encode()
        process.stdin.write(some)
        process.stdin.flush()
        until = time.monotonic() + 30
        while not logged(workspace) and time.monotonic() < until:
            time.sleep(0.05)
        process.send_signal(2)
        _, err = process.communicate(timeout=30)
        assert process.returncode == 130
        assert b"Stopped. What was stored stays" in err
        assert b"Traceback" not in err
        stored = len(logged(workspace))
        assert 0 < stored < 12_000
        assert f"{12_000 - stored:,} stored, {stored:,} there already" in run(written(some), workspace)
