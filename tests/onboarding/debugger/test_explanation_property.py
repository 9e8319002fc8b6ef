"""Whatever ladders and logs there are: the explanation of each message agrees with what the engine made of it."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from milestones.library.conditions import EventCondition
from onboarding.debugger.explanation import Said, Situation, explain
from onboarding.debugger.fates import Fate, WhyNot
from onboarding.intake.steps import AHEAD
from onboarding.progress import recompute
from onboarding.progress.assign import journeys_of
from onboarding.progress.plan import Plan
from tests.onboarding.progress.drawn import doing, introduction, saying
from tests.onboarding.progress.worlds import OnPaper

BASE = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
IN_VAIN = {Fate.NO_MATCH, Fate.ALREADY, Fate.ENOUGH, Fate.BEFORE_START, Fate.BEFORE_OPENING, Fate.NOT_OPEN}
IN_VAIN |= {Fate.TOO_LATE, Fate.AFTER_MOVE, Fate.NO_JOURNEY}


def at_some_time(rng: random.Random) -> datetime:
    return BASE + timedelta(minutes=rng.randrange(300), microseconds=rng.randrange(3))


class Drawn:
    """A plan and one person's log, with what the engine makes of it."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        world = OnPaper()
        log = [introduction(rng, "1", at_some_time(rng))]
        log += [saying(rng, "1", at_some_time(rng), f"m{number}") for number in range(rng.randint(5, 30))]
        for minute in sorted(rng.sample(range(-30, 360), k=rng.randint(1, 6))):
            world.do(doing(rng), at=BASE + timedelta(minutes=minute, seconds=1))
        world.say(*log)
        self.rows = world.rows["u:1"]
        self.plan = Plan(world.versions, (), ZoneInfo("UTC"))
        self.journeys = self.journeys_from(self.rows)
        facts = recompute.facts_from(self.rows, self.plan)
        self.situation = Situation(facts, self.journeys, known=True)
        self.explained = {
            row.message_id: explain(
                Said(row.type, row.event, row.occurred_at, row.message_id, row.properties, row.traits),
                self.plan,
                self.situation,
                read_yet=True,
            )
            for row in self.rows
        }

    def journeys_from(self, rows) -> dict:
        facts = recompute.facts_from(rows, self.plan)
        return {state.ladder_id: state for state in journeys_of(1, facts, self.plan)}


def complete(journeys) -> dict:
    """Who climbs what since when, and what is complete, by when and by which message.

    The ordered funnel has an evidence of its own.
    """
    return {
        ladder: (state.began_version_id, state.started_at, {key: done[:2] for key, done in state.reached.items()})
        for ladder, state in journeys.items()
    }


seeds = st.integers(0, 2**32 - 1)
many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.pure
@many
@given(seed=seeds)
def test_a_message_is_said_to_have_completed_just_those_steps_whose_evidence_it_is(seed):
    drawn = Drawn(seed)
    said = {
        (ladder.ladder_id, step.key, message_id)
        for message_id, explanation in drawn.explained.items()
        for ladder, step in explanation.completed
    }
    proven = {
        (ladder, key, reached.message_id)
        for ladder, state in drawn.journeys.items()
        for key, reached in state.reached.items()
        if reached.message_id
    }
    assert said == proven


@pytest.mark.pure
@many
@given(seed=seeds)
def test_without_a_message_that_is_said_to_count_for_nothing_all_would_be_the_same(seed):
    drawn = Drawn(seed)
    looked_at = 0
    for place, row in enumerate(drawn.rows):
        explanation = drawn.explained[row.message_id]
        fates = {part.fate for ladder in explanation.ladders for step in ladder.steps for part in step.parts}
        fates |= {step.fate for ladder in explanation.ladders for step in ladder.steps}
        starts = row.occurred_at == drawn.situation.facts.seen_at or any(
            version.start and version.start.event == row.event for version in drawn.plan.versions
        )
        # In the hour after people were moved a message may count on both versions, and is explained by the later one.
        both = any(v.moves and v.published_at < row.occurred_at <= v.published_at + AHEAD for v in drawn.plan.versions)
        if row.type != "track" or starts or both or not fates <= IN_VAIN:
            continue
        looked_at += 1
        rest = drawn.rows[:place] + drawn.rows[place + 1 :]
        assert complete(drawn.journeys_from(rest)) == complete(drawn.journeys)
    target(looked_at)


@pytest.mark.pure
@many
@given(seed=seeds)
def test_the_nth_of_those_needed_is_the_nth_that_counts(seed):
    """Of a step that asks for one thing: those that counted are numbered by time, and the last completes it."""
    drawn = Drawn(seed)
    steps = {
        (version.ladder_id, version.number, rung.key): rung
        for version in drawn.plan.versions
        for rung in version.rungs
        if isinstance(rung.criterion, EventCondition)
    }
    counted: dict[tuple, list] = {}
    for row in sorted(drawn.rows, key=lambda row: (row.occurred_at, row.message_id)):
        for ladder in drawn.explained[row.message_id].ladders:
            for step in ladder.steps:
                if (ladder.ladder_id, step.number, step.key) in steps and step.part.nth:
                    counted.setdefault((ladder.ladder_id, step.number, step.key), []).append(step)
    for place, found in counted.items():
        needed = steps[place].criterion.at_least
        assert [step.part.nth for step in found] == list(range(1, len(found) + 1))
        assert len(found) <= needed
        if len(found) == needed:
            assert found[-1].fate in (Fate.COMPLETED, Fate.KEPT)
        else:
            assert {step.fate for step in found} <= {Fate.COUNTED, Fate.KEPT}


@pytest.mark.pure
@many
@given(seed=seeds)
def test_who_is_not_on_a_ladder_is_told_why(seed):
    drawn = Drawn(seed)
    for explanation in drawn.explained.values():
        for ladder in explanation.ladders:
            assert (ladder.why_not is None) == (ladder.ladder_id in drawn.journeys)
            assert ladder.why_not in (None, WhyNot.NOT_BEGUN, WhyNot.OUT_OF_TIME, WhyNot.OTHER_ROLE)
