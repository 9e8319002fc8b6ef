"""The files of the cards say what the cards say, cell by cell, and of whom each row tells."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.urls import reverse

from analytics.dashboards.sections.ordered import sections
from analytics.reports.markup import Node
from analytics.reports.tables import TABLES
from tests.analytics.dashboards.opening import UNLOCKING, cards_of, populate
from workspaces.audit.csv_text import cell as defused

DAY = timedelta(days=1)


@pytest.fixture
def asked(clock):
    return {"as_of": clock.date().isoformat(), "window": "7", "period": "90", "split": "trait:plan"}


@pytest.fixture
def busy(workspace, publish, clock):
    return populate(workspace, publish, clock)


@pytest.fixture
def file(busy, ben, client_for, asked):
    """A table as a list of rows, its headings first."""
    client = client_for(ben)

    def get(name, **more):
        response = client.get(reverse("reports:csv", args=[busy.slug, name]), {**asked, **more})
        assert response["Content-Type"].startswith("text/csv"), (name, response.content.decode())
        return list(csv.reader(io.StringIO(response.content.decode(), newline="")))

    return get


def cells(row: Node) -> list[str]:
    """The texts of a row, with an empty one for every further column that a cell covers."""
    found = []
    for cell in row.children:
        if isinstance(cell, Node):
            found += [cell.text, *[""] * (int(cell.attributes.get("colspan") or 1) - 1)]
    return found


def bare(row: Iterable[str]) -> list[str]:
    """Without spaces, which links make none of and what stands in their place does."""
    return [re.sub(r"\s", "", cell) for cell in row]


def filled(row: list[str], width: int) -> list[str]:
    """Rows of a triangle end early."""
    return [*row, *[""] * (width - len(row))]


def headings(table: Node) -> list[str]:
    return cells(next(table.every("thead")).first("tr"))


def no_two_columns_are_called_the_same(cards):
    for name, card in cards.items():
        for table in card.every("table"):
            assert [column for column, times in Counter(headings(table)).items() if times > 1] == [], name


def test_every_table_of_a_card_has_a_file_with_it_cell_by_cell(busy, ben, client_for, asked, file):
    listed = set()
    cards = cards_of(client_for(ben), busy, sections(), **asked)
    for section in sections():
        tables = {table.attributes.get("data-file", ""): table for table in cards[section.key].every("table")}
        assert set(tables) == {"", *section.tables}, section.key
        for own, table in tables.items():
            width = len(headings(table))
            shown = [filled(cells(row), width) for row in next(table.every("tbody")).every("tr")]
            name = "-".join(filter(None, (section.key, own)))
            (columns, *rows) = file(name)
            assert columns[:width] == headings(table), name
            assert [bare(row[:width]) for row in rows] == [bare(map(defused, row)) for row in shown], name
            listed.add(name)
    no_two_columns_are_called_the_same(cards)
    page = client_for(ben).get(reverse("reports:export", args=[busy.slug]), asked).content.decode()
    assert listed == set(re.findall(r"([\w-]+)\.csv\?", page)) - {*TABLES, "people"}
    assert "Forecast: How earlier forecasts did" in page


def test_columns_that_would_be_called_the_same_are_numbered(busy, file):
    """A trait may be called as a column is, even as one that says where a row comes from."""
    busy.segments = [*busy.segments, "score"]
    busy.save()
    columns, *rows = file("nps", split="trait:score")
    assert columns.index("Score") < columns.index("Score (2)")
    assert rows[0][columns.index("Score")] == "This period"
    assert re.fullmatch(r"[+−]?\d+", rows[0][columns.index("Score (2)")])


def told(rows):
    """The rows by the text in their first column."""
    columns, *rest = rows
    return {row[0]: dict(zip(columns, row, strict=True)) for row in rest}


def test_a_row_says_what_it_rests_on_itself_and_not_what_the_page_does(busy, file):
    """Of whom, from which days, within which window, split by what: empty where there is none."""
    scores = told(file("nps"))
    now, before = scores["This period"], scores["The one before"]
    assert (now["began_from"], now["began_to"]) == ("2025-12-03", "2026-03-02")
    assert (before["began_from"], before["began_to"]) == ("2025-09-04", "2025-12-02")
    assert (now["split"], scores["free"]["split"]) == ("everybody", "by plan")
    for row in scores.values():
        assert (row["window_days"], row["immature_share"]) == ("", "")
        assert row["n"] == row["People"] or row["People"] == "withheld"
    (feature,) = told(file("features")).values()
    unlocked, new = int(feature["Unlocked"]), int(feature["Too recent"])
    assert (int(feature["n"]), float(feature["immature_share"])) == (unlocked - new, round(new / unlocked, 6))
    (seats,) = told(file("expansion")).values()
    assert 0 < int(seats["n"]) < 24  # accounts
    assert seats["window_days"] == "30"
    forecasts = told(file("forecast", window="30"))
    assert len({row["began_from"] for row in forecasts.values()}) > 1
    for row in forecasts.values():
        assert row["n"] == row["People"] or row["People"] == "withheld"
        assert row["immature_share"] == ""
    for row in told(file("stuck")).values():
        assert (row["split"], row["window_days"]) == ("everybody", "")
        assert row["n"] == row["Stuck"] or row["Stuck"] == "too few have passed"
    for row in told(file("how-it-ends")).values():
        assert row["window_days"] == row["Within"].split()[0]


@pytest.fixture
def changed(workspace, publish, versions, count, crowd, clock):
    """A second version forty days ago, with people on it and on the first."""
    publish(workspace, UNLOCKING, at=clock - 200 * DAY)
    publish(workspace, UNLOCKING.replace("Data first.", "Data before all."), at=clock - 40 * DAY)
    first, second = versions(workspace)
    count(workspace, crowd(first, 120, days=80, until=clock - 41 * DAY))
    count(workspace, crowd(second, 60, seed=2, days=39))
    return workspace


def test_a_version_s_row_names_its_own_days_and_the_metric_of_each_of_its_numbers(
    changed, ben, client_for, asked, clock
):
    client, asked = client_for(ben), {**asked, "split": "version"}
    response = client.get(reverse("reports:csv", args=[changed.slug, "versions"]), asked)
    versions = {row["version"]: row for row in csv.DictReader(io.StringIO(response.content.decode(), newline=""))}
    newest, earlier = versions["Version 2"], versions["Version 1"]
    assert newest["began_from"] == earlier["began_to"] == (clock - 40 * DAY).date().isoformat()
    assert earlier["began_from"] == (clock - 130 * DAY).date().isoformat()
    for row in (newest, earlier):
        assert int(row["n"]) == int(row["of"]) > 30
        assert "time_to_first_value v" in row["definition"]
        assert row["split"] == "before and after the newest version"
    page = cards_of(client, changed, (), **asked)
    no_two_columns_are_called_the_same(page)
    (curve,) = [one.text for one in page["page"].every("details", having="told") if "Mean wait" in one.text]
    assert re.search(r"Version 1 \d+ people, \d+ too new.*, began 23 Oct 2025 – 21 Jan 2026", curve)
    assert "People who began “" in curve
