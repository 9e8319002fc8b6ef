"""Files as they come: whatever is wrong with one costs its own row, or is told in a sentence, and never more."""

import gzip
import io
import json
import random
import tracemalloc
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from onboarding.intake.imports import delimited, unpacking
from onboarding.intake.imports.guessing import guess
from onboarding.intake.imports.mapping import read_mapping
from onboarding.intake.imports.opening import format_by_name, open_source
from onboarding.intake.imports.preview import preview
from onboarding.intake.imports.sources import BrokenFile, Format, Unreadable
from onboarding.intake.imports.table import Table, Unparsed
from tests.onboarding.intake.imports.files import as_csv, as_parquet, rows, written

pytestmark = pytest.mark.pure
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Raw(io.BytesIO):
    """Bytes like an unbuffered file."""


def opened(data: bytes, name: str = "", **options):
    return open_source(Raw(data), name=name, size=len(data), **options)


def told(source, mapping: dict | None = None) -> list:
    """Of each row its number and message, or its number and the reason that it has none."""
    if isinstance(source, Table):
        first = [row for _, row in source.first(50) if not isinstance(row, Unparsed)]
        source.use(read_mapping(mapping) if mapping else guess(source.header, first))
    return [
        (shown.number, shown.drop.reason.value if shown.drop else shown.sent)
        for shown in preview(source, list(source.numbered()), now=NOW)
    ]


def reasons(source, mapping: dict | None = None) -> list[tuple[int, str]]:
    return [(number, what) for number, what in told(source, mapping) if isinstance(what, str)]


class TestWhichFormat:
    @pytest.mark.parametrize(
        ("data", "name", "expected"),
        [
            (b'{"type": "track"}\n', "", Format.JSONL),
            (b'\xef\xbb\xbf\n {"type": "track"}\n', "x", Format.JSONL),
            (b"user_id,event\n", "", Format.CSV),
            (b"user_id,event\n", "export.csv.gz", Format.CSV),
            (b"user_id\n", "events.jsonl", Format.JSONL),
            (b"", "", Format.JSONL),
            (as_parquet(rows(1)), "misleading.csv", Format.PARQUET),
        ],
    )
    def test_content_tells_and_a_name_helps(self, data, name, expected):
        assert opened(data, name).format == expected

    def test_gzip_is_looked_into(self):
        assert opened(gzip.compress(as_csv(rows(3)))).format == Format.CSV
        assert opened(gzip.compress(b'{"a": 1}')).format == Format.JSONL

    def test_names(self):
        assert format_by_name("A.CSV.GZ") == Format.CSV
        assert format_by_name("notes.txt") is None
        assert format_by_name("x.gz") is None

    @pytest.mark.parametrize(
        ("data", "name", "says"),
        [
            (b"PK\x03\x04rest", "book.xlsx", "a zip archive or an Excel workbook"),
            (b"BZh9rest", "a.csv.bz2", "a bzip2 archive"),
            (b"nothing", "a.parquet", "named like Parquet"),
            (b"PAR1 and nothing more", "", "no whole Parquet file"),
            (as_parquet(rows(100))[:-20], "", "no whole Parquet file"),
            (b"\n\n", "a.csv", "The file is empty"),
            (b",".join(b"c%d" % n for n in range(2_000)) + b"\n", "a.csv", "names 2,000 columns"),
        ],
    )
    def test_what_cannot_be_imported_is_told(self, data, name, says):
        with pytest.raises(Unreadable, match=says):
            opened(data, name)

    def test_parquet_from_a_pipe_is_refused_with_the_reason(self):
        with pytest.raises(Unreadable, match="table of contents at its end"):
            open_source(Raw(as_parquet(rows(1))), size=0)


class TestCsv:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_whatever_divides_the_cells(self, delimiter):
        source = opened(as_csv(rows(4), delimiter=delimiter), "a.csv")
        assert source.delimiter == delimiter
        assert told(source)[1][1]["properties"] == {"plan": "team", "amount": 1}

    def test_a_file_of_one_column_has_commas(self):
        assert opened(b"user_id\na\nb;c\n", "a.csv").header == ("user_id",)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
    def test_whichever_program_wrote_it(self, encoding):
        data = "user_id,event\r\nJosé,Grün\r\n".encode(encoding)
        assert told(opened(data, "a.csv"))[0][1] == {"userId": "José", "event": "Grün", "type": "track"}

    def test_one_broken_character_among_good_ones_costs_itself(self):
        data = "user_id,event,x\nJosé,Grün,%\nzoë,é%,1\n".encode().replace(b"%", b"\xff")
        source = opened(data, "a.csv")
        source.use(guess(source.header, []))
        first, second = preview(source, list(source.numbered()), now=NOW)
        assert (first.message.mended, first.message.properties) == (1, {"x": "\ufffd"})
        assert second.drop.reason == "unstorable"  # in a name two could become one

    def test_cells_may_hold_line_breaks_quotes_and_delimiters(self):
        data = b'user_id,event,x\nu,E,"a ""b"",\r\nc"\nv,E,2\n'
        assert told(opened(data, "a.csv")) == [
            (2, {"userId": "u", "event": "E", "type": "track", "properties": {"x": 'a "b",\r\nc'}}),
            (4, {"userId": "v", "event": "E", "type": "track", "properties": {"x": 2}}),
        ]

    def test_rows_are_numbered_as_editors_count_and_blank_lines_are_none(self):
        assert [number for number, _ in told(opened(b"user_id,event\n\nu,E\n\n\nv,E", "a.csv"))] == [3, 6]

    def test_too_few_and_too_many_cells_are_told_and_empty_ones_forgiven(self):
        source = opened(b"user_id,event\nu\nv,E\nw,E,,\nx,E,1\n", "a.csv")
        assert reasons(source) == [(2, "bad_row"), (5, "bad_row")]

    def test_a_quote_that_is_never_closed_costs_its_own_line(self):
        table = as_csv(rows(5_000)).splitlines(keepends=True)
        table[100] = b'u,"E\n'
        table[4_990] = b'u,"E\n'
        source = opened(b"".join(table), "a.csv")
        assert reasons(source) == [(101, "bad_row"), (4_991, "bad_row")]

    def test_many_of_them_cost_time_within_bounds(self, monkeypatch):
        monkeypatch.setattr(delimited, "MAX_ROW", 2_000)
        monkeypatch.setattr(delimited, "_MOST_TAKEN_BACK", 20)
        data = b"user_id,event\n" + (b'u,"E\n' + b"v,E\n" * 600) * 30
        found = told(
            opened(data, "a.csv"),
            {"columns": {"user_id": "userId", "event": "event"}, "constants": {"type": "track"}},
        )
        bad = [number for number, what in found if what == "bad_row"]
        assert bad[:20] == [2 + 601 * place for place in range(20)]  # each costs itself
        assert 12_000 < len(found) - len(bad) < 600 * 30  # later ones cost what they took with them

    def test_a_long_line_a_long_cell_and_nuls_cost_their_own_rows(self):
        table = [b"user_id,event,x", b"a,E,1", b"b,E," + b"x" * 10_000_000, b"c,E,2", b"d,E," + b"y" * 1_000_000]
        table += [b"e,E,3", b"f\x00,E,4", b"g,E,5\x00", b"h,E," + b"z" * 40_000, b"i,E,6"]
        found = dict(told(opened(b"\n".join(table) + b"\n", "a.csv")))
        assert {number: what for number, what in found.items() if isinstance(what, str)} == {
            3: "event_too_large",
            5: "event_too_large",
            7: "unstorable",
            9: "event_too_large",
        }
        assert found[8]["properties"] == {"x": "5\x00"}  # which the steps mend
        assert found[10]["userId"] == "i"

    def test_a_long_line_inside_of_a_quoted_cell_does_not_take_its_neighbours(self):
        data = b'user_id,event\na,"E\n' + b"x" * 300_000 + b'\n"\nb,E\n'
        assert told(opened(data, "a.csv"))[-1][1]["userId"] == "b"

    def test_a_gzip_that_ends_in_the_middle_keeps_what_came_before(self):
        random.seed(3)
        table = [[random.randbytes(9).hex(), "E", "2026-01-01", "x", "1"] for _ in range(20_000)]
        packed = gzip.compress(as_csv(table))
        source = opened(packed[: len(packed) // 2], "a.csv.gz")
        source.use(guess(source.header, []))
        seen = []
        with pytest.raises(BrokenFile, match=r"after line [\d,]+: "):
            seen.extend(source.numbered())
        assert 1_000 < len(seen) < 20_000

    def test_reading_goes_on_after_a_row(self):
        whole = list(opened(as_csv(rows(40)), "a.csv").numbered())
        assert list(opened(as_csv(rows(40)), "a.csv").numbered(after=21)) == whole[20:]

    def test_names_are_made_unique(self):
        assert opened(b"user_id,,x,x, x \n1,2,3,4,5\n", "a.csv").header == ("user_id", "column 2", "x", "x 2", "x 3")

    def test_rejected_rows_are_shown_as_they_stand(self):
        source = opened(b'user_id;event\n"a;b";"x\ny"\n', "a.csv")
        assert source.text(next(iter(source.numbered()))[1]) == '"a;b";"x\ny"'


class TestParquet:
    def test_typed_values_need_no_guess(self):
        found = told(opened(as_parquet(rows(2))))
        assert found[1] == (
            2,
            {
                "userId": "user-1",
                "event": "Report Shared",
                "timestamp": "2026-02-02T10:00:01+00:00",
                "type": "track",
                "properties": {"plan": "team", "amount": 1},
            },
        )

    @pytest.mark.parametrize("compression", ["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
    def test_any_compression(self, compression):
        assert len(told(opened(as_parquet(rows(3), compression=compression)))) == 3

    def test_nested_and_rare_values_become_json(self):
        table = pa.table(
            {
                "user_id": pa.array([1.0, None]),
                "event": ["E", "E"],
                "ns": pa.array([1_772_452_800_123_456_789, None], pa.timestamp("ns", "UTC")),
                "deep": pa.array([{"a": [{"b": Decimal("1.50")}]}, None]),
                "map": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int32())),
                "raw": pa.array([b"\xff", b"text"]),
                "nan": pa.array([float("nan"), 2.0]),
                "word": pa.array(["x", "x"]).dictionary_encode(),
                "nothing": pa.nulls(2),
            }
        )
        mapping = {
            "columns": {"user_id": "userId", "event": "event"},
            "others": "properties",
            "constants": {"type": "track"},
        }
        first, second = told(opened(written(table)), mapping)
        assert first[1]["userId"] == "1"
        assert json.loads(json.dumps(first[1]["properties"] | {"nan": None})) == {
            "ns": "2026-03-02T12:00:00.123456+00:00",
            "deep": {"a": [{"b": 1.5}]},
            "map": {"k": 1},
            "raw": "/w==",
            "nan": None,
            "word": "x",
        }
        assert second == (2, "missing_identity")

    def test_a_time_beyond_all_calendars_costs_its_own_row(self):
        times = pa.array([10**15, 9_000_000_000_000_000_000, 10**15], pa.timestamp("us"))
        table = pa.table({"user_id": ["a", "b", "c"], "event": ["E", "E", "E"], "time": times})
        assert reasons(opened(written(table))) == [(2, "bad_cell")]

    def test_reading_goes_on_after_a_row_and_skips_whole_groups(self):
        data = as_parquet(rows(2_000), row_group_size=300)
        whole = list(opened(data).numbered())
        assert [number for number, _ in whole] == list(range(1, 2_001))
        for after in (0, 1, 299, 300, 301, 511, 512, 1_999, 2_000):
            assert list(opened(data).numbered(after)) == whole[after:]

    def test_a_page_that_breaks_keeps_what_came_before(self):
        data = bytearray(as_parquet(rows(3_000), row_group_size=1_000, compression="snappy"))
        middle = len(data) // 2
        data[middle : middle + 400] = b"\xff" * 400
        source = opened(bytes(data))
        source.use(guess(source.header, []))
        seen = []
        with pytest.raises(BrokenFile, match="after row"):
            seen.extend(source.numbered())
        assert len(seen) >= 1_000

    def test_it_is_read_by_one_thread_and_in_parts(self):
        """A file that lies in pieces in the database is fetched by the connection of the reading thread."""
        import threading

        threads, longest = set(), 0

        class Noting(io.BytesIO):
            def read(self, size=-1):
                nonlocal longest
                threads.add(threading.get_ident())
                part = super().read(size)
                longest = max(longest, len(part))
                return part

        data = as_parquet([[f"{n}{random.random()}", "E", "2026-02-01", "x", str(n)] for n in range(60_000)])
        source = open_source(Noting(data), size=len(data))
        source.use(guess(source.header, []))
        assert sum(1 for _ in source.numbered()) == 60_000
        assert threads == {threading.get_ident()}
        assert longest < len(data)


class TestBombs:
    def test_gzip_out_of_proportion_is_broken(self, monkeypatch):
        monkeypatch.setattr(unpacking, "ALWAYS_FINE", 1 << 20)
        with pytest.raises(BrokenFile, match="250 times its size"):
            list(opened(gzip.compress(b"\n" * 50_000_000)).numbered())

    def test_a_line_without_end_takes_no_memory(self):
        data = gzip.compress(b'{"a": "' + b"x" * 100_000_000)
        source = opened(data)
        tracemalloc.start()
        assert len(list(source.numbered())) == 1
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 20_000_000

    def test_rows_that_cost_no_bytes_are_refused(self):
        table = pa.table({"user_id": pa.array(["u"] * 3_000_000).dictionary_encode()})
        with pytest.raises(Unreadable, match="claims to hold 3,000,000 rows"):
            opened(written(table, write_statistics=False))

    def test_a_column_out_of_proportion_is_refused(self, monkeypatch):
        from onboarding.intake.imports import parquet

        monkeypatch.setattr(parquet, "ALWAYS_FINE", 1 << 20)
        table = pa.table({"user_id": ["u" * 1_000_000] * 20})
        with pytest.raises(Unreadable, match="500 times its size"):
            opened(written(table, compression="zstd", use_dictionary=False))
