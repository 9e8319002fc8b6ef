"""The net promoter score, and the very answers that it counts."""

import random
import re
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from analytics.metrics import fetch
from analytics.metrics.advocacy import Count, Kind, advocacy, counted, listed
from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.stats import NotComputable
from onboarding.feedback.models import Answer
from tests.analytics.events import climb, send, track
from workspaces.scope import scope

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def say(workspace, *answers):
    """(user, score, when)"""
    with scope(workspace):
        Answer.objects.bulk_create(
            Answer(sender=f"u:{user}", score=score, said_at=at, source="survey") for user, score, at in answers
        )


@pytest.fixture
def climbed(workspace, publish, clock):
    """p0 to p29 on the ladder, every third on the plan pro; visitor is not."""
    publish(workspace)
    sent = [
        message
        for number in range(30)
        for message in climb(f"p{number}", clock - 40 * DAY, plan="free" if number % 3 else "pro")
    ]
    send(workspace, [*sent, track("visitor", "Looked", clock - 30 * DAY)])
    return workspace


@pytest.fixture
def page(climbed, ben, client_for, clock):
    def get(name, *args, **query):
        address = reverse(name, args=[climbed.slug, *args])
        query = {"as_of": clock.date().isoformat(), "period": "30", **query}
        response = client_for(ben).get(address, query, headers={"HX-Request": "true"})
        assert response.status_code == 200
        return re.sub(r"\s+", " ", unescape(response.content.decode()))

    return get


def test_the_score_counts_the_last_answer_of_each_person_in_the_period(climbed, clock):
    """Against a count of the answers one by one."""
    rng = random.Random(5)
    said = [
        (f"p{rng.randrange(30)}", rng.randrange(11), clock - rng.uniform(0.5, 60) * DAY - number * timedelta(seconds=1))
        for number in range(120)
    ]
    say(climbed, *said, ("visitor", 0, clock - DAY))
    with scope(climbed):
        (subject,) = fetch.subjects()
        for ago, first_ago in ((0, 29), (0, 59), (10, 39)):
            as_of = AsOf.of((clock - ago * DAY).date(), now=clock, zone=climbed.zone)
            days = Days((clock - first_ago * DAY).date(), as_of.day)
            last = {}
            for user, score, at in sorted(said, key=lambda one: one[2]):
                if days.first <= at.date() <= days.last:
                    last[user] = score
            found = advocacy(counted(subject, days, as_of, trait="plan"), by_trait=True)
            assert found.people == len(last)
            assert found.score.promoters == sum(score >= 9 for score in last.values())
            assert found.score.detractors == sum(score <= 6 for score in last.values())
            assert found.elsewhere == (1 if ago == 0 else 0)
            pro = {user: score for user, score in last.items() if int(user[1:]) % 3 == 0}
            (group,) = (one for one in found.groups if one.value == "pro")
            assert group.people == len(pro)
            if not group.withheld:
                assert group.score.promoters == sum(score >= 9 for score in pro.values())
            assert sum(one.people for one in found.groups) == found.people
            strangers = listed(subject, days, as_of, kind=Kind.ELSEWHERE)
            assert [one.score for one in strangers] == [0] * found.elsewhere
            for kind in set(Kind) - {Kind.ELSEWHERE}:
                low, high = kind.scores
                shown = listed(subject, days, as_of, kind=kind)
                assert sorted(one.score for one in shown) == sorted(s for s in last.values() if low <= s <= high)


def test_the_card_tells_score_interval_and_the_period_before(climbed, page, clock):
    say(climbed, *((f"p{number}", 9 if number < 12 else 5 if number < 18 else 8, clock - DAY) for number in range(24)))
    say(climbed, *((f"p{number}", 3, clock - 35 * DAY) for number in range(6)), ("visitor", 1, clock - DAY))
    text = page("dashboards:section", "nps", split="trait:plan")
    assert "Net promoter score 25, somewhere from" in text
    assert "The one before" in text
    assert "−100" in text
    assert re.search(r"kind=elsewhere[^>]*>1 more answered who have not begun this ladder", text)
    assert "#nps" in text
    assert re.search(r"adoption/answers/\?[^\"]*trait=plan&value=pro", text)


def test_the_answers_behind_the_score_can_be_opened(climbed, page, clock):
    say(climbed, ("p0", 10, clock - DAY), ("p1", 2, clock - DAY), ("p1", 9, clock - 2 * DAY), ("visitor", 3, clock))
    text = page("dashboards:answers")
    assert ">p0<" in text
    assert ">p1<" in text
    assert "visitor" not in text
    assert text.count('class="row-link"') == 2
    assert page("dashboards:answers", kind="detractors").count('class="row-link"') == 1
    assert page("dashboards:answers", trait="plan", value="pro").count('class="row-link"') == 1


def test_nonsense_gets_a_sentence(climbed, ben, client_for):
    address = reverse("dashboards:answers", args=[climbed.slug])
    for wrong in ({"kind": "moon"}, {"trait": "moon"}, {"as_of": "2199-01-01"}):
        assert client_for(ben).get(address, wrong).status_code == 400


def test_too_few_answers_are_no_score_and_are_not_counted_out_loud(climbed, page, clock):
    say(climbed, *((f"p{number}", 10, clock - DAY) for number in range(4)))
    text = page("dashboards:section", "nps")
    assert "Too few answers for a net promoter score" in text
    assert "withheld" in text
    assert "100" not in text.replace('width="100%"', "")


def test_before_any_answer_the_card_leads_to_the_import(page):
    text = page("dashboards:section", "nps")
    assert "Nobody has been asked yet" in text
    assert "/feedback/" in text


def test_another_workspaces_answers_are_not_counted(climbed, other_workspace, page, clock):
    say(other_workspace, *((f"p{number}", 10, clock - DAY) for number in range(30)))
    assert "Nobody has been asked yet" in page("dashboards:section", "nps")


def test_a_group_that_could_be_reckoned_from_the_others_is_withheld_with_them():
    counts = [Count(True, "pro", 9, 3), Count(True, "free", 9, 12), Count(True, None, 2, 40)]
    found = advocacy(counts, by_trait=True)
    assert {one.value: one.withheld for one in found.groups} == {"not set": False, "free": True, "pro": True}
    assert advocacy([Count(True, "pro", 9, 4), Count(True, "free", 9, 4)], by_trait=True).groups == ()
    assert isinstance(advocacy([], by_trait=False).score, NotComputable)
