"""Reading, writing and asking success criteria."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.library.criteria import (
    MISSING,
    All,
    Any_,
    CriterionError,
    EventCondition,
    Everyone,
    PropertyCondition,
    TraitCondition,
    leaves,
    lookup,
    parse,
    parse_rule,
    parse_start,
    rule_matches,
    signals,
    to_data,
)

from .strategies import criteria, json_values, rules

pytestmark = pytest.mark.pure


def problems_of(data, read=parse, **at):
    with pytest.raises(CriterionError) as error:
        read(data, **at)
    return [str(problem) for problem in error.value.problems]


def test_a_full_event_condition_is_read():
    assert parse(
        {
            "event": "Report Shared",
            "where": [{"property": "audience", "equals": "team"}, {"property": "rows", "greater_than": 10}],
            "at_least": 3,
            "within": "2 weeks",
            "of": "opening",
        }
    ) == EventCondition(
        "Report Shared",
        (PropertyCondition("audience", "equals", "team"), PropertyCondition("rows", "greater_than", 10)),
        at_least=3,
        within=timedelta(days=14),
        of="opening",
    )


def test_what_is_left_out_has_its_default():
    assert parse({"event": "Signed In"}) == EventCondition("Signed In", (), 1, None, "start")


def test_groups_nest_and_hold_traits_too():
    data = {"any": [{"trait": "plan", "in": ["growth", "scale"]}, {"all": [{"event": "A"}, {"event": "B"}]}]}
    assert parse(data) == Any_(
        (
            TraitCondition("plan", "in", ("growth", "scale")),
            All((EventCondition("A"), EventCondition("B"))),
        )
    )


def test_writing_leaves_defaults_out_and_spells_periods_canonically():
    data = {"event": "A", "where": [], "at_least": 1, "within": "24 hours", "of": "start"}
    assert to_data(parse(data)) == {"event": "A", "within": "1 day"}
    assert to_data(parse({"event": "A", "of": "opening"})) == {"event": "A", "of": "opening"}


def test_a_whole_float_is_written_as_the_same_number_without_a_fraction():
    written = to_data(parse({"trait": "seats", "greater_than": 10.0}))
    assert json.dumps(written) == '{"trait": "seats", "greater_than": 10}'


@given(criteria())
def test_what_is_written_is_read_back_the_same(criterion):
    assert parse(to_data(criterion)) == criterion


@given(criteria())
def test_canonical_data_survives_json_and_reading_and_writing(criterion):
    data = json.loads(json.dumps(to_data(criterion)))
    assert to_data(parse(data)) == data


@given(rules())
def test_a_rule_is_read_back_the_same(rule):
    assert parse_rule(json.loads(json.dumps(to_data(rule)))) == rule


@given(json_values())
def test_whatever_json_is_given_it_is_read_or_refused_with_a_place(data):
    try:
        read = parse(data)
    except CriterionError as error:
        named = [problem.place.startswith("criterion") and problem.message != "" for problem in error.problems]
    else:
        named = [parse(to_data(read)) == read]
    assert named
    assert all(named)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            {"all": [{"event": "A", "within": "14 dayz"}]},
            "criterion.all[0].within: '14 dayz' is not a period; write for example '14 days'",
        ),
        ({"event": "A", "at_lest": 2}, "criterion.at_lest: is not known here; did you mean 'at_least'?"),
        (
            {"event": "A", "colour": 1},
            "criterion.colour: is not known here; write event, where, at_least, within, of, by",
        ),
        ({"evnt": "A"}, "criterion.evnt: is not known here; did you mean 'event'?"),
        ({}, "criterion: begin with one of event, trait, all, any"),
        ("A", "criterion: 'A' is not a condition; begin with one of event, trait, all, any"),
        (None, "criterion: nothing is not a condition; begin with one of event, trait, all, any"),
        (
            {"event": "A", "trait": "plan", "equals": 1},
            "criterion: has event and trait side by side; put them into one all or any",
        ),
        ({"any": []}, "criterion.any: is empty; put at least one condition into it"),
        ({"any": {"event": "A"}}, "criterion.any: a mapping is not a list"),
        ({"event": " "}, "criterion.event: is empty; write something or leave the key out"),
        ({"event": 7}, "criterion.event: 7 is not a text; put it in quotes"),
        ({"event": "A" * 201}, "criterion.event: is 201 characters long; at most 200 fit"),
        (
            {"event": "A\0"},
            "criterion.event: contains a character that cannot be kept (NUL or half a surrogate pair)",
        ),
        (
            {"event": "A\ud800"},
            "criterion.event: contains a character that cannot be kept (NUL or half a surrogate pair)",
        ),
        ({"event": "A", "at_least": 0}, "criterion.at_least: 0 is not a whole number from 1 to 10000"),
        ({"event": "A", "at_least": True}, "criterion.at_least: true is not a whole number from 1 to 10000"),
        ({"event": "A", "at_least": "3"}, "criterion.at_least: '3' is not a whole number from 1 to 10000"),
        ({"event": "A", "within": 14}, "criterion.within: 14 is not a period; write for example '14 days'"),
        (
            {"event": "A", "within": "1 day", "of": "end"},
            "criterion.of: 'end' is not known; write start or opening",
        ),
        (
            {"event": "A", "where": [{"propety": "x", "equals": 1}]},
            "criterion.where[0]: names no property; write for example {property: audience, equals: team}",
        ),
        (
            {"event": "A", "where": [{"property": "x", "equal": 1}]},
            "criterion.where[0].equal: is not known here; did you mean 'equals'?",
        ),
        (
            {"event": "A", "where": [{"property": "x", "equals": 1, "in": [1]}]},
            "criterion.where[0]: has equals and in; write exactly one of equals, not_equals, in, not_in, "
            "contains, greater_than, less_than, matches, exists",
        ),
        (
            {"event": "A", "where": [{"property": "x", "equals": None}]},
            "criterion.where[0].equals: nothing is not a text, a number, true or false; "
            "to ask whether it is there write {exists: false}",
        ),
        (
            {"event": "A", "where": [{"property": "x..y", "equals": 1}]},
            "criterion.where[0].property: 'x..y' has an empty part between its dots",
        ),
        ({"trait": "plan", "in": []}, "criterion.in: is empty; list at least one value"),
        ({"trait": "plan", "in": [[1]]}, "criterion.in[0]: a list is not a text, a number, true or false"),
        ({"trait": "plan", "greater_than": "3"}, "criterion.greater_than: '3' is not a number"),
        ({"trait": "plan", "exists": "yes"}, "criterion.exists: 'yes' is neither true nor false"),
        (
            {"trait": "n", "equals": float("nan")},
            "criterion.equals: nan is too large; numbers go up to 9007199254740992",
        ),
        (
            {"trait": "n", "equals": 10**400},
            "criterion.equals: a very long number is too large; numbers go up to 9007199254740992",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_to_write(data, message):
    assert message in problems_of(data)


def test_the_place_begins_where_the_reader_says():
    data = {"all": [{"event": "A", "within": "14 dayz"}]}
    assert problems_of(data, at="rungs[2].criterion") == [
        "rungs[2].criterion.all[0].within: '14 dayz' is not a period; write for example '14 days'"
    ]


def test_all_mistakes_are_named_at_once():
    data = {"any": [{"event": "", "at_least": 0}, {"trait": "plan"}, 5]}
    assert [problem.split(":")[0] for problem in problems_of(data)] == [
        "criterion.any[0].event",
        "criterion.any[0].at_least",
        "criterion.any[1]",
        "criterion.any[2]",
    ]


def nested(depth, leaf):
    return leaf if depth == 0 else {"all": [nested(depth - 1, leaf)]}


def test_five_groups_deep_is_allowed_and_six_are_not():
    assert len(list(leaves(parse(nested(5, {"event": "A"}))))) == 1
    assert problems_of(nested(6, {"event": "A"})) == [
        "criterion.all[0].all[0].all[0].all[0].all[0].all: groups are nested more than 5 deep"
    ]


def test_ten_thousand_deep_is_refused_without_harm():
    data = {"event": "A"}
    for _ in range(10_000):
        data = {"any": [data]}
    assert len(problems_of(data)) == 1


def test_twenty_conditions_are_allowed_and_twenty_one_are_not():
    assert len(list(leaves(parse({"all": [{"event": "A"}] * 20})))) == 20
    assert problems_of({"all": [{"event": "A"}] * 21}) == ["criterion: has 21 conditions; at most 20 are allowed"]


def test_the_signal_names_which_events_count_not_how_often_or_when():
    once = parse({"event": "A", "where": [{"property": "x", "equals": 1}]})
    often = parse({"event": "A", "where": [{"property": "x", "equals": 1}], "at_least": 5, "within": "1 day"})
    assert once.signal == often.signal
    assert len(once.signal) == 16
    assert once.signal != parse({"event": "A"}).signal
    assert once.signal != parse({"event": "A", "where": [{"property": "x", "equals": True}]}).signal


def test_the_signal_does_not_depend_on_the_order_of_conditions():
    x, y = {"property": "x", "equals": 1}, {"property": "y", "exists": True}
    assert parse({"event": "A", "where": [x, y]}).signal == parse({"event": "A", "where": [y, x]}).signal


def test_the_signal_is_the_same_in_every_process_and_release():
    # Activity is stored under it: if this changes, everything has to be rebuilt.
    assert parse({"event": "Report Shared", "where": [{"property": "audience", "equals": "team"}]}).signal == (
        "69fde338bde86c4f"
    )


def test_signals_lists_each_kind_of_event_once():
    criterion = parse({"any": [{"event": "A", "at_least": 2}, {"all": [{"event": "A"}, {"event": "B"}]}]})
    assert sorted(condition.event for condition in signals(criterion).values()) == ["A", "B"]


def test_an_event_matches_when_every_property_condition_holds():
    condition = parse(
        {
            "event": "A",
            "where": [{"property": "to.kind", "in": ["team", "all"]}, {"property": "n", "less_than": 3}],
        }
    )
    assert condition.matches({"to": {"kind": "team"}, "n": 2})
    assert not condition.matches({"to": {"kind": "me"}, "n": 2})
    assert not condition.matches({"to": "team", "n": 2})
    assert not condition.matches({})


def test_without_conditions_every_event_of_the_name_matches():
    assert parse({"event": "A"}).matches({})


TRUTHS = [
    # operator, operand, value, holds
    ("equals", 1, 1.0, True),
    ("equals", 1, True, False),
    ("equals", True, 1, False),
    ("equals", True, True, True),
    ("equals", "1", 1, False),
    ("equals", "a", "A", False),
    ("equals", "a", MISSING, False),
    ("not_equals", "a", "b", True),
    ("not_equals", "a", "a", False),
    ("not_equals", "a", MISSING, True),
    ("not_equals", "a", None, True),
    ("in", ("a", 2), 2, True),
    ("in", ("a", 2), "2", False),
    ("in", ("a", 2), MISSING, False),
    ("not_in", ("a", 2), "b", True),
    ("not_in", ("a", 2), "a", False),
    ("not_in", ("a", 2), MISSING, True),
    ("contains", "ab", "xaby", True),
    ("contains", "ab", "xy", False),
    ("contains", 1, "1", False),
    ("contains", 1, [2, 1], True),
    ("contains", 1, [True], False),
    ("contains", "a", ["ab"], False),
    ("contains", "a", {"a": 1}, False),
    ("contains", "a", MISSING, False),
    ("greater_than", 3, 3, False),
    ("greater_than", 3, 3.5, True),
    ("greater_than", 0, True, False),
    ("greater_than", 3, "4", False),
    ("greater_than", 3, MISSING, False),
    ("less_than", 3, 2, True),
    ("less_than", 3, 3, False),
    ("less_than", 3, None, False),
    ("matches", "^https://", "https://a.example", True),
    ("matches", "^https://", "see https://a.example", False),
    ("matches", "trial|demo", "a demo account", True),
    ("matches", "(?i)^team$", "TEAM", True),
    ("matches", "^team$", "team\n", False),
    ("matches", "é", "café", True),
    ("matches", "1", 1, False),
    ("matches", ".*", ["a"], False),
    ("matches", ".*", MISSING, False),
    ("matches", "^$", "", True),
    ("exists", True, 0, True),
    ("exists", True, "", True),
    ("exists", True, None, False),
    ("exists", True, MISSING, False),
    ("exists", False, MISSING, True),
    ("exists", False, None, True),
    ("exists", False, False, False),
]


@pytest.mark.parametrize(("operator", "operand", "value", "holds"), TRUTHS)
def test_operators_mean_what_the_manual_says(operator, operand, value, holds):
    assert TraitCondition("t", operator, operand).holds(value) is holds
    properties = {} if value is MISSING else {"t": value}
    assert PropertyCondition("t", operator, operand).holds(properties) is holds


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (r"(a)\1", "refers back to a group as \\1 does, which patterns here cannot; write the choices out"),
        ("a(?=b)", "looks ahead or behind with (?=, (?!, (?<= or (?<!, which patterns here cannot"),
        ("(?<!a)b", "looks ahead or behind"),
        ("(", "is no pattern (missing ): (); write for example ^https://"),
        ("a{2000}", "is too large a pattern (invalid repetition size: {2000}); repeat less"),
        (r"(\pL{90}\pN{90}){9}", "is too large a pattern"),
        ("a" * 201, "is 201 characters long; a pattern has at most 200"),
        ("", "is empty; write a pattern"),
        (10, "10 is not a text; put the pattern in quotes"),
        ("\0", "contains a character that cannot be kept"),
    ],
)
def test_a_pattern_that_cannot_be_looked_for_is_refused_with_what_to_write_instead(pattern, message):
    told = problems_of({"event": "A", "where": [{"property": "x", "matches": pattern}]})
    assert [one.startswith(f"criterion.where[0].matches: {message}") for one in told] == [True], told
    assert problems_of({"trait": "x", "matches": pattern})[0].startswith(f"criterion.matches: {message}")


def test_patterns_that_make_others_search_for_ever_are_answered():
    """Each of these takes a backtracking engine longer than anybody waits."""
    for pattern, text in [("(a*)*b", "a" * 5000), ("(x+x+)+y", "x" * 5000), ("(a?){90}a{90}b", "a" * 5000)]:
        assert parse({"trait": "x", "matches": pattern}).holds(text) is False


def test_a_pattern_is_looked_for_in_the_first_two_thousand_characters():
    condition = parse({"trait": "x", "matches": "needle"})
    assert condition.holds("é" * 1994 + "needle")
    assert not condition.holds("é" * 1995 + "needle")


def test_a_condition_may_be_about_the_account():
    assert parse({"event": "A", "by": "account"}) == EventCondition("A", by="account")
    assert parse({"trait": "plan", "equals": "pro", "by": "account"}) == TraitCondition(
        "plan", "equals", "pro", "account"
    )
    assert to_data(parse({"event": "A", "by": "account"})) == {"event": "A", "by": "account"}
    assert to_data(parse({"event": "A", "by": "person"})) == {"event": "A"}
    assert to_data(parse({"trait": "plan", "equals": "pro", "by": "person"})) == {"trait": "plan", "equals": "pro"}
    assert problems_of({"event": "A", "by": "team"}) == ["criterion.by: 'team' is not known; write person or account"]
    assert problems_of({"trait": "a", "equals": 1, "by": ["account"]}) == [
        "criterion.by: a list is not known; write person or account"
    ]


def test_whose_events_count_makes_no_other_events_of_them():
    assert EventCondition("A", by="account").signal == EventCondition("A").signal


def test_neither_a_role_nor_a_start_is_about_the_account():
    assert problems_of({"any": [{"trait": "plan", "equals": "pro", "by": "account"}]}, parse_rule) == [
        "rule.any[0].by: a role is a person's own and chosen by their own traits; leave it out, or send it as theirs"
    ]
    assert problems_of({"event": "Signed Up", "by": "account"}, parse_start) == [
        "start.by: a journey starts by what the person did; leave it out"
    ]
    assert parse_start({"event": "Signed Up", "by": "person"}) == EventCondition("Signed Up")


def test_a_key_with_dots_in_it_goes_before_the_path():
    assert lookup({"a.b": 1, "a": {"b": 2}}, "a.b") == 1
    assert lookup({"a": {"b": 2}}, "a.b") == 2
    assert lookup({"a": [2]}, "a.0") is MISSING
    assert lookup({"a": None}, "a") is MISSING


def test_a_rule_is_about_traits_only():
    assert parse_rule({"everyone": True}) == Everyone()
    assert parse_rule({"all": [{"trait": "plan", "equals": "scale"}]}) == All(
        (TraitCondition("plan", "equals", "scale"),)
    )
    assert problems_of({"event": "A"}, parse_rule) == ["rule: a role is chosen by traits; an event cannot stand here"]
    assert problems_of({"everyone": False}, parse_rule) == [
        "rule: 'everyone' stands alone and is true: write {everyone: true}"
    ]
    assert problems_of({"any": [{"everyone": True}]}, parse_rule) == [
        "rule.any[0]: 'everyone' is not allowed inside a group"
    ]


def test_a_rule_chooses_people_by_their_traits():
    rule = parse_rule({"any": [{"trait": "role", "equals": "admin"}, {"trait": "seats", "greater_than": 99}]})
    assert rule_matches(rule, {"role": "admin"})
    assert rule_matches(rule, {"seats": 100})
    assert not rule_matches(rule, {"role": "user", "seats": 99})
    assert rule_matches(Everyone(), {})


def test_a_start_is_an_event_without_a_number_or_a_period():
    assert parse_start(None) is None
    assert parse_start({"event": "Signed Up"}) == EventCondition("Signed Up")
    assert problems_of({"event": "Signed Up", "at_least": 2}, parse_start) == [
        "start.at_least: is not known here; write event, where"
    ]
    assert problems_of({"where": []}, parse_start) == ["start: names no event; write for example {event: Signed Up}"]


@given(st.data())
def test_a_property_condition_on_any_json_never_fails(data):
    criterion = data.draw(criteria())
    properties = data.draw(st.dictionaries(st.text(max_size=3), json_values(), max_size=4))
    for leaf in leaves(criterion):
        if isinstance(leaf, EventCondition):
            assert leaf.matches(properties) in (True, False)
