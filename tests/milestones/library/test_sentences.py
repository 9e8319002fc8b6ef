"""Criteria and rules as sentences."""

import pytest

from milestones.library.criteria import describe, describe_rule, parse, parse_rule

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            {
                "event": "Report Shared",
                "where": [{"property": "audience", "equals": "team"}],
                "at_least": 3,
                "within": "14 days",
            },
            "the user sends Report Shared (audience is team) at least 3 times within 14 days of starting",
        ),
        (
            {"event": "Report Shared", "within": "1 hour", "of": "opening"},
            "the user sends Report Shared within 1 hour of the step opening",
        ),
        ({"event": "A", "at_least": 2, "of": "opening"}, "the user sends A at least 2 times after the step opened"),
        (
            {
                "event": "A",
                "where": [{"property": "x", "in": ["a", 2]}, {"property": "y", "exists": False}],
            },
            "the user sends A (x is one of a, 2 and y is not known)",
        ),
        ({"trait": "plan", "not_equals": "free"}, "the user's plan is not free"),
        ({"trait": "seats", "greater_than": 10}, "the user's seats is more than 10"),
        ({"trait": "verified", "equals": True}, "the user's verified is true"),
        (
            {"any": [{"event": "A"}, {"all": [{"event": "B"}, {"trait": "plan", "exists": True}]}]},
            "the user sends A or (the user sends B and the user's plan is known)",
        ),
        (
            {
                "all": [
                    {"event": "A", "at_least": 2, "by": "account"},
                    {"trait": "plan", "equals": "pro", "by": "account"},
                ]
            },
            "anyone in the account sends A at least 2 times and the account's plan is pro",
        ),
        (
            {"event": "A", "where": [{"property": "url", "matches": "^https://"}]},
            "the user sends A (url matches the pattern ^https://)",
        ),
    ],
)
def test_a_criterion_reads_as_a_sentence(data, sentence):
    assert describe(parse(data)) == sentence


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"everyone": True}, "everyone"),
        ({"trait": "role", "equals": "operator"}, "people whose role is operator"),
        (
            {"all": [{"trait": "role", "equals": "admin"}, {"trait": "plan", "in": ["growth", "scale"]}]},
            "people whose role is admin and plan is one of growth, scale",
        ),
    ],
)
def test_a_rule_reads_as_the_people_it_chooses(data, sentence):
    assert describe_rule(parse_rule(data)) == sentence
