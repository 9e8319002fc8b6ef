"""What a card says of itself under "How this is told": whom it tells of, and who is too new for it."""

import re
from datetime import datetime

import pytest

from analytics.dashboards.sections.ordered import sections
from onboarding.progress.models import Journey
from tests.analytics.dashboards.opening import cards_of, populate
from workspaces.scope import scope

PERIOD = re.compile(r"(\d+ \w+ \d{4}) – (\d+ \w+ \d{4})")
# Of whom: people who did something else than begin in these days, or accounts.
OTHERS = ("features", "nps", "expansion")


def facts(card):
    """The terms of every "How this is told" of a card, with what they say."""
    for details in card.every("details", having="told"):
        if next(details.every("dl"), None):
            terms = [row for row in details.every("div") if row.first("dt")]
            yield {row.first("dt").text: row.first("dd").text for row in terms}


def number(text):
    return int(re.match(r"[\d,]+", text)[0].replace(",", ""))


def counted(said):
    """Each group that is told of: its days, its people and who of them is too new."""
    whole = said.get("People who began", "")
    for term, text in said.items():
        if term == "n":
            new = number(said["Too new"]) if "Too new" in said else 0
            yield PERIOD.search(whole), number(text), new
        elif re.match(r"[\d,]+ (person|people)\b", text):
            new = re.search(r"([\d,]+) too new", text)
            yield PERIOD.search(text) or PERIOD.search(whole), number(text), number(new[1]) if new else 0


@pytest.mark.parametrize("split", ["version", "trait:plan"])
def test_no_card_tells_of_more_people_than_began_nor_forgets_who_is_too_new(
    workspace, publish, ben, client_for, clock, split
):
    populate(workspace, publish, clock)
    asked = {"as_of": clock.date().isoformat(), "window": "7", "period": "90", "split": split}
    cards = cards_of(client_for(ben), workspace, sections(), **asked)
    told = {name: list(facts(card)) for name, card in cards.items()}
    for name, some in told.items():
        assert some, name
        for said in some:
            for days, n, new in counted(said) if name not in OTHERS else ():
                first, last = (datetime.strptime(day, "%d %b %Y").date() for day in days.groups())
                with scope(workspace):
                    began = Journey.objects.filter(cohort_on__gte=first, cohort_on__lte=last).count()
                assert 0 < n + new <= began, (name, said)
    (funnel,) = [said for said in told["page"] if "Ladder completion" in said]
    (cohorts,) = [said for said in told["page"] if said["Definition"].startswith("Activation by cohort")]
    finished = re.search(r"Finished the whole ladder in (\d+) days: \S+ of ([\d,]+) people", cards["page"].text)
    assert funnel["Ladder completion"].startswith(f"{finished[2]} people, ")
    assert f"within {finished[1]} days" in funnel["Ladder completion"] or finished[1] == "7"
    for said in (cohorts, *told["time-to-convert"], *told["early-steps"]):
        assert "Too new" in said
    (expansion,) = told["expansion"]
    assert re.match(r"\d+ accounts, \d+ too new", expansion["seats"])
    (features,) = told["features"]
    assert "People who unlocked it" in features
    assert re.match(r"\d+ people, \d+ too new", features[cards["features"].first("tbody").first("th").text])
    (stuck,) = told["stuck"]
    rows = [row.every("td") for row in cards["stuck"].first("tbody").every("tr")]
    assert number(stuck["n"]) == sum(int(next(cells).text) for cells in rows)
    assert "Window" not in stuck
