"""Bytes to values."""

import gzip
import json
import math
import time
import tracemalloc
from contextlib import suppress

import pytest

from onboarding.intake.limits import MAX_BODY_BYTES
from onboarding.intake.reading import CUT, parse, unpack
from onboarding.intake.reasons import Drop, Reason

pytestmark = pytest.mark.pure


def reason_of(call, *arguments, **keywords) -> Reason:
    with pytest.raises(Drop) as caught:
        call(*arguments, **keywords)
    return caught.value.reason


def test_a_plain_body_stays_as_it_is():
    assert unpack(b'{"a": 1}') == b'{"a": 1}'


def test_gzip_is_told_by_its_first_bytes_and_may_come_in_several_members():
    assert unpack(gzip.compress(b'{"a":') + gzip.compress(b"1}")) == b'{"a":1}'


def test_a_gzip_bomb_is_stopped_at_the_limit_without_unpacking_it():
    bomb = gzip.compress(b"0" * 200_000_000)
    assert len(bomb) < MAX_BODY_BYTES
    tracemalloc.start()
    assert reason_of(unpack, bomb) == Reason.BODY_TOO_LARGE
    assert tracemalloc.get_traced_memory()[1] < 4 * MAX_BODY_BYTES
    tracemalloc.stop()


def test_a_body_of_exactly_the_limit_passes_and_one_byte_more_does_not():
    assert len(unpack(gzip.compress(b" " * MAX_BODY_BYTES))) == MAX_BODY_BYTES
    assert reason_of(unpack, gzip.compress(b" " * (MAX_BODY_BYTES + 1))) == Reason.BODY_TOO_LARGE
    assert reason_of(unpack, b" " * (MAX_BODY_BYTES + 1)) == Reason.BODY_TOO_LARGE


@pytest.mark.parametrize("body", [gzip.compress(b"{}" * 99, mtime=0)[:-9], b"\x1f\x8bnonsense", b"\x1f\x8b"])
def test_truncated_or_broken_gzip_is_named(body):
    assert reason_of(unpack, body) == Reason.BAD_GZIP


@pytest.mark.parametrize(
    "body", [b"", b" ", b"{", b'{"a": }', b"[1,]", b"nonsense", b'{"a": 1} x', b'{"a": "b', b"\x00", b"'", b"\xff"]
)
def test_what_is_no_json_is_named_with_its_place(body):
    with pytest.raises(Drop, match=r"not JSON.*line 1, column") as caught:
        parse(body)
    assert caught.value.reason == Reason.BAD_JSON


def test_the_usual_body_is_not_suspect():
    assert parse('{"name": "Zoë 🎉", "n": [1, 2.5, null, true]}'.encode()) == (
        {"name": "Zoë 🎉", "n": [1, 2.5, None, True]},
        False,
    )


def test_a_byte_order_mark_is_passed_over():
    assert parse(b'\xef\xbb\xbf{"a": 1}') == ({"a": 1}, False)


def test_of_a_key_given_twice_the_last_value_counts_either_way_of_reading():
    assert parse(b'{"a": 1, "a": 2}') == ({"a": 2}, False)
    assert parse(b'{"a": 1, "a": 2, "b": "\\u0000"}') == ({"a": 2, "b": "\x00"}, True)


@pytest.mark.parametrize(
    "text, value",
    [
        (b'"\\ud83d"', "\ud83d"),
        (b'"caf\xe9"', "caf\udce9"),
        (b'"a\x00b"', "a\x00b"),
        (b'"\\u0000"', "\x00"),
        (b"Infinity", math.inf),
        (b"-1e999", -math.inf),
        (b"9223372036854775808", 2**63),
        (b"-9223372036854775809", -(2**63) - 1),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b"9" * 5000, math.inf),
    ],
)
def test_what_clients_do_send_although_json_forbids_it_or_machines_round_it_is_read_and_suspect(text, value):
    assert parse(b'{"x": ' + text + b"}") == ({"x": value}, True)


def test_not_a_number_is_read_and_suspect():
    value, suspect = parse(b'{"x": NaN}')
    assert math.isnan(value["x"])
    assert suspect


@pytest.mark.parametrize("opening, closing", [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_nesting_of_ten_thousand_levels_is_cut_where_it_is_and_leaves_its_neighbours(opening, closing):
    deep = opening * 10_000 + "1" + closing * 10_000
    value, suspect = parse(f'{{"batch": [{{"before": "]}}"}}, {deep}, {{"after": 1}}]}}'.encode())
    assert suspect
    assert value["batch"][0] == {"before": "]}"}
    assert value["batch"][2] == {"after": 1}
    assert CUT in json.dumps(value["batch"][1])


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"a":' * 100_000,
        b'"\\' * 250_000,
        b'[{"' * 166_000,
        b"[" * 200 + b'"\\"' * 166_000,
        b"[" * 200 + b"]" * 499_800,
        b'{"a": ' + b"9" * 500_000 + b"}",
    ],
    ids=["lists", "objects", "quotes", "open strings", "quotes in lists", "closed too often", "digits"],
)
def test_no_body_takes_long_to_read(body):
    started = time.process_time()
    with suppress(Drop):
        parse(body)
    assert time.process_time() - started < 2
