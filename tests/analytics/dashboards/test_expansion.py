"""Whether accounts grew, and which: against a naive count over the messages."""

import random
import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from analytics.metrics import fetch
from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.metrics.expansion import Account, Moved, accounts, expansion
from analytics.stats import NotComputable
from onboarding.progress import engine
from tests.analytics.events import climb, group, send
from workspaces.scope import scope

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def scene(clock, seed=3, firms=24):
    """Per firm: one or two people who join and begin, and sayings of seats, some before, some late, some no numbers."""
    rng = random.Random(seed)
    messages, people, said = [], {}, {}
    for number in range(firms):
        firm = f"firm{number}"
        for place in range(rng.choice([1, 2])):
            user, start = f"u{number}-{place}", clock - rng.uniform(1, 80) * DAY
            messages += [group(user, start - HOUR, firm), *climb(user, start)]
            people.setdefault(firm, []).append(start)
        for _ in range(rng.randrange(5)):
            at = min(people[firm]) + rng.choice([rng.uniform(-5, 1) * DAY, rng.uniform(0, 40) * DAY])
            if at < clock:
                seats = rng.choice([1, 5, 5, 7, 12, "many", None, 1e300])
                said.setdefault(firm, []).append((at, seats))
                messages.append(group(f"u{number}-0", at, firm, seats=seats))
    return messages, people, said


def naive(people, said, first, last, until):
    """By firm (value at the start, value on day 30) of those that began on these days and are 30 days old."""

    def number(value):
        return value if isinstance(value, int | float) and value < 1e15 else None

    found = {}
    for firm, starts in people.items():
        began = min(starts)
        if not (first <= began.date() <= last) or began + 30 * DAY >= until:
            continue
        sayings = sorted((at, value) for at, value in said.get(firm, []) if at < until)
        before = [value for at, value in sayings if at <= began]
        soon = [value for at, value in sayings if began < at <= began + DAY]
        later = [value for at, value in sayings if at <= began + 30 * DAY]
        start = before[-1] if before else soon[0] if soon else None
        found[firm] = number(start), number(later[-1] if later else None)
    return found


@pytest.mark.parametrize("named_first", [True, False])
def test_shares_and_net_change_are_those_of_a_naive_count(workspace, other_workspace, publish, clock, named_first):
    """Whether the value was named before the messages came or long after: history is taken into account."""
    messages, people, said = scene(clock)
    for one in (workspace, other_workspace):
        publish(one)
    if named_first:
        workspace.values = ["seats"]
        workspace.save()
    send(workspace, messages)
    send(other_workspace, scene(clock, seed=9)[0])
    if not named_first:
        workspace.values = ["seats"]
        workspace.save()
        engine.settle(workspace.pk)
    with scope(workspace):
        (subject,) = fetch.subjects()
        for ago in (0, 12):
            as_of = AsOf.of((clock - ago * DAY).date(), now=clock, zone=workspace.zone)
            days = Days(as_of.day - timedelta(days=75), as_of.day)
            expected = naive(people, said, *days, as_of.until)
            found = expansion("seats", accounts(subject, days, as_of, "seats"), as_of)
            known = [pair for pair in expected.values() if None not in pair]
            assert found.mature == len(expected)
            assert found.unknown == len(expected) - len(known)
            assert len(known) >= 5
            assert found.higher.count == sum(later > start for start, later in known)
            assert found.lower.count == sum(later < start for start, later in known)
            assert found.higher.count + found.same.count + found.lower.count == found.higher.of == len(known)
            assert found.net == pytest.approx(sum(b for _, b in known) / sum(a for a, _ in known) - 1)


@pytest.fixture
def page(workspace, publish, ben, client_for, clock):
    publish(workspace)
    workspace.values = ["seats"]
    workspace.save()

    def get(name, *args, status=200, **query):
        query = {"as_of": clock.date().isoformat(), **query}
        response = client_for(ben).get(
            reverse(name, args=[workspace.slug, *args]), query, headers={"HX-Request": "true"}
        )
        assert response.status_code == status
        return re.sub(r"\s+", " ", unescape(response.content.decode()))

    return get


def grown(clock, firms, start=5, later=8):
    messages = []
    for number in range(firms):
        began = clock - (40 + number) * DAY
        messages += [group(f"u{number}", began - HOUR, f"firm{number}", seats=start), *climb(f"u{number}", began)]
        messages.append(group(f"u{number}", began + 9 * DAY, f"firm{number}", seats=later if number % 2 else start))
    return messages


def test_the_card_tells_how_many_grew_and_opens_them(workspace, page, clock):
    send(workspace, grown(clock, 8))
    text = page("dashboards:section", "expansion")
    assert "No clear change in accounts’ seats within 30 days" in text  # four of eight may be chance
    assert "+30%" in text
    assert "#expansion" in text
    listed = page("dashboards:accounts", trait="seats", moved="higher")
    assert sorted(re.findall(r"firm\d+", listed)) == ["firm1", "firm3", "firm5", "firm7"]
    assert len(re.findall(r"firm\d+", page("dashboards:accounts"))) == 8


def test_a_headline_claims_growth_or_its_opposite_only_where_it_is_clear(workspace, page, clock):
    send(workspace, grown(clock, 40))
    assert "50% of accounts grew in seats within 30 days, 0% shrank" in page("dashboards:section", "expansion")
    many = {Moved.HIGHER: 8, Moved.SAME: 5, Moved.LOWER: 2}

    def clearly(*moves):
        began = clock - 40 * DAY
        told = [Account(n, "", began, 5, many[way]) for n, way in enumerate(moves)]
        return expansion("seats", told, AsOf.now(clock, zone=clock.tzinfo)).clearly

    assert clearly(*[Moved.LOWER] * 20, *[Moved.SAME] * 20) is Moved.LOWER
    assert clearly(*[Moved.LOWER] * 10, *[Moved.HIGHER] * 12, *[Moved.SAME] * 20) is None
    assert clearly(*[Moved.SAME] * 40) is None
    assert clearly(*[Moved.HIGHER] * 29) is None  # too few


def test_few_accounts_are_withheld_and_young_ones_waited_for(workspace, page, clock):
    assert "no account began in the period" in page("dashboards:section", "expansion")
    send(workspace, grown(clock, 3))
    text = page("dashboards:section", "expansion")
    assert "Too early to say whether accounts grow" in text
    assert "withheld: fewer than five accounts" in text
    assert "%" not in text.partition("<footer>")[0]


def test_without_a_named_value_there_is_no_card(workspace, page):
    workspace.values = []
    workspace.save()
    assert page("dashboards:section", "expansion") == ""
    assert "Name the values" in page("dashboards:accounts", status=400)


def test_nonsense_gets_a_sentence(page):
    for wrong in ({"trait": "moon"}, {"moved": "sideways"}, {"as_of": "2199-01-01"}):
        page("dashboards:accounts", status=400, **wrong)


def test_the_example_in_the_documentation(clock):
    as_of = AsOf.now(clock, zone=clock.tzinfo)
    began = clock - 40 * DAY
    found = expansion(
        "seats", [Account(n, "", began, a, b) for n, (a, b) in enumerate([(5, 8), (10, 10), (20, 12)])], as_of
    )
    assert (found.higher.count, found.same.count, found.lower.count) == (1, 1, 1)
    assert round(100 * found.net) == -14
    nothing = expansion("seats", [Account(1, "", began, 0, 5)], as_of)
    assert nothing.net == NotComputable("the values at the start add up to nothing")
    assert Account(1, "", began, None, 5).moved is Moved.UNKNOWN
