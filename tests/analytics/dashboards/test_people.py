"""Every figure opens the people behind it: as many as it says, and these."""

import csv
import random
import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
from django.db.models import F
from django.urls import reverse

from analytics.cubes.fold import fold
from analytics.metrics import subject as goals
from analytics.metrics.funnel import Mode, funnel
from analytics.metrics.question import ask
from analytics.reports.markup import read
from onboarding.progress import engine
from onboarding.progress.models import Journey
from tests.analytics.conftest import LADDER
from tests.analytics.events import climb, send
from tests.workspaces.api.conftest import Program
from workspaces.keys.models import ApiKey
from workspaces.scope import scope

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def climbed(workspace, other_workspace, publish, clock):
    """Acme with sixty people of all kinds; Globex with one who climbs alike."""
    publish(workspace)
    publish(other_workspace)
    rng = random.Random(8)
    log = []
    for number in range(60):
        after, reached = timedelta(), {}
        for rung in ("connect", "invite", "report"):
            # Sometimes to the very end of the window, sometimes just beyond it.
            to_the_end = 7 * DAY - after if rng.random() < 0.1 else None
            beyond = 7 * DAY - after + timedelta(microseconds=1) if rng.random() < 0.1 else None
            after += to_the_end or beyond or rng.choice([HOUR, rng.uniform(0, 2) * DAY])
            if rng.random() < 0.85:
                reached[rung] = after
        plan = rng.choice(["free", "pro", ""])
        log += climb(f"p{number:02}", clock - rng.uniform(0.1, 85) * DAY, plan=plan, **reached)
    send(workspace, log)
    send(other_workspace, climb("zoe", clock - 20 * DAY, connect=HOUR))
    return workspace


@pytest.fixture
def people(climbed, ben, client_for, clock):
    client = client_for(ben)

    def get(status=200, **query):
        query = {"as_of": clock.date().isoformat(), "window": "7", **query}
        response = client.get(reverse("dashboards:people", args=[climbed.slug]), query)
        assert response.status_code == status
        return response

    return get


def listed(response):
    return response.context["page"].paginator.count


def shown(response):
    return list(response.context["page"].object_list)


def test_every_step_of_the_funnel_opens_as_many_people_as_it_counts(climbed, people, clock):
    with scope(climbed):
        question = ask(
            climbed, ladder="admin", as_of=clock.date().isoformat(), window=7, period_days=90, now=clock + 300 * DAY
        )
        found = funnel(question.counts(), question.subject, question.as_of, window_days=7, mode=Mode.ORDERED)
    assert listed(people(state="mature")) == found.mature > 20
    assert listed(people(state="began")) == found.began
    for step in found.steps[1:]:
        assert listed(people(state="reached", rung=step.key)) == step.within.mature.count > 0
        assert listed(people(state="stuck", rung=step.key)) == step.lost > 0


def test_a_segment_opens_its_people_and_those_without_the_trait(people):
    everybody = listed(people(state="began"))
    parts = [listed(people(state="began", trait="plan", value=value)) for value in ("free", "pro", "not set")]
    assert sum(parts) == everybody
    assert min(parts) > 0


def test_days_narrow_the_list_to_a_cohort(people, clock):
    first, last = (clock - 40 * DAY).date(), (clock - 20 * DAY).date()
    response = people(state="began", **{"from": first.isoformat(), "to": last.isoformat()})
    started = [journey.started_at.date() for journey in shown(response)]
    assert started
    assert all(first <= day <= last for day in started)


def test_a_person_is_listed_with_a_link_to_their_page(people, climbed):
    text = people(state="reached", rung="report").content.decode()
    links = re.findall(rf'href="(/w/{climbed.slug}/people/\d+/)"', text)
    assert links
    assert "after 7 days" in text


def test_nobody_of_another_workspace_is_listed(people):
    everybody = [*shown(people(state="began")), *shown(people(state="began", page="2"))]
    assert {journey.person.external_id for journey in everybody} == {f"p{number:02}" for number in range(60)}


def test_each_side_of_a_before_and_after_opens_its_people(workspace, publish, client_for, ben, clock):
    publish(workspace, at=clock - 100 * DAY)
    publish(workspace, LADDER.read_text().replace("Data first.", "Data before all."), at=clock - 40 * DAY)
    rng = random.Random(9)
    log = [climb(f"v{number}", clock - rng.uniform(1, 80) * DAY, report=HOUR) for number in range(120)]
    send(workspace, [message for one in log for message in one])
    browser = client_for(ben)
    adoption = browser.get(
        reverse("dashboards:adoption", args=[workspace.slug]), {"as_of": clock.date().isoformat(), "period": "90"}
    )
    changed = adoption.context["board"].versions
    links = re.findall(r'href="([^"]*version=\d[^"]*)">Version', adoption.content.decode())
    counted = [listed(browser.get(unescape(link))) for link in links]
    assert counted == [changed.now.people, changed.before.people]
    assert sum(counted) == 120
    # Also of days that ended before today, since when more have begun on the new version.
    ended = {"from": (clock - 80 * DAY).date().isoformat(), "to": (clock - 10 * DAY).date().isoformat()}
    adoption = browser.get(reverse("dashboards:adoption", args=[workspace.slug]), ended)
    changed = adoption.context["board"].versions
    links = re.findall(r'href="([^"]*version=\d[^"]*)">Version', adoption.content.decode())
    assert changed.now.people < counted[0]
    assert listed(browser.get(unescape(links[0]))) == changed.now.people


def test_every_rung_in_any_order_finishing_and_each_cohort_open_as_many_as_they_count(
    climbed, people, ben, client_for, clock
):
    with scope(climbed):
        question = ask(
            climbed, ladder="admin", as_of=clock.date().isoformat(), window=30, period_days=90, now=clock + 300 * DAY
        )
        counts = question.counts()
        finished = counts.towards(goals.finished(question.subject)).within(30, question.as_of).mature.count
        done = {
            rung.key: counts.towards(goals.rung(question.subject, rung.key)).people_reached
            for rung in question.subject.rungs
        }
    assert listed(people(state="finished", window="30")) == finished > 5
    assert {key: listed(people(state="done", rung=key)) for key in done} == done
    browser = client_for(ben)
    adoption = browser.get(
        reverse("dashboards:adoption", args=[climbed.slug]), {"as_of": clock.date().isoformat(), "period": "90"}
    )
    cells = re.findall(r'<small><a href="([^"]*state=value[^"]*)">(\d+)</a></small>', adoption.content.decode())
    assert len(cells) > 20
    for link, told in random.Random(1).sample(cells, 12):
        assert listed(browser.get(unescape(link))) == int(told)


def test_every_rung_is_told_of_those_who_were_watched_as_programs_are_told(climbed, people, ben, client_for, clock):
    asked = {"ladder": "admin", "as_of": clock.date().isoformat(), "period": "90", "window": "30"}
    program = Program(ApiKey.issue(climbed, kind="secret", name="Warehouse", scopes=["adoption:read"])[1])
    figures = program.get(f"metrics/rung_conversion?{urlencode(asked)}").json()["figures"]
    page = client_for(ben).get(reverse("dashboards:adoption", args=[climbed.slug]), asked)
    [table] = [one for one in read(page.content.decode()).every("table") if one.first("th").text == "Rung"]
    rows = list(table.every("tr"))[1:]
    for row, line, figure in zip(rows, page.context["board"].rungs, figures, strict=True):
        reached, of = figure["value"]["people"], figure["value"]["of"]
        assert 5 < of < line.pace.people  # some are too new
        reached_cell, share_cell = list(row.every("td"))[:2]
        assert (reached_cell.text, share_cell.text) == (str(reached), f"{reached / of:.0%}")
        link = share_cell.first("a").attributes
        assert link["title"] == f"{reached} of {of} people"
        opened = client_for(ben).get(unescape(link["href"]))
        assert listed(opened) == reached
        assert "within 30 days, in whatever order" in opened.content.decode()


def test_a_persons_journey_leads_to_the_event_behind_each_step_and_to_all_of_theirs(climbed, people, ben, client_for):
    browser = client_for(ben)
    someone = next(one for one in shown(people(state="done", rung="connect")))
    text = browser.get(reverse("widget:person", args=[climbed.slug, someone.person_id])).content.decode()
    everything = unescape(re.search(r'href="([^"]+)">All their events', text)[1])
    proofs = [unescape(link) for link in re.findall(r'<small><a href="([^"]*message=[^"]*)"><code>', text)]
    assert proofs
    for link in (everything, *proofs):
        page = browser.get(link)
        assert page.status_code == 200
        assert someone.person.external_id in page.content.decode()
    assert "Connected" in browser.get(proofs[0]).content.decode()


def test_those_on_the_way_have_not_reached_the_rung_at_all(people, clock):
    waiting = shown(people(state="waiting", rung="report"))
    assert waiting
    assert not [one for one in waiting if one.first_value_at and one.first_value_at < clock + 12 * HOUR]


@pytest.mark.parametrize(
    "query, answer",
    [
        ({"state": "lost"}, "“lost” is none of these"),
        ({"state": "stuck"}, "Name the rung"),
        ({"state": "stuck", "rung": "moon"}, "has no rung “moon”"),
        ({"trait": "colour", "value": "red"}, "“colour” is no segment here"),
        ({"from": "soon"}, "written like 2026-03-31, not “soon”"),
        ({"version": "9"}, "has no version “9”"),
        ({"ladder": "moon"}, "no published ladder “moon”"),
    ],
)
def test_a_list_that_makes_no_sense_gets_a_sentence(people, query, answer):
    assert answer in people(status=400, **query).content.decode()


def test_values_that_no_trait_can_have_are_had_by_nobody(climbed, people, ben, client_for):
    browser = client_for(ben)
    assert listed(people(trait="plan", value="\x00x", trait2="plan", value2="\x00")) == 0
    stuck = reverse("dashboards:stuck", args=[climbed.slug])
    assert browser.get(stuck, {"trait": "plan", "value": "\x00", "period": "365"}).status_code == 200
    for use in ("adopted", "again"):
        asked = {"use": use, "about": "\x00"}
        assert browser.get(reverse("dashboards:use_people", args=[climbed.slug]), asked).status_code == 400


def test_a_page_beyond_the_last_is_the_last(people):
    assert people(state="began", page="999").context["page"].number >= 1


def test_strangers_find_nothing_and_visitors_are_asked_to_log_in(climbed, cyd, client_for, client):
    for name in ("dashboards:adoption", "dashboards:people"):
        address = reverse(name, args=[climbed.slug])
        assert client_for(cyd).get(address).status_code == 404
        assert client.get(address)["Location"].startswith("/accounts/login/")


def test_first_value_opens_those_who_reached_it_and_those_on_the_way(climbed, people, clock):
    with scope(climbed):
        question = ask(
            climbed, ladder="admin", as_of=clock.date().isoformat(), window=7, period_days=90, now=clock + 300 * DAY
        )
        tally = question.counts().towards(goals.first_value(question.subject))
        within = tally.within(7, question.as_of)
    assert listed(people(state="value")) == within.mature.count > 10
    assert listed(people(state="no-value")) == tally.people - tally.people_reached > 5


def test_lists_as_of_a_past_day_say_so_and_tell_nothing_that_came_later(climbed, people, ben, client_for, clock):
    then = (clock - 40 * DAY).date()
    asked = {"ladder": "admin", "as_of": then.isoformat(), "period": "30", "window": "7"}
    page = people(**asked, state="no-value")
    later = [journey for journey in shown(page) if journey.first_value_at]
    assert len(later) > 3  # they have got there since
    assert page.content.decode().count("Not yet") == len(shown(page)) == listed(page)
    assert "As of the end of 21 Jan 2026." in page.content.decode()
    unseen = [journey for journey in shown(page) if journey.person.last_seen_at.date() <= then]
    assert page.content.decode().count("ago</time>") == len(unseen) < listed(page)  # the others were seen again since
    file = client_for(ben).get(reverse("reports:csv", args=[climbed.slug, "people"]), asked | {"state": "began"})
    rows = list(csv.DictReader(file.content.decode().splitlines()))
    came = [row["first_value_at"] for row in rows if row["first_value_at"]]
    assert 0 < len(came) < len(rows) == listed(people(**asked))
    assert max(came) < (then + DAY).isoformat()
    assert {bool(row["first_value_at"]) for row in rows if row["seconds_to_first_value"]} == {True}
    assert not [row for row in rows if row["last_seen_at"] > (then + DAY).isoformat()]
    program = Program(ApiKey.issue(climbed, kind="secret", name="Warehouse", scopes=["adoption:read"])[1])
    told = program.get(f"journeys?{urlencode(asked)}&state=began&limit=100").json()["data"]
    assert sum(one["first_value_at"] is not None for one in told) == len(came)
    assert max(one["finished_at"] or "" for one in told) < (then + DAY).isoformat()
    stuck = program.get(f"stuck?{urlencode(asked | {'period': '90'})}").json()["data"]
    assert [one["last_seen_at"] for one in stuck if one["last_seen_at"]] == []
    for name in ("dashboards:stuck", "dashboards:answers"):
        response = client_for(ben).get(reverse(name, args=[climbed.slug]), asked)
        assert "As of the end of 21 Jan 2026." in response.content.decode()
    assert (
        "As of the end of"
        not in client_for(ben).get(reverse("dashboards:people", args=[climbed.slug])).content.decode()
    )


def test_people_who_were_moved_are_listed_under_the_version_that_they_began_on(
    workspace, publish, client_for, ben, clock
):
    text = LADDER.read_text()
    other = text.replace("{event: Invited}", "{event: Shared}")
    assert other != text
    publish(workspace, at=clock - 100 * DAY)
    rng = random.Random(12)
    log = [
        climb(f"v{n}", clock - rng.uniform(1, 80) * DAY, connect=HOUR, invite=2 * DAY, report=9 * DAY)
        for n in range(60)
    ]
    send(workspace, [message for one in log for message in one])
    publish(workspace, other, at=clock - 40 * DAY, moves=True)
    engine.settle(workspace.pk)
    fold(workspace.pk)
    with scope(workspace):
        assert Journey.objects.exclude(version=F("began_version")).exists()
        question = ask(workspace, ladder="admin", as_of=clock.date().isoformat(), window=14, now=clock + 300 * DAY)
        tally, counts = question.counts().towards(goals.first_value(question.subject)), question.counts()
        began = {
            version.number: counts.on_version(version.version_id).towards(goals.first_value(question.subject)).people
            for version in question.subject.versions
        }
        found = funnel(counts, question.subject, question.as_of, window_days=14, mode=Mode.ORDERED)
    browser = client_for(ben)

    def many(**query):
        query = {"as_of": clock.date().isoformat(), "window": "14", **query}
        return listed(browser.get(reverse("dashboards:people", args=[workspace.slug]), query))

    assert {number: many(version=str(number)) for number in began} == began
    assert many(state="value") == tally.within(14, question.as_of).mature.count > 0
    for step in found.steps[1:]:
        assert many(state="reached", rung=step.key) == step.within.mature.count
        assert many(state="stuck", rung=step.key) == step.lost
