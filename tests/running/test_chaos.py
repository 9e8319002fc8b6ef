"""bin/chaos in its short form: every kind of failure once. And that its checks would tell if anything were wrong."""

import re
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from tests.running.conftest import ROOT

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECONDS = 900  # on a busy machine; it takes a minute on an idle one


@pytest.mark.exhaustive
def test_nothing_is_lost_doubled_or_stuck_when_everything_is_killed_once(run):
    status, output = run.finish(
        ROOT / "bin" / "chaos", "--once", "--seed", "1", "--senders", "3", seconds=SECONDS
    )  # fmt: skip
    assert status == 0, output
    assert output.endswith("Nothing was lost, doubled or stuck.\n")
    from trial.failures import KINDS

    for kind in KINDS:
        assert re.search(rf"^{kind.name} +1 ", output, re.MULTILINE), output
    assert output.count("are compared with a rebuild") == 2
    accepted = int(re.search(r"([\d,]+) messages in", output)[1].replace(",", ""))
    assert accepted > 500
    assert run.names() == []


@pytest.mark.exhaustive
def test_it_leaves_nothing_running_when_it_is_killed(run, eventually):
    chaos = run.start(ROOT / "bin" / "chaos", "--once", PYTHONUNBUFFERED="1")
    said = iter(chaos.stdout.readline, "")
    assert any("Calm before the storm" in line for line in said)
    assert len(run.names()) > 10
    folder = re.search(r"\S+/firstmile-chaos-\w+", "\n".join(run.names()))[0]
    chaos.kill()
    chaos.communicate(timeout=120)
    eventually(lambda: run.names() == [], seconds=120, otherwise=run.names)
    shutil.rmtree(folder)  # which only a process that still lives can do


@pytest.mark.parametrize("wrong", [("--minutes", "31"), ("--minutes", "0"), ("--senders", "0"), ("--sneders", "1")])
def test_what_cannot_be_is_refused_in_one_sentence(run, wrong):
    status, output = run.finish(ROOT / "bin" / "chaos", *wrong)
    assert status == 2
    assert output.startswith("bin/chaos: ")
    assert output.count("\n") == 1


class TestTheComparisonWithTheLog:
    @pytest.fixture
    def told(self):
        from trial import checks
        from trial.ledger import Sent

        def sent(key: str, *, good: bool = True, accepted: bool = True) -> Sent:
            message = {"type": "track", "event": "Went", "userId": "dora", "messageId": key,
                       "timestamp": "2026-03-02T11:00:00Z", "properties": {"to": "town"}}  # fmt: skip
            return Sent("acme", message, good, NOON, NOON + timedelta(seconds=1) if accepted else None)

        ledger = {
            "1": sent("1"),
            "2": sent("2"),
            "bad": sent("bad", good=False),
            "doubt": sent("doubt", accepted=False),
        }
        return lambda *rows: checks.of_the_log(ledger, rows)

    @pytest.fixture
    def row(self):
        def row(key: str, **changes: object) -> dict:
            kept = {"message_id": key, "type": "track", "event": "Went", "sender": "u:dora", "anonymous_id": "",
                    "previous_id": "", "group_id": "", "occurred_at": NOON - timedelta(hours=1),
                    "properties": {"to": "town"}, "traits": {}, "context": {}}  # fmt: skip
            return {**kept, **changes}

        return row

    def test_says_nothing_when_all_that_was_accepted_is_there_once(self, told, row):
        assert told(row("2"), row("1")) == []

    def test_lets_a_message_in_doubt_be_there_or_not(self, told, row):
        assert told(row("2"), row("1"), row("doubt")) == []

    def test_names_what_is_lost(self, told, row):
        assert told(row("1")) == ["2 was accepted and is not in the log."]

    def test_names_what_is_doubled(self, told, row):
        assert told(row("1"), row("2"), row("2")) == ["2 is in the log 2 times."]

    @pytest.mark.parametrize("key", ["bad", "another workspace's"])
    def test_names_what_should_not_be_there(self, told, row, key):
        assert told(row("1"), row("2"), row(key))[0].startswith(f"{key} is in the log and was never sent here")

    @pytest.mark.parametrize(
        "change",
        [
            {"properties": {}},
            {"sender": "u:emil"},
            {"occurred_at": NOON - timedelta(minutes=59)},
        ],
    )
    def test_names_what_was_changed(self, told, row, change):
        [sentence] = told(row("1"), row("2", **change))
        assert sentence.startswith("2: ")


class TestTheReadingOfLogs:
    @pytest.fixture
    def sort(self):
        from trial import logs

        return lambda text: logs.sort(logs.exceptions(text.splitlines(keepends=True)))

    def test_a_chain_counts_once_by_its_last_exception(self, sort):
        expected, odd = sort(
            "2026 ERROR It failed\n"
            "Traceback (most recent call last):\n"
            '  File "a.py", line 1, in a\n'
            "    b()\n"
            "psycopg2.OperationalError: gone\n"
            "\tThis probably means that it is gone.\n"
            "\n"
            "The above exception was the direct cause of the following exception:\n"
            "\n"
            "Traceback (most recent call last):\n"
            '  File "a.py", line 3, in c\n'
            "django.db.utils.OperationalError: gone\n"
            "2026 INFO Next\n"
        )
        assert expected == {"django.db.utils.OperationalError": 1}
        assert odd == []

    def test_a_defect_is_told_even_when_a_server_was_gone_before_it(self, sort):
        expected, odd = sort(
            "Traceback (most recent call last):\n"
            '  File "a.py", line 1, in a\n'
            "redis.exceptions.ConnectionError: gone\n"
            "\n"
            "During handling of the above exception, another exception occurred:\n"
            "\n"
            "Traceback (most recent call last):\n"
            '  File "a.py", line 3, in c\n'
            "AttributeError: 'NoneType' object has no attribute 'hostname'\n"
        )
        assert expected == {}
        assert odd == ["AttributeError: 'NoneType' object has no attribute 'hostname'"]

    def test_a_process_of_the_pool_that_was_killed_is_expected(self, sort):
        expected, odd = sort(
            "Traceback (most recent call last):\n"
            '  File "pool.py", line 1, in a\n'
            "    raise WorkerLostError(\n"
            "billiard.einfo.ExceptionWithTraceback: \n"
            '"""\n'
            "Traceback (most recent call last):\n"
            '  File "pool.py", line 1, in a\n'
            "    raise WorkerLostError(\n"
            "billiard.exceptions.WorkerLostError: Worker exited prematurely: signal 9 (SIGKILL) Job: 20.\n"
            '"""\n'
            "2026 INFO Next\n"
        )
        assert expected == {"billiard.exceptions.WorkerLostError": 1}
        assert odd == []
