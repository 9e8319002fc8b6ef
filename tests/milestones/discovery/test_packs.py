"""The rules and the starter packs fit each other: every pack is found by its own outcomes, for its own role."""

import pytest

from milestones.discovery import deciding
from milestones.discovery.answers import Answers
from milestones.discovery.gathering import _from_packs, products
from milestones.discovery.proposing import propose
from milestones.discovery.questions import HAVE, OUTCOMES, questionnaire
from milestones.discovery.roles import kind_of
from milestones.discovery.rules import refusal
from milestones.discovery.topics import about, tagged
from milestones.ladders.packs.catalogue import all_packs

pytestmark = pytest.mark.pure
PACKS = [pytest.param(pack, id=pack.key) for pack in all_packs()]


def proposed(pack, **answers):
    kind = kind_of(pack.role)
    return propose(Answers(role=pack.role_name, kind=kind, product=pack.product, **answers), _from_packs())


@pytest.mark.parametrize("pack", PACKS)
def test_each_packs_role_is_one_of_the_usual_kinds(pack):
    assert kind_of(pack.role)
    assert products()[pack.product] == pack.product_name


@pytest.mark.parametrize("pack", PACKS)
def test_each_packs_milestones_are_reached_by_some_outcome_of_its_role(pack):
    offered = questionnaire(kind_of(pack.role))[1].choices
    found = set()
    for outcome in offered:
        made = proposed(pack, outcomes=(outcome.key,), team=500)
        assert len(made.steps) >= 4
        assert deciding.first_value(list(made.steps))
        found |= {
            step.key for step in made.steps if any(reason.rule in ("outcome", "first value") for reason in step.reasons)
        }
    own = {milestone["key"] for milestone in pack.milestones}
    assert len(found & own) >= len(own) / 2, own - found


@pytest.mark.parametrize("pack", PACKS)
def test_a_ladder_is_made_of_its_own_packs_milestones_and_of_no_others(pack):
    made = proposed(pack, outcomes=("together",), days=60, team=25)
    own = {milestone["key"] for milestone in pack.milestones}
    assert {step.key for step in made.steps} <= own


@pytest.mark.parametrize("choice", HAVE, ids=lambda choice: choice.key)
def test_what_is_in_place_already_leaves_something_out_but_never_most_of_it(choice):
    candidates = _from_packs()
    refused = [one for one in candidates if refusal(Answers(have=(choice.key,)), one)]
    assert 0 < len(refused) <= len(candidates) / 4


@pytest.mark.parametrize("outcome", OUTCOMES, ids=lambda outcome: outcome.key)
def test_every_outcome_is_served_by_some_milestone(outcome):
    served = [
        one.key
        for one in _from_packs()
        if tagged(one.content, outcome.tags) or any(about(one.content, topic) for topic in outcome.topics)
    ]
    assert len(served) >= 3
