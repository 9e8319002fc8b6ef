"""Numbers, reports and playbooks' numbers in German: in whole, by whose language, and never where a program reads."""

import ast
import re
from html import unescape
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from analytics.dashboards.sections.ordered import sections, tiles
from analytics.metrics.reasons import OF_STATISTICS
from analytics.reports import editions, links
from analytics.reports.models import Edition
from tests.analytics.conftest import publish  # noqa: F401  (fixtures)
from tests.analytics.reports.conftest import (  # noqa: F401
    count,
    crowd,
    people,
    report,
    versions,
    worker_at_hand,
)
from workspaces.scope import scope

STATISTICS = Path(__file__).parents[2] / "analytics" / "stats"
# Words that an English page has everywhere, and no German one.
ENGLISH = re.compile(
    r"\b(the|within|people|days?|hours?|began|reached|nobody|not yet|withheld|numbers|share of|with)\b"
)
HEADINGS = {
    "dashboards:definitions": "Definitionen",
    "dashboards:views": "Gespeicherte Ansichten",
    "dashboards:people": "„Administrators“ begonnen",
    "dashboards:compare": "Niemand zu vergleichen",
    "dashboards:stuck": "Wer nicht weiterkommt",
    "reports:index": "Berichte",
    "reports:new": "Neuer Bericht",
    "reports:links": "Freigabelinks",
    "reports:export": "Die Zahlen mitnehmen",
    "reports:summaries": "Nutzenübersichten",
    "usage:index": "Kernabläufe",
}


@pytest.fixture
def read(ana, client_for):
    """What ana, who reads German and lives in Auckland, is sent."""
    ana.user.language, ana.user.time_zone = "de", "Pacific/Auckland"
    ana.user.save()
    client = client_for(ana)

    def get(name, *args, **query):
        response = client.get(reverse(name, args=[ana.workspace.slug, *args]), query)
        assert response.status_code == 200, (name, response.status_code)
        return unescape(re.sub(r"\s+", " ", response.content.decode()))

    return get


def main_of(page):
    """What stands in the page itself, without the frame around it, which has a test of its own."""
    return page[page.find("<main") : page.find("</main>")] if "<main" in page else page


def words_of(page):
    """What people read, of a page or a part of one; code and what a program sent are left out."""
    text = re.sub(
        r"(?s)<(code|pre|script|style|svg)\b.*?</\1>|<[^<>]*translate=\"no\"[^<>]*>[^<]*|<!--.*?-->", " ", main_of(page)
    )
    return re.sub(r"<[^>]+>", " ", text)


def english_in(page):
    """What is left in English, with what stands before it."""
    words = " ".join(words_of(page).split())
    return [words[max(0, found.start() - 60) : found.end() + 20] for found in ENGLISH.finditer(words)]


def drawn(page):
    """Places and sizes that SVG and browsers read."""
    for name, value in re.findall(r' (x|y|x1|x2|y1|y2|cx|cy|r|width|height|points|viewBox)="([^"]*)"', page):
        for number in value.replace(",", " ").split() if name == "points" else value.split():
            yield name, number


def test_pages_are_german_their_numbers_too_and_what_is_drawn_stays_drawn(workspace, people, read, clock):  # noqa: F811
    workspace.segments, day = ["plan"], clock.date().isoformat()
    workspace.time_zone = "America/Los_Angeles"
    workspace.save()
    for name, heading in HEADINGS.items():
        page = read(name, **({"as_of": day} if name.startswith("dashboards") else {}))
        assert f">{heading}</h1>" in page.replace(" </h1>", "</h1>"), name
        assert not english_in(page), name
    page = read("dashboards:adoption", as_of=day, split="trait:plan")
    assert re.search(r"<h1>[^<]* den ersten Nutzen innerhalb von [^<]*</h1>", page)
    assert re.search(r"\d,\d %", page)  # a space that does not break, but `read` makes them all alike
    # Not Auckland’s time beside the name of the workspace’s zone.
    assert re.search(r"Stand 3\. \w+\.? 2026, 00:00 \(America/Los_Angeles\)", page)
    cards = [read("dashboards:section", section.key, as_of=day) for section in (*sections(), *tiles())]
    for part in (page, *cards):
        assert not english_in(part)
        for name, number in drawn(part):
            assert name == "points" or "," not in number, (name, number)
    assert "data-chart=" in page
    assert "noch verfolgt" in page  # what a chart says where it is pointed at


def test_a_report_and_a_shared_view_speak_as_their_maker_and_are_kept_by_language(
    workspace,
    report,  # noqa: F811
    ana,
    client_for,
    clock,
):
    cache.clear()
    english = client_for(ana).get(reverse("reports:preview", args=[workspace.slug, report.pk])).content.decode()
    assert "Stop getting it" in english
    ana.user.language = "de"
    ana.user.save()
    german = client_for(ana).get(reverse("reports:preview", args=[workspace.slug, report.pk])).content.decode()
    assert "Nicht mehr bekommen" in german
    editions.make_due(workspace, now=clock)
    editions.render_waiting(workspace, now=clock)
    with scope(workspace):
        edition = Edition.objects.get(report=report)
        assert "der Personen erreichen den ersten Nutzen innerhalb von 14 Tagen" in edition.subject
        assert not english_in(edition.html)
        assert not english_in(edition.text)
        _, token = links.make(by=ana, label="Vorstand", days=7, ladder_key="admin", period_days=90, window_days=14)
    shared = Client().get(reverse("shared:view", args=[token]), headers={"Accept-Language": "en"})
    assert "höchstens eine Minute alt" in shared.content.decode()


@pytest.mark.pure
def test_every_reason_that_statistics_give_can_be_put_into_the_readers_language():
    given = set()
    for path in STATISTICS.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "NotComputable":
                given |= {part.value for part in node.args if isinstance(part, ast.Constant)}
    assert given
    assert given <= set(OF_STATISTICS)
