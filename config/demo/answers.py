"""What the demo's people answer when they are asked, a month after they began, if they would recommend it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from config.demo.story import Company

ASKED_AFTER_DAYS = 30
ANSWERING = 0.45
SOURCE = "30-day survey"
SCORES = ((9, 10), (7, 8), (0, 1, 2, 3, 4, 5, 6))  # promoters, passives, detractors
COMMENTS = (
    ("Saves me an hour a day.", "The board is the first thing I open.", ""),
    ("Good, once it was connected.", ""),
    ("Connecting our warehouse system took too long.", "I still keep a list on paper.", ""),
)


@dataclass(frozen=True)
class Asked:
    """Somebody who began, and their plan then."""

    sender: str
    began_at: datetime
    plan: str


@dataclass(frozen=True)
class Told:
    sender: str
    score: int
    said_at: datetime
    comment: str


def answers(company: Company, people: list[Asked], *, now: datetime) -> Iterator[Told]:
    """The answers up to `now`: by `company.recommends`, the weights of promoters, passives and detractors by plan."""
    for person in people:
        random = Random(f"{company.seed}/answer/{person.sender}")
        said_at = person.began_at + timedelta(days=ASKED_AFTER_DAYS + random.expovariate(1 / 2))
        if person.plan not in company.recommends or random.random() >= ANSWERING or said_at >= now:
            continue
        kind = random.choices(range(len(SCORES)), weights=company.recommends[person.plan])[0]
        yield Told(person.sender, random.choice(SCORES[kind]), said_at, random.choice(COMMENTS[kind]))
