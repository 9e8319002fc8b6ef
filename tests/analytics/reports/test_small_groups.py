"""Of fewer than five people no surface gives a number that another withholds: page, files, programs, paper, mail."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from analytics.dashboards import asked as asking
from analytics.dashboards.sections.ordered import sections, tiles
from analytics.dashboards.sections.rendered import rendered
from analytics.metrics.registry import METRICS
from analytics.reports import links, markup
from analytics.reports.documents import document
from analytics.reports.letters import letter_of
from analytics.reports.paper import paper_of
from analytics.reports.tables import PROVENANCE, TABLES
from onboarding.feedback.models import Answer
from onboarding.usage import projection
from tests.analytics.dashboards.opening import cards_of, populate
from tests.analytics.events import climb, group, send, track
from tests.workspaces.api.conftest import Program
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.access import Level

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CARDS = [section.key for section in (*sections(), *tiles())]
# How many people there are is told of any: members may open each of them. So is who waits, which is a list.
COUNTED = ("began", "stuck")
# Parts of the data that say what was asked for, or how many people there are, and nothing of what these did.
ASKED = ("window_days", "days", "after_days", "within_days", "level", "period", "versions", "definition_version")
ASKED += ("definitions", "began", "unwatched_people", "immature_people", "age", "landmark_days")


@pytest.fixture
def tiny(workspace, publish, clock):
    """Acme's people of three plans, and three of a plan of their own, who do everything that can be counted."""
    populate(workspace, publish, clock, people=45)
    steps = {"connect": HOUR, "invite": 2 * HOUR, "report": 3 * HOUR}
    log = []
    for number in range(3):
        who, start = f"tiny{number}", clock - (60 + number) * DAY
        log += climb(who, start, plan="tiny", **(steps if number else {"connect": HOUR}))
        log += [
            group(who, start - HOUR, f"tiny-firm{number}", seats=5),
            group(who, start + DAY, f"tiny-firm{number}", seats=7),
        ]
        log += [track(who, event, start + day * DAY) for event in ("Looked", "Exported") for day in (1, 9, 16)]
    send(workspace, log)
    projection.advance(workspace.pk)
    with scope(workspace):
        Answer.objects.bulk_create(
            Answer(sender=f"u:tiny{number}", score=10, said_at=clock - DAY, source="survey") for number in range(3)
        )
    return workspace


@pytest.fixture
def three(other_workspace, publish, clock):
    """Globex, where three people have begun in all."""
    return populate(other_workspace, publish, clock, seed=9, people=3)


@pytest.fixture
def told(clock, make_member, client_for):
    """Everything that is told of a workspace, by where."""

    def ask(workspace, **more):
        question = {"ladder": "admin", "period": "365", "window": "7", "as_of": clock.date().isoformat(), **more}
        client = client_for(make_member(workspace, f"reader-{workspace.slug}", Level.OWNER))
        program = Program(ApiKey.issue(workspace, kind="secret", name="Reader", scopes=["adoption:read"])[1])
        query = "&".join(f"{name}={value}" for name, value in question.items())
        answers = {key: program.get(f"metrics/{key}?{query}").json() for key in METRICS}
        trait = more.get("split", "").removeprefix("trait:")
        printed = {}
        for kind in ("json", "text"):
            out = io.StringIO()
            call_command(
                "metrics",
                workspace=workspace.slug,
                ladder="admin",
                as_of=question["as_of"],
                window="7",
                segment=trait,
                format=kind,
                stdout=out,
            )
            printed[kind] = out.getvalue()
        files = {}
        for name in (*TABLES, *CARDS):
            answer = client.get(reverse("reports:csv", args=[workspace.slug, name]), question)
            text = answer.content.decode() if answer["Content-Type"].startswith("text/csv") else ""
            files[name] = list(csv.DictReader(io.StringIO(text, newline="")))
        return {
            "page": cards_of(client, workspace, (*sections(), *tiles()), **question),
            "api": {key: one["figures"] for key, one in answers.items()},
            "json": json.loads(printed["json"]),
            "text": printed["text"],
            "csv": files,
            "outside": outside(workspace, query, question),
        }

    def outside(workspace, query, question):
        with scope(workspace), timezone.override(workspace.zone):
            asked = asking.read(workspace, QueryDict(query), now=timezone.now())
            paper = paper_of(workspace, asked, query=query)
            letter = letter_of(paper, workspace, name="Weekly", query=query, with_pdf=False)
            maker = workspace.members.first()
            kept = {"ladder_key": "admin", "period_days": 365, "window_days": 7, "split": question.get("split", "")}
            _, token = links.make(by=maker, label="Board", days=7, **kept)
        shared = Client().get(reverse("shared:view", args=[token])).content.decode()
        return {"pdf": document(paper, workspace), "mail": letter.html + letter.text, "shared": shared}

    return ask


def rows_of(card, name):
    """What a card says in a line that is about this."""
    for node in card.every():
        is_line = node.tag in ("tr", "li") or "interval-row" in node.classes or next(node.every("dt"), None) is not None
        head = (node.first("th") or node.first("dt") or node.first(having="interval-name")) if is_line else None
        if head is not None and head.text == name and node.tag != "dl":
            yield node.text.removeprefix(name)


def numbers_in(data, path=()):
    """Every number of JSON that is about what people did, with its place."""
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            if key not in ASKED:
                yield from numbers_in(value, (*path, key))
    elif isinstance(data, int | float) and not isinstance(data, bool) and data:
        yield path, data


def of_value(data, value):
    """The parts of JSON that are about people with this value."""
    if isinstance(data, list):
        for one in data:
            yield from of_value(one, value)
    elif isinstance(data, dict):
        if data.get("value") == value or (data.get("segment") or {}) == {"trait": "plan", "value": value}:
            yield data
        else:
            for one in data.values():
                yield from of_value(one, value)


def told_by_api(figures, value, about=None):
    """A number as its metric's figure tells it; None where it is withheld or there is none."""
    for one in figures:
        if (one["segment"] or {}).get("value") == value and about in (None, one["about"]):
            said = one["value"]
            return said.get("share", said.get("score", said.get("time_s")))
    return None


def test_of_a_segment_of_three_no_surface_says_more_than_how_many_they_are(tiny, told):
    found = told(tiny, split="trait:plan")
    said = [(name, row) for name, card in found["page"].items() for row in rows_of(card, "tiny")]
    assert {name for name, _ in said} >= {"page", "nps"}
    assert all(set(re.findall(r"\d+", row)) <= {"3"} for _, row in said), said

    rows = [row for table in found["csv"].values() for row in table if "tiny" in row.values()]
    assert len(rows) == 2
    for row in rows:
        done = {name: cell for name, cell in row.items() if name not in (*PROVENANCE, "began")}
        assert not re.search(r"\d", "".join(done.values())), row

    figures = {key: [one for one in told if of_tiny(one)] for key, told in found["api"].items()}
    assert figures["began"][0]["n"] == 3
    for key in METRICS.keys() - set(COUNTED):
        assert not list(numbers_in(figures[key])), key
        assert all("not_computable" in one["value"] for one in figures[key])

    said = list(of_value({key: found["json"][key] for key in ("segments", "use", "cohorts", "rungs")}, "tiny"))
    assert len(said) == 2
    assert not [one for one in numbers_in(said) if one[0][-1] != "period"]
    printed = [line for line in found["text"].splitlines() if " tiny " in line and "at least" not in line]
    assert printed
    assert all(set(re.findall(r"\d+", line)) <= {"0", "3"} for line in printed), printed
    assert not [name for name, text in found["outside"].items() if "tiny" in text]

    # What is told of the others, members' page, files and programs tell alike.
    segments = {row["value"]: row for row in found["csv"]["segments"]}
    retention = found["page"]["retention"]
    (week,) = re.findall(r"Week (\d+), by plan", retention.text)
    kept = {node.first("dt").text: node.first("dd").text for node in retention.every("div") if node.first("dt")}
    scores = {row["Plan"]: row["Score"] for row in found["csv"]["nps"]}
    api, compared = found["api"], 0
    for value in ("free", "pro", "not set", "tiny"):
        row = segments[value]
        shares = [
            (row["share"], told_by_api(api["activation"], value)),
            (row["median_s"], told_by_api(api["time_to_first_value"], value)),
        ]
        for cell, number in shares:
            assert (cell == "") == (number is None), (value, cell, number)
            assert number is None or float(cell) == pytest.approx(number)
        stays = told_by_api(api["retention"], value, f"week {week}, on")
        assert ("%" in kept.get(value, "")) == (stays is not None), (value, kept, stays)
        assert stays is None or kept[value].startswith(f"{stays:.0%}")
        score = told_by_api(api["nps"], value)
        assert bool(re.search(r"\d", scores[value])) == (score is not None), (value, scores, score)
        compared += sum(number is not None for number in (*(number for _, number in shares), stays, score))
    assert compared >= 8


def of_tiny(figure):
    return figure["segment"] == {"trait": "plan", "value": "tiny"}


def test_of_three_people_in_all_no_surface_says_more_than_how_many_they_are(three, told):
    found = told(three)
    assert "3 people have begun; numbers appear from five on" in found["page"]["page"].text
    for name, card in found["page"].items():
        for table in card.every("table"):
            for row in next(table.every("tbody")).every("tr"):
                done = " ".join(cell.text for cell in row.every("td"))
                assert not re.search(r"[1-9]", done.replace("fewer than 5 people", "")), (name, done)
        assert "%" not in card.text.replace("95%", ""), name
    assert not any(found["csv"].values())
    for key in METRICS.keys() - set(COUNTED):
        left = [one for one in numbers_in(found["api"][key]) if one[0][-1] != "answered_without_a_journey"]
        assert not left, key
    # How many they are stands in all parts of the data: who began, and when.
    left = {
        path
        for path, number in numbers_in(found["json"])
        if not (number == 3 and path[-1] in ("people", "n", "mature"))
    }
    assert {path[-1] for path in left} <= {"period", "answered_without_a_journey", 0, 1}, left
    assert "%" not in found["text"].replace("95%", "")
    for text in found["outside"].values():
        assert "%" not in re.sub(r"\b(95|99|4)%|<style.*?</style>|<[^>]*>", "", text, flags=re.S)


def test_outside_no_table_counts_one_to_four_people(tiny, clock):
    query = f"ladder=admin&period=365&window=7&as_of={clock.date().isoformat()}&split=trait:plan"
    with scope(tiny), timezone.override(tiny.zone):
        asked = asking.read(tiny, QueryDict(query), now=timezone.now())
        cards = [markup.read(figure.body) for figure in paper_of(tiny, asked, query=query).figures]
        inside = [markup.read(rendered(section, asked, tiny, inline=True) or "") for section in sections()]
    counts = [count for card in cards for count in counts_in(card)]
    assert len(counts) > 50
    assert not [count for count in counts if 0 < count[-1] < 5]
    # Members, who may open each of them, are told all.
    assert [count for card in inside for count in counts_in(card) if 0 < count[-1] < 5]


def counts_in(card):
    """The numbers of people in a card's tables: its title, the column, and the number."""
    title = card.first("h2")
    for table in card.every("table"):
        columns = [cell.text for cell in next(table.every("tr")).every("th")]
        for row in next(table.every("tbody")).every("tr"):
            cells = [cell for cell in row.every() if cell.tag in ("th", "td")]
            for column, cell in zip(columns[1:], cells[1:], strict=False):
                for text in (cell.text, *(small.text for small in cell.every("small"))):
                    if re.fullmatch(r"\d+", text) and column != "Score":
                        yield title.text, column, int(text)
