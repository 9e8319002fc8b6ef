"""What the sandbox sends fulfils the criterion that it is offered for, wherever that can be made up."""

import pytest

from milestones.library.conditions import rule_matches
from milestones.library.criteria import parse, parse_rule
from onboarding.installation.tries import traits_for, tries_of

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "where",
    [
        {"property": "audience", "equals": "team"},
        {"property": "audience", "in": ["team", "all"]},
        {"property": "title", "contains": "Q3"},
        {"property": "rows", "greater_than": 10},
        {"property": "rows", "less_than": 10},
        {"property": "deep.down", "equals": True},
        {"property": "owner", "exists": True},
        {"property": "owner", "exists": False},
        {"property": "audience", "not_equals": "team"},
        {"property": "audience", "not_in": ["team"]},
    ],
)
def test_an_event_meets_its_conditions(where):
    criterion = parse({"event": "Report Shared", "where": [where], "at_least": 3})
    (one,) = tries_of(criterion)
    name, event, properties = one.call
    assert (name, event, one.times, one.complete) == ("track", "Report Shared", 3, True)
    assert criterion.matches(properties)


def test_what_cannot_be_made_up_says_so():
    (one,) = tries_of(parse({"event": "Report Shared", "where": [{"property": "code", "matches": "^[A-Z]{3}$"}]}))
    assert not one.complete


def test_groups_offer_each_of_their_parts_and_traits_are_said():
    found = tries_of(parse({"all": [{"event": "A"}, {"any": [{"trait": "plan", "equals": "team"}, {"event": "B"}]}]}))
    assert [one.call for one in found] == [
        ["track", "A", {}],
        ["identify", {"plan": "team"}],
        ["track", "B", {}],
    ]


def test_traits_of_the_account_are_not_the_persons_to_say():
    assert tries_of(parse({"trait": "seats", "greater_than": 5, "by": "account"})) == []


@pytest.mark.parametrize(
    "rule",
    [
        {"everyone": True},
        {"trait": "role", "equals": "admin"},
        {"all": [{"trait": "role", "in": ["admin", "owner"]}, {"trait": "seats", "greater_than": 4}]},
        {"any": [{"trait": "role", "equals": "admin"}, {"trait": "role", "equals": "owner"}]},
    ],
)
def test_traits_give_the_role(rule):
    rule = parse_rule(rule)
    assert rule_matches(rule, traits_for(rule))
