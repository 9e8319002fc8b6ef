"""What a criterion would have made of those who began lately, on the composer's fragment and behind it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from milestones.ladders import drafts
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import load
from onboarding.people.models import Person
from onboarding.progress import effect, engine
from onboarding.progress.effect import effect_of
from tests.onboarding.progress.test_engine import LADDER, event, identify, take
from workspaces.scope import scope

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def draft_of(workspace):
    """The draft of LADDER, changed by replacing text in it, unpublished."""

    def make(*changes):
        text = LADDER
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        with scope(workspace):
            return import_ladder(load(text), by=None).ladder.draft

    return make


def told(workspace, draft, key="report", **options):
    with scope(workspace):
        return effect_of(draft, key, **options)


def people(found) -> list[str]:
    return [one.person.external_id for one in found.sample]


def test_it_counts_who_would_pass_how_soon_and_who_did_it_unasked(workspace, draft_of, now):
    start = now - 10 * DAY
    for name in ("gil", "hal", "ida", "joy"):
        take(workspace, event("Signed Up", start, name))
    take(workspace, event("Connected", start + HOUR, "gil"), event("Connected", start + 5 * HOUR, "hal"))
    take(workspace, *(event("Reported", start + n * HOUR, "gil") for n in (2, 3)))  # after connecting
    take(workspace, *(event("Reported", start + n * HOUR, "hal") for n in (1, 2)))  # before
    take(workspace, *(event("Reported", start + n * HOUR, "ida") for n in (4, 9)))  # without
    take(workspace, event("Reported", start, "joy"))  # once only
    found = told(workspace, draft_of())
    assert (found.began, found.passed, found.unasked, found.lately, found.more) == (4, 3, 2, True, False)
    assert found.median == 3 * HOUR
    assert found.share == 0.75
    assert people(found) == ["ida", "gil", "hal"]
    assert (found.sample[0].took, found.sample[0].proof.event) == (9 * HOUR, "Reported")
    assert found.unseen == []


def test_it_says_the_same_whether_the_draft_is_tracked_or_not(workspace, draft_of, now):
    start = now - 10 * DAY
    for name, reports in (("gil", 3), ("hal", 1)):
        said = [event("Reported", start + n * HOUR, name) for n in range(reports)]
        take(workspace, event("Signed Up", start, name), *said)
    draft = draft_of()
    before = told(workspace, draft)
    with scope(workspace):
        version = draft.ladder.publish(by=None, at=now)
    engine.settle(workspace.pk)
    after = told(workspace, version)
    assert (
        (before.passed, before.median, people(before))
        == (after.passed, after.median, people(after))
        == (
            1,
            HOUR,
            ["gil"],
        )
    )


def test_where_nobody_began_lately_it_takes_the_last_90_days_in_which_anybody_did(workspace, draft_of, now):
    last = now - 400 * DAY
    for name, start in (("gil", last), ("hal", last - 89 * DAY), ("ida", last - 91 * DAY)):
        take(workspace, event("Signed Up", start, name), *(event("Reported", start + n * HOUR, name) for n in (1, 2)))
    found = told(workspace, draft_of())
    assert (found.began, found.passed, found.lately, found.until) == (2, 2, False, last)


def test_of_too_many_it_takes_the_latest_and_says_so(workspace, draft_of, now, monkeypatch):
    monkeypatch.setattr(effect, "FEW_ENOUGH", 2)
    for number, name in enumerate(("gil", "hal", "ida")):
        take(workspace, event("Signed Up", now - number * DAY, name))
    found = told(workspace, draft_of())
    assert (found.began, found.more) == (2, True)


@pytest.mark.parametrize(
    ("start", "began"),
    [
        ("start: {event: Signed Up}", ["gil", "hal"]),
        ("start: {event: Signed Up, where: [{property: plan, equals: team}]}", ["gil"]),
        ("start: {event: Never Sent}", []),
        ("notes: no start", ["gil", "hal", "ida"]),
    ],
)
def test_people_begin_by_the_drafts_own_start(workspace, draft_of, now, start, began):
    at = now - DAY
    take(workspace, event("Signed Up", at, "gil", properties={"plan": "team"}), event("Signed Up", at, "hal"))
    take(workspace, event("Looked", at, "ida"))
    take(workspace, *(event("Connected", at + HOUR, name) for name in ("gil", "hal", "ida")))
    found = told(workspace, draft_of(("start: {event: Signed Up}", start)), "connect")
    assert sorted(people(found)) == began
    assert found.began == len(began)


def test_only_people_of_the_role_count(workspace, draft_of, now):
    at = now - DAY
    take(workspace, event("Signed Up", at, "gil"), identify(at + HOUR, "gil", job="admin"))
    take(workspace, event("Signed Up", at, "hal"), identify(at, "hal", job="user"))
    assert told(workspace, draft_of(("{everyone: true}", "{trait: job, equals: admin}"))).began == 1


def test_a_first_start_before_the_period_is_no_start_in_it(workspace, draft_of, now):
    take(workspace, event("Signed Up", now - 200 * DAY), event("Signed Up", now - DAY))
    take(workspace, event("Signed Up", now - DAY, "hal"))
    assert told(workspace, draft_of()).began == 1


def test_a_trait_can_prove_it_without_an_event(workspace, draft_of, now):
    take(workspace, event("Signed Up", now - DAY), identify(now - 2 * DAY, plan="scale"))
    found = told(workspace, draft_of(("{event: Connected}", "{trait: plan, equals: scale}")), "connect")
    assert (found.passed, found.sample[0].proof, found.sample[0].took) == (1, None, timedelta(0))


def test_an_event_that_never_came_is_pointed_out_with_what_may_have_been_meant(workspace, draft_of, now):
    take(workspace, event("Signed Up", now - DAY), event("Connected", now - DAY))
    found = told(workspace, draft_of(("{event: Connected}", "{event: Conected}")), "connect")
    assert found.unseen == [effect.Unseen("Conected", ["Connected"])]


def test_other_workspaces_people_do_not_count(workspace, other_workspace, draft_of, now):
    take(other_workspace, event("Signed Up", now - DAY), event("Connected", now - DAY))
    found = told(workspace, draft_of(), "connect")
    assert (found.began, [unseen.event for unseen in found.unseen]) == (0, ["Connected", "Signed Up"])


def test_the_fragment_says_it_in_words_of_the_draft_or_else_the_newest_version(
    workspace, draft_of, now, ben, client_for
):
    take(workspace, event("Signed Up", now - DAY), event("Connected", now - DAY + HOUR), event("Signed Up", now, "hal"))
    draft = draft_of()
    with scope(workspace):
        draft.ladder.publish(by=None, at=now)
        gil = Person.objects.get(external_id="gil")
    url = f"/w/{workspace.slug}/ladders/start/rungs/connect/effect/"
    page = client_for(ben).get(url).content.decode()
    text = " ".join(strip_tags(page).split())
    assert "1 of the last 90 days’ 2 people would pass (50.0%) · half of those within 1 hour." in text
    assert f'href="/w/{workspace.slug}/people/{gil.pk}/"' in page
    assert "1 hour after beginning" in page
    with scope(workspace):
        again = drafts.begin(Ladder.objects.get(), by=None)
        rungs = again.document["rungs"]
        rungs[0]["milestone"]["criterion"] = {"event": "Conected"}
        drafts.write(again, {**again.document, "rungs": rungs}, by=None, words="w", place="p")
    page = client_for(ben).get(url).content.decode()
    assert "<b>Conected</b> has never been seen. Did you mean <b>Connected</b>?" in page
    assert client_for(ben).get(url.replace("connect", "no-such-step")).status_code == 404


def test_without_people_the_fragment_says_when_there_will_be_numbers(workspace, draft_of, ana, client_for):
    draft_of()
    page = client_for(ana).get(f"/w/{workspace.slug}/ladders/start/rungs/connect/effect/").content.decode()
    assert "nobody to count" in page
