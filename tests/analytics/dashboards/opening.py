"""A workspace in which every card of the adoption page has something to tell, and a reader of its links."""

import random
import re
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

from django.urls import reverse

from analytics.reports.markup import Node, read
from onboarding.features.learning import learn
from onboarding.feedback.models import Answer
from onboarding.usage import declaring, projection
from onboarding.usage.models import KeyEvent
from tests.analytics.conftest import LADDER
from tests.analytics.events import climb, group, send, track
from workspaces.scope import scope

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
UNLOCKING = LADDER.read_text().replace(
    "{key: connect, name: Connect a source,", "{key: connect, name: Connect a source, unlock: exports,"
)
LISTS = re.compile(r"/adoption/(people|people/use|accounts|answers|stuck)/\?")
# What a list of people is not as long as: estimates. In their row another number opens the people they are made of.
ESTIMATES = re.compile(
    "95% interval|Median|Mean|Took|Less than|Left|Half|Nine of ten|^p$|Score|All together|Of those with|"
    "Reached value|Forecast|By day|^Window"
)


def populate(workspace, publish, clock, *, seed=4, people=120):
    """People of two versions and three plans, their use, answers and accounts."""
    rng = random.Random(seed)
    publish(workspace, UNLOCKING, at=clock - 200 * DAY)
    workspace.values = ["seats"]
    workspace.save()
    publish(workspace, UNLOCKING.replace("Data first.", "Data before all."), at=clock - 40 * DAY)
    with scope(workspace):
        learn()
        exported = KeyEvent.objects.create(key="export", name="Export", criterion={"event": "Exported"})
        KeyEvent.objects.create(key="look", name="Look", criterion={"event": "Looked"})
        declaring.declare_use("exports", exported)
    log, said = [], []
    for number in range(people):
        who, start = f"p{number}", clock - rng.uniform(0.05, 170) * DAY
        plan = rng.choice(["free", "free", "pro", ""])
        after, steps = timedelta(), {}
        for rung, share in (("connect", 0.95), ("invite", 0.7), ("report", 0.9)):
            after += rng.expovariate(0.5) * DAY
            if rng.random() > share:
                break
            steps[rung] = after
        if number % 5 == 0:
            log.append(group(who, start - HOUR, f"firm{number}", seats=5))
            log.append(group(who, start + 10 * DAY, f"firm{number}", seats=rng.choice([5, 9, 2, 12])))
        log += climb(who, start, plan=plan, **steps)
        log += [track(who, "Looked", start + rng.uniform(0, 40) * DAY) for _ in range(rng.randrange(7))]
        log += [track(who, "Exported", start + rng.uniform(0, 30) * DAY) for _ in range(rng.randrange(3))]
        if number % 2:
            said.append((who, rng.choice([3, 6, 7, 8, 9, 9, 10]), clock - rng.uniform(1, 170) * DAY))
    log += [track(f"v{number}", "Looked", clock - 9 * DAY) for number in range(6)]
    said += [(f"v{number}", 9, clock - 5 * DAY) for number in range(6)]
    send(workspace, [message for message in log if message.occurred_at < clock])
    projection.advance(workspace.pk)
    with scope(workspace):
        Answer.objects.bulk_create(
            Answer(sender=f"u:{user}", score=score, said_at=at, source="survey") for user, score, at in said
        )
    return workspace


@dataclass(frozen=True)
class Opened:
    """A number that leads to a list: what it says, how many people it says the list holds (None: it is an estimate)."""

    address: str
    text: str
    people: int | None


def opened(card: Node) -> list[Opened]:
    """Every link of a card to a list, with the number that it says of itself."""
    found = []
    for link in card.every("a"):
        address = unescape(link.attributes.get("href", ""))
        if LISTS.search(address):
            said = re.match(r"([\d,]+) (?:of|accounts)", link.attributes.get("title", ""))
            whole = re.fullmatch(r"(?:of )?([\d,]+)", link.text)
            if "kept" in link.classes:  # a sentence that counts people
                whole = whole or re.search(r"([\d,]+) (?:person|people|more|climb|too new)", link.text)
            number = said[1] if said else whole[1] if whole else None
            found.append(Opened(address, link.text, None if number is None else int(number.replace(",", ""))))
    return found


def unopened(card: Node) -> list[str]:
    """Number cells of a card's tables that lead nowhere, but for estimates in a row that does."""
    found = []
    for table in card.every("table"):
        heads = [head.text for head in next(table.every("thead")).every("th")]
        for row in next(table.every("tbody")).every("tr"):
            cells = [cell for cell in row.children if isinstance(cell, Node) and cell.tag in ("td", "th")]
            leads = any(LISTS.search(unescape(link.attributes.get("href", ""))) for link in row.every("a"))
            for place, cell in enumerate(cells):
                if cell.tag != "td" or not re.search(r"\d", cell.text) or next(cell.every("a"), None):
                    continue
                head = heads[place] if place < len(heads) else ""
                name = row.first("th")
                difference = name is not None and name.text in ("Difference", "A minus B")  # of the rows above it
                if (leads and ESTIMATES.search(head)) or difference or cell.text in ("0", "withheld"):
                    continue
                found.append(f"{row.first('th').text if row.first('th') else ''} / {head}: {cell.text}")
    return found


def cards_of(client, workspace, sections, **query):
    """The adoption page and each of its cards, as trees by name."""
    page = client.get(reverse("dashboards:adoption", args=[workspace.slug]), query)
    assert page.status_code == 200
    found = {"page": read(page.content.decode())}
    for section in sections:
        card = client.get(
            reverse("dashboards:section", args=[workspace.slug, section.key]), query, headers={"HX-Request": "true"}
        )
        found[section.key] = read(card.content.decode())
    return found
