"""The demo's messages."""

import json
import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.demo.companies import BERTHLINE, QUILLMARK
from config.demo.generator import messages

from . import naive

pytestmark = pytest.mark.pure

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def berthline():
    return messages(BERTHLINE, now=NOW)


def times(told):
    return [datetime.fromisoformat(message["timestamp"]) for message in told]


def test_there_are_about_four_thousand_people_in_six_hundred_accounts_over_120_days(berthline):
    people = naive.people(berthline)
    assert 3_600 <= len(people) <= 4_400
    assert 570 <= len({message["groupId"] for message in berthline if message["type"] == "group"}) <= 600
    roles = Counter(someone.traits["role"] for someone in people.values())
    assert set(roles) == {"administrator", "power_user", "operator"}
    assert min(roles.values()) > 700
    starts = [someone.started_at for someone in people.values()]
    assert NOW - timedelta(days=120) <= min(starts) < NOW - timedelta(days=117)
    assert NOW - timedelta(days=4) < max(starts) < NOW


def test_the_second_company_has_about_three_hundred_people_of_its_own(berthline):
    others = messages(QUILLMARK, now=NOW)
    assert 250 <= len(naive.people(others)) <= 350
    emails = {m["traits"]["email"] for m in others if m["type"] == "identify" and "email" in m["traits"]}
    assert emails.isdisjoint(m["traits"].get("email") for m in berthline if m["type"] == "identify")


def test_nothing_happens_after_now_and_all_is_in_order(berthline):
    assert max(times(berthline)) < NOW
    assert times(berthline) == sorted(times(berthline))


def test_every_message_has_an_id_of_its_own_and_an_address_that_nobody_has(berthline):
    assert len({message["messageId"] for message in berthline}) == len(berthline)
    emails = [m["traits"]["email"] for m in berthline if m["type"] == "identify" and "email" in m["traits"]]
    assert len(emails) == len(set(emails))
    assert all(email.endswith(".example") and email.isascii() for email in emails)


def test_times_keep_their_microseconds(berthline):
    assert len({moment.microsecond for moment in times(berthline)}) > 10_000


def test_traits_are_known_when_the_journey_starts(berthline):
    told = set()
    for message in berthline:
        if message["type"] == "identify" and "role" in message["traits"]:
            told.add(message["userId"])
        if message.get("event") == "Signed Up":
            assert message["userId"] in told


def test_some_visitors_came_before_they_signed_up_and_are_linked_when_they_do(berthline):
    visits = {message["anonymousId"] for message in berthline if message["type"] == "page"}
    linked = {m["anonymousId"] for m in berthline if m["type"] == "identify" and "anonymousId" in m}
    assert len(linked) > 300
    assert linked <= visits


def test_the_demo_is_the_same_whatever_the_hash_seed():
    program = (
        "import json, sys; from datetime import datetime, UTC; from config.demo.companies import QUILLMARK;"
        "from config.demo.generator import messages; import hashlib;"
        "told = messages(QUILLMARK, now=datetime(2026, 3, 2, 12, 0, tzinfo=UTC));"
        "print(hashlib.sha256(json.dumps(told).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_another_now_moves_the_same_story():
    today, later = (naive.people(messages(QUILLMARK, now=now)) for now in (NOW, NOW + timedelta(days=7)))
    assert later.keys() == today.keys()


def test_messages_are_plain_json(berthline):
    assert json.loads(json.dumps(berthline)) == berthline
