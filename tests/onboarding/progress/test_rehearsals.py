"""Rehearsals for the publication page: in words, kept, carried out once, and again when a worker died."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from milestones.ladders import drafts
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder, Role
from milestones.ladders.yaml_text import load
from onboarding.people.models import Person
from onboarding.progress import dry_run, engine, rehearsals
from onboarding.progress.models import DryRun
from tests.onboarding.progress.test_engine import LADDER, event, take
from workspaces.scope import scope

DAY = timedelta(days=1)


@pytest.fixture
def climbing(workspace):
    """Version 1 with gil finished, hal half-way, ida just begun, all in the last days; a draft with a new step."""
    now = timezone.now()
    with scope(workspace):
        ladder = import_ladder(load(LADDER), by=None).ladder
        ladder.publish(by=None, at=now - 30 * DAY)
    for name, did in (("gil", ["Connected", "Reported", "Reported", "Shared"]), ("hal", ["Shared"]), ("ida", [])):
        events = [event(what, now - (9 - n) * DAY, name) for n, what in enumerate(["Signed Up", *did])]
        take(workspace, *events)
    with scope(workspace):
        draft = drafts.begin(Ladder.objects.get(), by=None)
        new = {
            "milestone": {"key": "share", "name": "Share it", "purpose": "Share.", "criterion": {"event": "Shared"}},
            "phase": "core",
        }
        drafts.write(draft, {**draft.document, "rungs": [*draft.document["rungs"], new]}, by=None, words="w", place="p")
    return workspace


@pytest.fixture
def many(monkeypatch):
    """Whatever is asked for is too much for a page to wait for."""
    monkeypatch.setattr(rehearsals, "AT_ONCE", 0)
    monkeypatch.setattr(dry_run, "PEOPLE_AT_ONCE", 2)


def fragment(workspace, client, query="moves=1", **headers):
    return client.get(f"/w/{workspace.slug}/ladders/start/rehearsal/?{query}", headers=headers)


def words(response) -> str:
    text = " ".join(strip_tags(response.content.decode().replace("<", " <")).split())
    for mark in ".,:;":
        text = text.replace(f" {mark}", mark)
    return text


def asked_for(workspace, **options):
    with scope(workspace):
        return rehearsals.asked_for(Ladder.objects.get().draft, **{"moves": True, **options})


def test_moving_people_is_told_in_words(climbing, ben, client_for):
    said = words(fragment(climbing, client_for(ben)))
    assert "2 people are under way: 1 gains credit, 0 lose any." in said
    assert "2 move to version 2: hal and ida." in said
    assert "1 gains credit for steps that are new to them, because they have done them already: hal." in said
    assert "1 who has finished stays finished, on the version that they finished; 1 of them has done" in said
    assert "About 0.1 newcomers a day begin on version 2" in said
    assert "2 known people have no part in it" in said  # dora and emil, who never began
    assert "Share it 0 2 2 more 2 67%" in said
    assert "5 people looked at, as of just now" in said


def test_newcomers_only_changes_nothing_for_anybody(climbing, ben, client_for):
    said = words(fragment(climbing, client_for(ben), "moves=0"))
    assert (
        "2 people who are under way stay on the version that each began: 0 gain credit, 0 lose any: hal and ida."
        in said
    )
    assert "1 who has finished stays finished." in said
    assert "Share it 0 0 2 67%" in said


def test_what_it_says_is_what_publishing_then_does(climbing):
    data = asked_for(climbing).result
    with scope(climbing):
        Ladder.objects.get().publish(by=None, moves=True)
    engine.settle(climbing.pk)
    with scope(climbing):
        hal = Person.objects.get(external_id="hal")
        assert set(hal.journeys.get().completions.values_list("rung_key", flat=True)) == {"share"}
    assert data["lines"]["gain"] == {"n": 1, "people": [hal.pk]}
    assert data["lines"]["lose"] == data["lines"]["unfinish"] == {"n": 0, "people": []}


def test_a_first_publication_says_who_gets_the_ladder(workspace, ana, client_for):
    now = timezone.now()
    take(workspace, event("Signed Up", now - DAY), event("Connected", now), event("Signed Up", now, "hal"))
    with scope(workspace):
        import_ladder(load(LADDER), by=None)
    said = words(fragment(workspace, client_for(ana), ""))
    assert (
        "2 people have begun already and get this ladder with credit for all that they have done: gil and hal." in said
    )
    assert "Connect 0 1 1 more 1 50%" in said


def test_without_draft_or_steps_it_says_what_to_do(workspace, ana, client_for):
    with scope(workspace):
        role = Role.objects.create(key="everyone", name="Everyone", rule={"everyone": True})
        drafts.begin(Ladder.objects.create(key="start", name="Start", role=role), by=None)
    assert "The draft has no step yet. Add one" in words(fragment(workspace, client_for(ana)))
    with scope(workspace):
        drafts.discard(Ladder.objects.get().draft, by=None)
    assert "There is no draft" in words(fragment(workspace, client_for(ana)))


def test_with_many_people_a_worker_does_it_while_the_page_polls(climbing, ben, client_for, many):
    browser = client_for(ben)
    waiting = fragment(climbing, browser)
    assert "Looking at 5 people" in words(waiting)
    assert b"data-poll" in waiting.content
    assert fragment(climbing, browser, **{"HX-PTag": waiting["HX-PTag"]}).status_code == 304
    rehearsals.carry_out_waiting(climbing.pk)
    done = fragment(climbing, browser, **{"HX-PTag": waiting["HX-PTag"]})
    assert "2 people are under way: 1 gains credit, 0 lose any." in words(done)
    assert b"data-poll" not in done.content
    with scope(climbing):
        run = DryRun.objects.get()
        assert (run.total, run.done) == (5, 5)


def test_in_pages_or_at_once_it_comes_to_the_same(climbing, monkeypatch):
    at_once = asked_for(climbing).result
    with scope(climbing):
        DryRun.objects.all()._raw_delete("default")
    monkeypatch.setattr(rehearsals, "AT_ONCE", 0)
    monkeypatch.setattr(dry_run, "PEOPLE_AT_ONCE", 1)
    assert asked_for(climbing).result is None
    rehearsals.carry_out_waiting(climbing.pk)
    in_pages = asked_for(climbing).result
    assert {k: v for k, v in in_pages.items() if k != "lately"} == {k: v for k, v in at_once.items() if k != "lately"}


def test_a_run_is_claimed_once_and_again_when_its_worker_fell_silent(climbing, many):
    asked_for(climbing)
    run, _ = rehearsals._claim(climbing.pk)
    assert rehearsals._claim(climbing.pk) is None
    with scope(climbing):
        DryRun.objects.update(beat_at=timezone.now() - rehearsals.SILENT - timedelta(seconds=1))
    other, draft = rehearsals._claim(climbing.pk)
    assert (other.pk, other.claimed_at > run.claimed_at) == (run.pk, True)
    rehearsals._carry_out(run, draft)  # the silent one wakes up: the run is not its any more
    with scope(climbing):
        assert DryRun.objects.get().finished_at is None
    rehearsals._carry_out(other, draft)
    assert asked_for(climbing).result["lines"]["gain"]["n"] == 1


def test_it_is_kept_for_the_draft_as_it_stands(climbing):
    first = asked_for(climbing)
    assert asked_for(climbing).finished_at == first.finished_at
    assert asked_for(climbing, moves=False).pk != first.pk
    assert asked_for(climbing, again=True).finished_at > first.finished_at
    with scope(climbing):
        Role.objects.update(rule={"trait": "job", "equals": "admin"})  # no change of the draft itself
    changed = asked_for(climbing)
    assert changed.pk != first.pk
    with scope(climbing):
        DryRun.objects.update(finished_at=timezone.now() - rehearsals.KEPT - timedelta(seconds=1))
    assert asked_for(climbing).finished_at > changed.finished_at


def test_a_run_for_a_draft_that_says_something_else_by_now_is_dropped(climbing, many):
    asked_for(climbing)
    with scope(climbing):
        draft = Ladder.objects.get().draft
        drafts.write(draft, {**draft.document, "title": "Another title"}, by=None, words="w", place="title")
    rehearsals.carry_out_waiting(climbing.pk)
    with scope(climbing):
        assert not DryRun.objects.exists()


def test_one_that_fails_says_so_and_can_be_tried_again(climbing, ana, client_for, many, monkeypatch):
    browser = client_for(ana)
    fragment(climbing, browser)
    with monkeypatch.context() as broken:
        broken.setattr(rehearsals, "_result", lambda *_: 1 / 0)
        rehearsals.carry_out_waiting(climbing.pk)
    assert "did not come to an end. Nothing was changed. Try again" in words(fragment(climbing, browser))
    assert "Looking at 5 people" in words(fragment(climbing, browser, "moves=1&again=1"))
    rehearsals.carry_out_waiting(climbing.pk)
    assert "1 gains credit" in words(fragment(climbing, browser))


def test_the_task_is_what_an_announcement_wakes(climbing, settings):
    from config.celery import app

    app.loader.import_default_modules()
    assert settings.WAKES["progress.rehearsal_asked"] == ["progress.rehearse"]
    assert "progress.rehearse" in app.tasks
