"""What holds for every proposal, whatever was answered and whatever there is to propose from."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.discovery import deciding, proposal
from milestones.discovery.answers import Answers
from milestones.discovery.proposing import propose
from milestones.discovery.questions import QUESTIONS
from milestones.ladders.document import PHASES, missing_for_publication, read
from tests.milestones.library.strategies import texts
from tests.tiers import examples

from .candidates import administrators, candidates

pytestmark = pytest.mark.pure
few = settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.too_slow])

many = {question.key: [choice.key for choice in question.choices] for question in QUESTIONS if question.kind == "many"}
pools = st.lists(candidates(), max_size=8) | st.just(administrators())
answers = st.builds(
    Answers,
    role=st.just("Administrator"),
    kind=st.sampled_from(["administrator", ""]),
    product=st.sampled_from(["", "analytics", "shop"]),
    success=texts | st.just("Connect the data and invite the team"),
    outcomes=st.lists(st.sampled_from(many["outcomes"]), max_size=3, unique=True).map(tuple),
    sources=st.lists(st.sampled_from(["Salesforce", "CSV", "Snowflake"]), max_size=3, unique=True).map(tuple),
    days=st.none() | st.integers(1, 400),
    team=st.none() | st.integers(1, 500),
    industry=st.sampled_from(["", "Food", "Retail"]),
    have=st.lists(st.sampled_from(many["have"]), max_size=2, unique=True).map(tuple),
    others=st.lists(st.sampled_from(many["others"]), max_size=3, unique=True).map(tuple),
    risks=st.lists(st.sampled_from(many["risks"]), max_size=3, unique=True).map(tuple),
    notes=texts,
)


def document(made, decisions):
    role = {"key": "administrator", "name": "Administrator", "rule": {"everyone": True}}
    return read(
        {
            "ladder": {
                "key": "made",
                "name": "Made",
                "role": role,
                "title": "T",
                "rungs": deciding.rungs(made, decisions),
            }
        }
    )


@few
@given(answers, pools, st.randoms(use_true_random=False))
def test_the_same_answers_give_the_same_proposal_in_whatever_order_the_library_comes(asked, pool, random):
    shuffled = list(pool)
    random.shuffle(shuffled)
    assert propose(asked, pool) == propose(asked, shuffled)


@few
@given(answers, pools)
def test_a_proposal_always_reads_as_a_ladder_that_could_be_published(asked, pool):
    made = propose(asked, pool)
    found = document(made, deciding.undecided(made))
    phases = [PHASES.index(rung["phase"]) for rung in found.get("rungs", [])]
    assert phases == sorted(phases)
    if made.steps:
        assert missing_for_publication(found) == []


@few
@given(answers, pools)
def test_every_step_and_every_spare_has_a_reason_and_everything_else_a_reason_why_not(asked, pool):
    made = propose(asked, pool)
    for step in (*made.steps, *made.spares):
        assert step.reasons
        assert all(reason.words.endswith(".") for reason in step.reasons)
    keys = [step.key for step in made.steps]
    left_out = [one.key for one in made.left_out]
    assert set(keys).isdisjoint(left_out)
    assert {step.key for step in made.spares} <= set(left_out)
    assert len(set(keys)) == len(keys)
    assert len(set(left_out)) == len(left_out)
    assert all(one.words for one in made.left_out)


@few
@given(answers, pools, st.integers(1, 400), st.integers(1, 400))
def test_more_time_never_proposes_fewer_steps_or_shorter_due_times(asked, pool, days, more):
    short = propose(replace(asked, days=days), pool)
    long = propose(replace(asked, days=days + more), pool)
    assert len(short.steps) <= len(long.steps)
    due, later = short.known(), long.known()
    for key in due.keys() & later.keys():
        assert due[key].due_days <= later[key].due_days


@few
@given(answers, pools, st.integers(2, 400))
def test_every_proposed_step_is_due_by_the_deadline_one_after_the_other(asked, pool, days):
    made = propose(replace(asked, days=days), pool)
    # A step takes a day at least, however little time there is.
    assert deciding.days_in_all(list(made.steps)) <= max(days, len(made.steps)) + sum(
        step.due_days == 1 for step in made.steps
    )
    assert all(step.due_days <= max(days, 1) or step.phase == "advanced" for step in made.steps)


@few
@given(answers, pools, st.integers(1, 300), st.integers(1, 300))
def test_a_larger_team_is_never_asked_for_fewer_invitations(asked, pool, team, more):
    def asked_for(size):
        made = propose(replace(asked, team=size), pool).known()
        return {
            key: json.dumps(step.content["criterion"]).count("") and step.content["criterion"].get("at_least", 1)
            for key, step in made.items()
        }

    small, large = asked_for(team), asked_for(team + more)
    for key in small.keys() & large.keys():
        if team > 1:
            assert small[key] <= large[key]


@few
@given(answers, pools)
def test_a_proposal_is_kept_as_plain_data_and_comes_back_the_same(asked, pool):
    made = propose(asked, pool)
    assert proposal.from_data(json.loads(json.dumps(proposal.to_data(made)))) == made


@few
@given(answers, pools, st.data())
def test_whatever_is_decided_reads_as_a_ladder(asked, pool, data):
    made = propose(asked, pool)
    decisions = deciding.undecided(made)
    everything = list(made.known())
    for _ in range(data.draw(st.integers(0, 8))):
        acts = [("take", key) for key in everything if key not in decisions["taken"]]
        acts += [(act, key) for act in ("accept", "refuse", "swap") for key in decisions["taken"]]
        if not acts:
            break
        act, key = data.draw(st.sampled_from(acts))
        try:
            if act == "swap":
                decisions = deciding.swap(decisions, made, key, data.draw(st.sampled_from(everything)))
            else:
                decisions = getattr(deciding, act)(decisions, made, key)
        except deciding.NotPossible:
            continue
    found = document(made, decisions).get("rungs", [])
    assert sorted(rung["milestone"]["key"] for rung in found) == sorted(decisions["taken"])
    assert [rung.get("first_value", False) for rung in found].count(True) == bool(found)
    assert all(step.reasons for step in deciding.chosen(made, decisions))
