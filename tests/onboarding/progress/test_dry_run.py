"""What a dry run says equals, person by person, what the engine makes of it once the draft is published."""

import os
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.demo.companies import BERTHLINE
from config.demo.seed import seed
from milestones.ladders import drafts
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import load
from onboarding.people.models import Person
from onboarding.progress import dry_run, engine, journeys
from onboarding.progress.dry_run import rehearse
from tests.onboarding.progress.drawn import document as document_drawn
from tests.onboarding.progress.drawn import introduction, saying
from tests.onboarding.progress.test_engine import LADDER, event, identify, take
from tests.onboarding.progress.worlds import InTheDatabase
from tests.tiers import examples
from tests.travel import stream
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

NOW = datetime(2025, 6, 2, 12, 0, tzinfo=UTC)
TRAVEL = Path(stream.__file__).with_name("ladder.yaml")
PLANNERS = """
ladder:
  key: planners
  name: Planners
  role: {key: operator, name: Operator, rule: {trait: role, equals: operator}, precedence: 30}
  title: Plan ahead
  value_proposition: See tomorrow.
  done_looks_like: Tomorrow is planned.
  start: {event: Board Opened}
  rungs:
    - milestone: {key: board, name: Board, purpose: Board., criterion: {event: Board Opened, at_least: 3}}
      phase: quick wins
    - milestone:
        key: truck
        name: Truck
        purpose: Truck.
        criterion: {event: Truck Departed, where: [{property: on_time, equals: true}], of: opening}
      phase: core
      first_value: true
      prerequisites: [board]
    - milestone: {key: certified, name: Certified, purpose: C., criterion: {trait: certified, equals: true}}
      phase: core
"""


def kept(ladder) -> dict:
    """The journeys on the ladder as they stand in the database, by person."""
    everybody = list(Person.objects.values_list("pk", flat=True))
    return {
        person: state
        for (person, ladder_id), (_, state) in journeys.stored(everybody).items()
        if ladder_id == ladder.pk
    }


def assert_publishing_does_what_was_rehearsed(workspace, ladder, *, at, moves=False) -> dry_run.Rehearsal:
    with scope(workspace):
        before = kept(ladder)
        rehearsal = rehearse(ladder.draft, at=at, moves=moves)
        assert {person: c.before for person, c in rehearsal.people.items() if c.before} == before
        ladder.publish(by=None, at=at, moves=moves)
    engine.settle(workspace.pk, seconds=600)
    with scope(workspace):
        assert {person: c.after for person, c in rehearsal.people.items() if c.after} == kept(ladder)
    return rehearsal


@settings(max_examples=examples(10), deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32 - 1))
def test_any_draft_over_any_log_is_rehearsed_as_it_will_be(seed, make_workspace):
    """Drawn ladders and logs, with accounts: what is not tracked yet is found in the log as the engine will find it."""
    rng = random.Random(seed)
    world = InTheDatabase(make_workspace("Rehearsed", segments=["plan", "account.plan"]))

    def some_time():
        return NOW + timedelta(minutes=rng.randrange(300))

    world.say(*(introduction(rng, user, some_time()) for user in "123"))
    world.say(*(saying(rng, rng.choice("123"), some_time(), f"m{number}") for number in range(40)))
    for minute in sorted(rng.sample(range(400), k=4)):
        document, moves, now = document_drawn(rng, "first"), rng.random() < 0.5, NOW + timedelta(minutes=minute)
        engine.settle(world.workspace.pk)
        with scope(world.workspace):
            ladder = import_ladder(document, by=None).ladder
            drafted = ladder.draft is not None
        if drafted:
            assert_publishing_does_what_was_rehearsed(world.workspace, ladder, at=now, moves=moves)


def another(document: dict) -> dict:
    """A next version: the first step gone, the last one first, a new step that nobody tracks yet, others easier."""
    rungs = [{k: v for k, v in rung.items() if k != "prerequisites"} for rung in document["rungs"][1:]]
    new = {
        "milestone": {
            "key": f"brand-new-{len(rungs)}-{rungs[-1]['milestone']['key'][:20]}",
            "name": "New",
            "purpose": "New.",
            "criterion": document["new"],
        },
        "phase": "core",
    }
    if not any(rung.get("first_value") for rung in rungs):
        rungs[0]["first_value"] = True
    easier = {**rungs[0]["milestone"], "criterion": {"any": [rungs[0]["milestone"]["criterion"], document["new"]]}}
    return {**document, "rungs": [rungs[-1], {**rungs[0], "milestone": easier}, *rungs[1:-1], new], "funnel": []}


def write_another(workspace, ladder, new: dict) -> None:
    with scope(workspace):
        draft = drafts.begin(ladder, by=None)
        document = another({**draft.document, "new": new})
        drafts.write(draft, {k: v for k, v in document.items() if k != "new"}, by=None, words="Another", place="rungs")


@pytest.fixture(scope="module")
def berthline(django_db_setup, django_db_blocker):
    """A demo company of one's own, complete. Its tests add versions and take none away."""
    company = replace(BERTHLINE, slug=f"berthline-dry-{os.getpid()}", accounts=40)
    with django_db_blocker.unblock():
        seed(company, now=NOW)
        return Workspace.objects.get(slug=company.slug)


def test_a_first_publication_on_the_demo(berthline):
    with scope(berthline):
        ladder = import_ladder(load(PLANNERS), by=None).ladder
    rehearsal = assert_publishing_does_what_was_rehearsed(berthline, ladder, at=NOW)
    assert len(rehearsal.people) > 5
    assert {len(change.after.reached) for change in rehearsal.people.values()} >= {0, 1}


@pytest.mark.parametrize("moves", [False, True], ids=["newcomers only", "moving people"])
@pytest.mark.parametrize("key", ["administrators", "operators"])
def test_a_next_version_on_the_demo(berthline, key, moves):
    with scope(berthline):
        ladder = Ladder.objects.get(key=key)
        at = NOW - timedelta(days=20 - 2 * ladder.published.number)
    write_another(berthline, ladder, {"event": "Board Opened", "at_least": 3})
    rehearsal = assert_publishing_does_what_was_rehearsed(berthline, ladder, at=at, moves=moves)
    shown = {c.after.version_id for c in rehearsal.people.values()}
    assert rehearsal.version.version_id in shown
    assert len(shown) > 1 or moves
    if moves:
        assert any(c.before and c.after.reached.keys() - c.before.reached.keys() for c in rehearsal.people.values())


def test_whoever_is_under_way_loses_nothing_and_whoever_finished_stays_so(berthline):
    with scope(berthline):
        ladder = Ladder.objects.get(key="power-users")
    write_another(berthline, ladder, {"event": "Board Opened"})
    rehearsal = assert_publishing_does_what_was_rehearsed(berthline, ladder, at=NOW, moves=True)
    moved = 0
    for before, after in rehearsal.people.values():
        assert before.reached.keys() <= after.reached.keys()
        assert before.finished_at is None or (after.finished_at, after.version_id) == (
            before.finished_at,
            before.version_id,
        )
        moved += before.version_id != after.version_id
    assert moved


def travelled(make_workspace, tmp_path, lines) -> tuple:
    workspace = make_workspace("Travel")
    path = tmp_path / "travel.jsonl"
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    call_command("import_events", str(path), workspace=workspace.slug)
    engine.settle(workspace.pk, seconds=600)
    with scope(workspace):
        return workspace, import_ladder(load(TRAVEL.read_text()), by=None).ladder


def assert_the_travel_stream_is_rehearsed_well(make_workspace, tmp_path, lines) -> None:
    """A first publication; then one for newcomers alone, which half of the people are; then one that moves all."""
    workspace, ladder = travelled(make_workspace, tmp_path, lines)
    first = assert_publishing_does_what_was_rehearsed(workspace, ladder, at=datetime(2011, 1, 1, tzinfo=UTC))
    assert all(change.before is None for change in first.people.values())
    assert len(first.people) == stream.count(lines).began
    halfway = sorted(change.after.started_at for change in first.people.values())[len(first.people) // 2]
    write_another(workspace, ladder, {"event": "Comment Posted", "at_least": 2, "within": "30 days"})
    second = assert_publishing_does_what_was_rehearsed(workspace, ladder, at=halfway)
    versions = [change.after.version_id for change in second.people.values()]
    assert abs(versions.count(second.version.version_id) - len(versions) / 2) <= 2
    write_another(workspace, ladder, {"event": "Comment Posted", "where": [{"property": "post_id", "exists": True}]})
    third = assert_publishing_does_what_was_rehearsed(workspace, ladder, at=halfway + timedelta(days=30), moves=True)
    assert any(change.before != change.after for change in third.people.values())


def test_the_travel_stream_in_our_own_small_copy(make_workspace, tmp_path):
    assert_the_travel_stream_is_rehearsed_well(make_workspace, tmp_path, stream.own())


@pytest.mark.parametrize("nth", [40, pytest.param(5, marks=pytest.mark.exhaustive)])
def test_every_so_many_of_the_travel_stream(make_workspace, tmp_path, nth):
    path = stream.whole_file()
    if path is None:
        assert not os.environ.get("CI"), "CI must have ../shared/data/travel.jsonl.gz"
        pytest.skip("The travel stream is not beside the project; our own small copy stands for it")
    assert_the_travel_stream_is_rehearsed_well(make_workspace, tmp_path, stream.every(stream.lines_of(path), nth))


def test_some_people_alone_come_to_the_same(workspace, clock):
    take(workspace, event("Signed Up", clock), event("Connected", clock), event("Signed Up", clock, "hal"))
    with scope(workspace):
        ladder = import_ladder(load(LADDER), by=None).ladder
        whole = rehearse(ladder.draft, at=clock, moves=False)
        hal = Person.objects.get(external_id="hal").pk
        assert rehearse(ladder.draft, at=clock, moves=False, people=[hal]).people == {hal: whole.people[hal]}
        assert len(whole.people) == 2


def test_evidence_of_an_anonymous_visit_and_traits_said_later_count(workspace, clock):
    text = LADDER.replace("{everyone: true}", "{trait: job, equals: admin}")
    visit = event("Signed Up", clock, "x")
    visit.sender, visit.message_id = "a:browser", "visit"
    later = clock + timedelta(hours=2)
    take(workspace, visit, event("Connected", later, "gil", anonymous_id="browser"), identify(later, job="admin"))
    with scope(workspace):
        ladder = import_ladder(load(text), by=None).ladder
    rehearsal = assert_publishing_does_what_was_rehearsed(workspace, ladder, at=clock + timedelta(days=1))
    (change,) = rehearsal.people.values()
    assert (change.after.started_at, set(change.after.reached)) == (clock, {"connect"})


def test_it_reads_no_further_than_the_engine_has_read(workspace, clock):
    take(workspace, event("Signed Up", clock))
    from onboarding.intake.log import append

    append(workspace.pk, [event("Connected", clock + timedelta(hours=1))])
    with scope(workspace):
        ladder = import_ladder(load(LADDER), by=None).ladder
        (change,) = rehearse(ladder.draft, at=clock, moves=False).people.values()
    assert change.after.reached == {}


def test_it_changes_nothing(workspace, clock):
    take(workspace, event("Signed Up", clock), event("Connected", clock))
    with scope(workspace):
        ladder = import_ladder(load(LADDER), by=None).ladder
        before = ladder.draft.revision
        rehearse(ladder.draft, at=clock, moves=True)
        assert (kept(ladder), ladder.draft.revision) == ({}, before)
