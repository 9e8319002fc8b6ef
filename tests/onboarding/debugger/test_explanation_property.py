"""Whatever ladders and logs there are: the explanation of each message agrees with what the engine made of it."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings, target
from hypothesis import strategies as st

from milestones.library.conditions import EventCondition
from onboarding.debugger.explanation import explain
from onboarding.debugger.fates import Fate, WhyNot
from onboarding.debugger.situation import Said, Situation
from onboarding.intake.steps import AHEAD
from onboarding.progress.assign import journeys_of
from onboarding.progress.plan import Plan
from tests.onboarding.progress.drawn import doing, introduction, judging, saying
from tests.onboarding.progress.worlds import OnPaper
from tests.tiers import examples

BASE = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
IN_VAIN = {Fate.NO_MATCH, Fate.ALREADY, Fate.ENOUGH, Fate.UNCHANGED, Fate.BEFORE_START, Fate.BEFORE_OPENING}
IN_VAIN |= {Fate.NOT_OPEN, Fate.TOO_LATE, Fate.JOINED_LATE, Fate.AFTER_MOVE, Fate.REVOKED}
IN_VAIN |= {Fate.NO_ACCOUNT, Fate.NO_JOURNEY}
USERS = ("1", "2")


def at_some_time(rng: random.Random) -> datetime:
    return BASE + timedelta(minutes=rng.randrange(300), microseconds=rng.randrange(3))


class Drawn:
    """A plan, the log of two people who may be in the same accounts, and rulings, with what the engine makes of it."""

    def __init__(self, seed: int) -> None:
        rng = random.Random(seed)
        world = self.world = OnPaper()
        for user in USERS:
            log = [introduction(rng, user, at_some_time(rng))]
            log[0].group_id = rng.choice(["acme", "acme", ""])
            log += [saying(rng, user, at_some_time(rng), f"m{user}-{n}") for n in range(rng.randint(3, 18))]
            world.say(*log)
        for minute in sorted(rng.sample(range(-30, 360), k=rng.randint(1, 6))):
            world.do(doing(rng), at=BASE + timedelta(minutes=minute, seconds=1))
        for _ in range(rng.choice([0, 0, 1, 3])):
            world.rule(judging(rng, f"u:{rng.choice(USERS)}", at_some_time(rng)))
        revoked = any(word.verdict == "revoked" for word in world.words)
        self.plan = Plan(world.versions, (), ZoneInfo("UTC"), revoked)
        self.rows = [row for rows in world.rows.values() for row in rows]
        self.accounts = world.accounts(self.plan)
        self.facts = {sender: world.facts(sender, self.plan, self.accounts) for sender in world.rows}
        self.journeys = {sender: self.journeys_of(sender) for sender in world.rows}
        self.explained = {
            row.message_id: explain(
                self.said(row),
                self.plan,
                Situation(self.facts[row.sender], self.journeys[row.sender], known=True),
                read_yet=True,
            )
            for row in self.rows
        }

    def said(self, row) -> Said:
        accounts = (row.group_id,) if row.group_id else tuple(self.accounts.since.get(row.sender, ()))
        return Said(
            *(row.type, row.event, row.occurred_at, row.message_id, row.properties, row.traits, row.group_id, accounts)
        )

    def journeys_of(self, sender: str) -> dict:
        return {state.ladder_id: state for state in journeys_of(1, self.facts[sender], self.plan)}

    def journeys_without(self, message_id: str, sender: str) -> dict | None:
        """What the sender's journeys would be without the message; None where others would then be in accounts."""
        kept = self.world.rows
        self.world.rows = {key: [r for r in rows if r.message_id != message_id] for key, rows in kept.items()}
        try:
            accounts = self.world.accounts(self.plan)
            facts = self.world.facts(sender, self.plan, accounts)
        finally:
            self.world.rows = kept
        if accounts.since != self.accounts.since:
            return None
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
many = settings(max_examples=examples(150), deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.pure
@many
@given(seed=seeds)
def test_a_message_is_said_to_have_completed_just_those_steps_whose_evidence_it_is(seed):
    drawn = Drawn(seed)
    sender_of = {row.message_id: row.sender for row in drawn.rows}
    said = {
        (sender_of[message_id], ladder.ladder_id, step.key, message_id)
        for message_id, explanation in drawn.explained.items()
        for ladder, step in explanation.completed
    }
    proven = {
        (sender, ladder, key, reached.message_id)
        for sender, journeys in drawn.journeys.items()
        for ladder, state in journeys.items()
        for key, reached in state.reached.items()
        if sender_of.get(reached.message_id) == sender
    }
    assert said == proven


@pytest.mark.pure
@many
@given(seed=seeds)
def test_whoever_completes_something_for_another_is_said_to_count_for_their_account(seed):
    drawn = Drawn(seed)
    sender_of = {row.message_id: row.sender for row in drawn.rows}
    for sender, journeys in drawn.journeys.items():
        for reached in (done for state in journeys.values() for done in state.reached.values()):
            if reached.message_id and sender_of[reached.message_id] != sender:
                assert drawn.explained[reached.message_id].for_account


@pytest.mark.pure
@many
@given(seed=seeds)
def test_a_step_that_is_complete_by_a_ruling_is_said_to_be_and_one_that_was_revoked_too(seed):
    drawn = Drawn(seed)
    for row in drawn.rows:
        for ladder in drawn.explained[row.message_id].ladders:
            state = drawn.journeys[row.sender].get(ladder.ladder_id)
            for step in ladder.steps if state else ():
                reached = state.reached.get(step.key)
                ruled = drawn.facts[row.sender].rulings.get((ladder.ladder_id, step.key))
                if reached is not None and reached.ruling_id is not None:
                    assert (step.done_at, step.done_by) == (reached.at, "")
                    assert step.fate is not Fate.COMPLETED
                if ruled is not None and ruled.revoked_until is not None:
                    assert step.revoked_until == ruled.revoked_until
                    if row.occurred_at <= ruled.revoked_until:
                        assert {part.fate for part in step.parts} <= {Fate.REVOKED, Fate.NO_MATCH, Fate.NO_ACCOUNT}


@pytest.mark.pure
@many
@given(seed=seeds)
def test_without_a_message_that_is_said_to_count_for_nothing_all_would_be_the_same(seed):
    drawn = Drawn(seed)
    looked_at = 0
    for row in drawn.rows:
        explanation = drawn.explained[row.message_id]
        fates = {part.fate for ladder in explanation.ladders for step in ladder.steps for part in step.parts}
        fates |= {step.fate for ladder in explanation.ladders for step in ladder.steps}
        starts = row.occurred_at == drawn.facts[row.sender].seen_at or any(
            version.start and version.start.event == row.event for version in drawn.plan.versions
        )
        # In the hour after people were moved a message may count on both versions, and is explained by the later one.
        both = any(v.moves and v.published_at < row.occurred_at <= v.published_at + AHEAD for v in drawn.plan.versions)
        if row.type != "track" or starts or both or not fates <= IN_VAIN:
            continue
        without = drawn.journeys_without(row.message_id, row.sender)
        if without is not None:
            looked_at += 1
            assert complete(without) == complete(drawn.journeys[row.sender])
    target(looked_at)


@pytest.mark.pure
@many
@given(seed=seeds)
def test_the_nth_of_those_needed_is_the_nth_that_counts(seed):
    """Of a step that asks for one thing: those that counted are numbered by time, and the last completes it.

    Of what accounts do, the person's own are numbered among everybody's.
    """
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
                    place = (ladder.ladder_id, step.number, step.key)
                    counted.setdefault((place, row.sender, step.part.account), []).append(step)
    for (place, _, account), found in counted.items():
        needed = steps[place].criterion.at_least
        places = [step.part.nth for step in found]
        assert places == (sorted(set(places)) if account else list(range(1, len(found) + 1)))
        assert places[-1] <= needed
        sooner = found[-1].done_at is not None and not found[-1].done_by
        if places[-1] < needed:
            assert {step.fate for step in found} <= {Fate.COUNTED, Fate.KEPT, Fate.ALREADY}
        elif not sooner and not account:
            assert found[-1].fate in (Fate.COMPLETED, Fate.KEPT)


@pytest.mark.pure
@many
@given(seed=seeds)
def test_who_is_not_on_a_ladder_is_told_why(seed):
    drawn = Drawn(seed)
    for row in drawn.rows:
        for ladder in drawn.explained[row.message_id].ladders:
            assert (ladder.why_not is None) == (ladder.ladder_id in drawn.journeys[row.sender])
            assert ladder.why_not in (None, WhyNot.NOT_BEGUN, WhyNot.OUT_OF_TIME, WhyNot.OTHER_ROLE)


@pytest.mark.pure
@many
@given(seed=seeds)
def test_a_step_is_said_to_lack_something_just_when_an_all_is_not_fulfilled(seed):
    drawn = Drawn(seed)
    for row in drawn.rows:
        for ladder in drawn.explained[row.message_id].ladders:
            for step in ladder.steps:
                assert not (step.lacking and step.done_at)
