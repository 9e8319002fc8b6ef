"""What a cell says."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from onboarding.intake.imports.cells import Type, guessed, is_empty, moment, plain, read

pytestmark = pytest.mark.pure
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("growth", "growth"),
        ("12", 12),
        ("-2.5", -2.5),
        ("0", 0),
        ("007", "007"),  # an identifier
        ("+49 30 1", "+49 30 1"),
        ("12e4", "12e4"),
        ("1234567890123456789", "1234567890123456789"),
        ("TRUE", True),
        ("false", False),
        ("yes", "yes"),
        ('{"a": [1, null]}', {"a": [1, None]}),
        ("[1, 2]", [1, 2]),
        ("[draft]", "[draft]"),
        (" a ", " a "),
        ("-", "-"),
        ("\udc80", "\udc80"),
    ],
)
def test_a_text_is_what_it_looks_like(cell, value):
    found = guessed(cell)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("cell", ["", "  ", "NULL", "null", "\\N", None])
def test_how_programs_write_nothing(cell):
    assert is_empty(cell, typed=False)


def test_in_a_typed_file_an_empty_text_is_a_text():
    assert not is_empty("", typed=True)
    assert is_empty(None, typed=True)


def as_(kind: Type, cell, **options):
    return read(cell, kind, **({"typed": False, "time_format": "auto", "zone": UTC} | options))


def test_what_was_asked_for_is_what_it_is_read_as():
    assert as_(Type.TEXT, "12") == "12"
    assert as_(Type.TEXT, 12.0, typed=True) == "12"  # a whole number that an empty neighbour made a float
    assert as_(Type.NUMBER, " 1e3 ") == 1000
    assert as_(Type.NUMBER, Decimal("2.50"), typed=True) == 2.5
    assert as_(Type.BOOLEAN, "No") is False
    assert as_(Type.JSON, "5") == 5
    assert as_(Type.TIME, "2026-03-02") == "2026-03-02T00:00:00+00:00"


@pytest.mark.parametrize(
    ("kind", "cell", "says"),
    [
        (Type.NUMBER, "12,5", "is not a number such as 12.5: “12,5”"),
        (Type.NUMBER, "9" * 500, "is not a number"),
        (Type.NUMBER, "nan", "is not a number"),
        (Type.BOOLEAN, "maybe", "is neither true nor false: “maybe”"),
        (Type.JSON, "{", "is not JSON"),
        (Type.TIME, "soon", "is not a time such as 2026-03-02T12:00:00Z: “soon”"),
    ],
)
def test_what_it_is_not_is_told(kind, cell, says):
    with pytest.raises(ValueError, match=says.replace("…", ".")):
        as_(kind, cell)


@pytest.mark.parametrize(
    ("cell", "time_format", "expected"),
    [
        ("2026-03-02T12:00:00.123456Z", "auto", "2026-03-02T12:00:00.123456+00:00"),
        ("2026-03-02 12:00:00", "auto", "2026-03-02T11:00:00+00:00"),  # Berlin's
        ("2026-03-02 12:00:00 UTC", "auto", "2026-03-02T12:00:00+00:00"),
        ("20260302", "auto", "2026-03-01T23:00:00+00:00"),
        ("20260302120000", "auto", "2026-03-02T11:00:00+00:00"),
        ("1772452800", "auto", "2026-03-02T12:00:00+00:00"),
        ("1772452800.25", "auto", "2026-03-02T12:00:00.250000+00:00"),
        ("1772452800123", "auto", "2026-03-02T12:00:00.123000+00:00"),
        ("1772452800123456", "auto", "2026-03-02T12:00:00.123456+00:00"),
        (1772452800123456789, "auto", "2026-03-02T12:00:00.123456+00:00"),
        ("86400", "seconds", "1970-01-02T00:00:00+00:00"),
        ("02.03.2026 17:05", "%d.%m.%Y %H:%M", "2026-03-02T16:05:00+00:00"),
        (datetime(2026, 3, 2, 12), "auto", "2026-03-02T11:00:00+00:00"),
        (datetime(2026, 3, 2, 12, tzinfo=timezone(timedelta(hours=2))), "auto", "2026-03-02T10:00:00+00:00"),
        (date(2026, 3, 2), "auto", "2026-03-01T23:00:00+00:00"),
        # The hour that autumn tells twice: the first of the two
        ("2025-10-26 02:30:00", "auto", "2025-10-26T00:30:00+00:00"),
    ],
)
def test_times_as_programs_write_them(cell, time_format, expected):
    assert moment(cell, time_format, BERLIN) == expected


@pytest.mark.parametrize("cell", ["", "99999999999999999999", "-5", "0000-00-00", "2026-13-01", "inf", "1" * 400])
@pytest.mark.parametrize("time_format", ["auto", "iso", "milliseconds", "%d.%m.%Y"])
def test_what_is_no_time_never_becomes_one(cell, time_format):
    if (cell, time_format) == ("-5", "milliseconds"):
        assert moment(cell, time_format, UTC) == "1969-12-31T23:59:59.995000+00:00"
    else:
        with pytest.raises(ValueError, match="is not a time"):
            moment(cell, time_format, UTC)


def test_nested_values_of_a_typed_file_become_json():
    value = {
        "at": datetime(2026, 3, 2, tzinfo=UTC),
        "of": [Decimal("1.5"), b"a", b"\xff", (1, 2)],
        5: timedelta(seconds=1),
    }
    assert plain(value, UTC) == {"at": "2026-03-02T00:00:00+00:00", "of": [1.5, "a", "/w==", [1, 2]], "5": 1.0}
