"""The criterion editor: fields out of data, data out of fields, and what its buttons do."""

import pytest
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st

from milestones.library.criteria import CriterionError, parse, parse_rule, parse_start, to_data
from milestones.library.criterion_form import Editor, UnknownAct, act_in, apply, focus_after, read_form
from tests.tiers import examples

from .forms import Controls
from .strategies import criteria, event_conditions, rules

pytestmark = pytest.mark.pure

SHARED = {
    "event": "Report Shared",
    "where": [{"property": "audience", "equals": "team"}],
    "at_least": 3,
    "within": "14 days",
}


class Acme:
    slug = "acme"


def drawn(data, problems=(), focus=None, **how):
    editor = Editor(data, problems=problems, focus=focus, **how)
    return Controls(render_to_string("library/_criterion.html", {"editor": editor, "workspace": Acme}))


def back(data, prefix="criterion", kind="criterion"):
    """What is read of the form that is drawn for the data."""
    return read_form(drawn(data, prefix=prefix, kind=kind).fields, prefix, kind)


def canonical(written, read):
    return to_data(read(to_data(written)))


# The way there and back


@settings(max_examples=examples(150), deadline=None)
@given(criteria())
def test_a_criterion_comes_back_from_its_form_as_it_was(criterion):
    data = canonical(criterion, parse)
    assert back(data) == data
    assert canonical(parse(back(data)), parse) == data


@settings(max_examples=examples(60), deadline=None)
@given(rules())
def test_a_rule_comes_back_from_its_form_as_it_was(rule):
    data = canonical(rule, parse_rule)
    assert back(data, kind="rule") == data


@settings(max_examples=examples(40), deadline=None)
@given(st.none() | event_conditions())
def test_a_start_event_comes_back_from_its_form_as_it_was(condition):
    data = condition and {key: value for key, value in to_data(condition).items() if key in ("event", "where")}
    start = parse_start(data)
    data = to_data(start) if start else None
    assert back(data, kind="start", prefix="story.start") == data


@pytest.mark.parametrize("value", [10, "10", 10.5, True, "true", "", " x ", "a, b", 'say "x"', "two\nlines"])
def test_a_value_keeps_its_kind_and_every_character(value):
    data = {"trait": "plan", "equals": value}
    assert back(data) == data
    assert type(back(data)["equals"]) is type(value)


def test_the_shortest_criterion_is_drawn_with_all_defaults_in_words():
    assert drawn({"event": "Signed In"}).fields == {
        "criterion.kind": "event",
        "criterion.event": "Signed In",
        "criterion.at_least": "1",
        "criterion.of": "start",
    }


def test_an_empty_editor_begins_with_the_simplest_of_its_kind():
    assert Editor(None).root.kind.value == "event"
    assert Editor({}).root.kind.value == "event"
    assert Editor(None, kind="rule").root.kind.value == "everyone"
    assert Editor(None, kind="start").root.kind.value == "first_seen"


def test_fields_are_named_below_the_prefix_wherever_they_stand():
    fields = drawn({"any": [SHARED, {"trait": "plan", "in": ["a", "b"]}]}, prefix="rungs.2.criterion").fields
    assert fields["rungs.2.criterion.kind"] == "any"
    assert fields["rungs.2.criterion.children.0.where.0.operand"] == "team"
    assert fields["rungs.2.criterion.children.0.within_n"] == "14"
    assert fields["rungs.2.criterion.children.1.operand"] == "a, b"


# What people type


def form(**fields):
    return {f"criterion.{name.replace('__', '.')}": value for name, value in fields.items()}


def test_weeks_and_a_single_day_are_understood():
    assert read_form(form(kind="event", event="A", within_n="2", within_unit="week")) == {
        "event": "A",
        "within": "2 weeks",
    }
    assert read_form(form(kind="event", event="A", within_n="1", within_unit="day"))["within"] == "1 day"


def test_a_limit_or_a_number_of_times_left_empty_is_none():
    read = read_form(form(kind="event", event="A", within_n=" ", within_unit="day", at_least=""))
    assert read == {"event": "A"}


def test_another_choice_of_what_counts_starts_afresh_and_asks_for_the_rest():
    read = read_form(form(kind="trait", event="A", at_least="3"))
    assert read == {"trait": "", "equals": None}


def test_a_missing_value_is_not_the_empty_text():
    assert read_form(form(kind="trait", trait="plan", operator="equals", operand=" ")) == {
        "trait": "plan",
        "equals": None,
    }
    assert read_form(form(kind="trait", trait="plan", operator="equals", operand='""')) == {
        "trait": "plan",
        "equals": "",
    }


@pytest.mark.parametrize(
    ("typed", "field", "kept", "said"),
    [
        ({"at_least": "many"}, "at_least", "many", "'many' is not a whole number from 1 to 10000"),
        ({"at_least": "0"}, "at_least", "0", "0 is not a whole number from 1 to 10000"),
        (
            {"within_n": "some", "within_unit": "hour"},
            "within_n",
            "some",
            "'some hours' is not a period; write for example '14 days'",
        ),
        ({"event": "  "}, "event", "", "Write the event’s name"),
        ({"event": "x" * 300}, "event", "x" * 300, "Event is 300 characters long; at most 200 fit"),
        (
            {"where__0__property": "rows", "where__0__operator": "greater_than", "where__0__operand": "lots"},
            "where.0.operand",
            "lots",
            "'lots' is not a number",
        ),
        (
            {"where__0__property": "", "where__0__operator": "equals", "where__0__operand": "x"},
            "where.0.property",
            "",
            "Write the property’s name",
        ),
        (
            {"where__0__property": "a", "where__0__operator": "in", "where__0__operand": ""},
            "where.0.operand",
            "",
            "Write values with commas between them",
        ),
        (
            {"where__0__property": "a", "where__0__operator": "equals", "where__0__operand": ""},
            "where.0.operand",
            "",
            'Write a value; "" is the empty text',
        ),
    ],
)
def test_what_is_wrong_stays_as_typed_and_is_told_at_its_field(typed, field, kept, said):
    data = read_form(form(kind="event", **{"event": "A", **typed}))
    with pytest.raises(CriterionError) as error:
        parse(data)
    editor = Editor(data, problems=error.value.problems)
    (wrong,) = editor.root.wrong
    assert (wrong.name, wrong.problems) == (f"criterion.{field}", [said])
    html = render_to_string("library/_criterion.html", {"editor": editor, "workspace": Acme})
    controls = Controls(html)
    assert controls.fields[f"criterion.{field}"] == kept
    assert controls.described[f"criterion.{field}"] in controls.ids


def test_problems_deep_in_groups_find_their_field_whatever_the_documents_place():
    data = {"all": [{"event": "A"}, {"any": [{"trait": "", "equals": 1}, {"event": "B", "within": "x days"}]}]}
    with pytest.raises(CriterionError) as error:
        parse(data, at="rungs[3].criterion")
    wrong = [field.name for node in Editor(data, problems=error.value.problems).root.nodes for field in node.wrong]
    assert wrong == ["criterion.children.1.children.0.trait", "criterion.children.1.children.1.within_n"]


def test_a_problem_of_a_whole_group_is_told_below_it():
    data = {"all": [{"event": "A"} for _ in range(25)]}
    with pytest.raises(CriterionError) as error:
        parse(data)
    editor = Editor(data, problems=error.value.problems)
    assert editor.root.problems == ["Has 25 conditions; at most 20 are allowed"]
    assert editor.full


def test_a_form_that_nobody_drew_is_read_without_harm():
    deep = {f"criterion{'.children.0' * n}.kind": "all" for n in range(300)}
    with pytest.raises(CriterionError):
        parse(read_form(deep))
    assert read_form({}) == {"event": ""}
    assert read_form({"rule.kind": "event"}, "rule", "rule") == {"trait": "", "equals": None}
    assert read_form({"rule.kind": "all", "rule.children.0.kind": "everyone"}, "rule", "rule") == {
        "all": [{"trait": "", "equals": None}]
    }


@settings(max_examples=examples(100), deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["", ".children.0", ".children.1", ".children.0.children.0", ".where.0", ".where.1", ".children.0.where.0"]
        ).flatmap(
            lambda at: st.sampled_from(
                [
                    "kind",
                    "event",
                    "trait",
                    "operator",
                    "operand",
                    "property",
                    "at_least",
                    "within_n",
                    "within_unit",
                    "of",
                ]
            ).map(lambda field: f"criterion{at}.{field}")
        ),
        st.sampled_from(["all", "any", "event", "trait", "equals", "in", "exists", "3", "x", "", "day", "opening"]),
    ),
    st.sampled_from(["criterion", "rule", "start"]),
)
def test_any_form_can_be_drawn_again_with_its_problems(post, kind):
    data = read_form(post, "criterion", kind)
    problems = ()
    try:
        {"criterion": parse, "rule": parse_rule, "start": parse_start}[kind](data)
    except CriterionError as error:
        problems = error.problems
    controls = drawn(data, problems=problems, kind=kind)
    assert read_form(controls.fields, "criterion", kind) == data
    assert len(controls.ids) == len(set(controls.ids))


# What the buttons do


def test_a_condition_becomes_a_group_with_an_empty_one_beside_it():
    assert apply({"event": "A"}, "group::any") == {"any": [{"event": "A"}, {"event": ""}]}
    assert apply({"trait": "a", "equals": 1}, "group::all", "rule")["all"][1] == {"trait": "", "equals": None}


def test_groups_grow_shrink_and_dissolve():
    data = {"all": [{"event": "A"}, {"event": "B"}]}
    three = apply(data, "add:")
    assert three == {"all": [{"event": "A"}, {"event": "B"}, {"event": ""}]}
    assert apply(three, "remove:children.2") == data
    assert apply(data, "remove:children.0") == {"event": "B"}
    nested = apply(data, "group:children.1:any")
    assert nested == {"all": [{"event": "A"}, {"any": [{"event": "B"}, {"event": ""}]}]}
    assert apply(nested, "ungroup:children.1") == three
    assert apply({"any": [{"event": "A"}]}, "ungroup:") == {"event": "A"}
    assert apply(nested, "remove:children.1.children.1") == data
    assert data == {"all": [{"event": "A"}, {"event": "B"}]}, "the data given is left alone"


def test_properties_and_limits_come_and_go():
    data = apply({"event": "A"}, "where:")
    assert data == {"event": "A", "where": [{"property": "", "equals": None}]}
    assert apply(data, "remove:where.0")["where"] == []
    limited = apply({"any": [{"event": "A"}, {"event": "B"}]}, "limit:children.1")
    assert limited["any"][1] == {"event": "B", "within": "14 days"}
    assert apply(limited, "unlimit:children.1")["any"][1] == {"event": "B"}


@pytest.mark.parametrize(
    "act",
    [
        "",
        "burn:",
        "add:",
        "remove:",
        "remove:children.0",
        "remove:where.0",
        "ungroup:",
        "group::some",
        "where:children.0",
        "limit:children.x",
        "limit:a.b.c",
        "where:children.-1",
    ],
)
def test_an_act_that_there_is_no_button_for_is_refused(act):
    with pytest.raises(UnknownAct):
        apply({"event": "A"}, act)


def test_a_start_event_has_no_groups_and_no_limits():
    for act in ("group::all", "limit:"):
        with pytest.raises(UnknownAct):
            apply({"event": "A"}, act, "start")
    assert apply({"event": "A"}, "where:", "start")["where"]


@pytest.mark.parametrize(
    ("act", "field"),
    [
        ("add:", "criterion.children.2.event"),
        ("where:children.0", "criterion.children.0.where.1.property"),
        ("limit:children.1", "criterion.children.1.within_n"),
        ("group:children.1:any", "criterion.children.1.children.1.event"),
        ("remove:children.1", "criterion.event"),
        ("remove:children.0.where.0", "criterion.children.0.event"),
    ],
)
def test_the_keyboard_goes_on_where_something_changed(act, field):
    data = apply({"all": [SHARED, {"event": "B"}]}, act)
    assert drawn(data, focus=focus_after(data, act)).focused == [field]


@settings(max_examples=examples(100), deadline=None)
@given(criteria(), st.data())
def test_every_button_that_is_drawn_works_and_leads_to_a_form_that_reads_the_same(criterion, choose):
    data = to_data(criterion)
    for _ in range(3):
        acts = drawn(data).acts
        if not acts:
            break
        act = act_in({"act": choose.draw(st.sampled_from(acts))}, "criterion")
        data = apply(data, act)
        controls = drawn(data, focus=focus_after(data, act))
        assert len(controls.focused) == 1
        read = read_form(controls.fields)
        if act.startswith("remove:") and "where" in act:
            data = read  # a list without entries is left out
        assert read == data


@settings(max_examples=examples(100), deadline=None)
@given(criteria())
def test_every_part_of_the_grammar_can_be_built_with_the_buttons(criterion):
    """From an empty editor: groups by their buttons, everything else by typing. A group of one is that one."""
    wanted = _plain(to_data(parse(to_data(criterion))))
    data = {"event": ""}
    data = _build(data, "", wanted, inside="")
    assert data == wanted


def _plain(data):
    for group in ("all", "any"):
        if group in data:
            parts = [_plain(part) for part in data[group]]
            return {group: parts} if len(parts) > 1 else parts[0]
    return data


def _press(data, act):
    assert f"criterion:{act}" in drawn(data).acts
    return apply(data, act)


def _at(data, path):
    for n in path.split(".")[1::2]:
        data = next(data[group] for group in ("all", "any") if group in data)[int(n)]
    return data


def _typed(data, path, new):
    """The data with a leaf typed in, as the leaf's own fields read."""
    leaf = read_form({**drawn(new).fields})
    if not path:
        return leaf
    parent = _at(data, ".".join(path.split(".")[:-2]))
    next(parent[group] for group in ("all", "any") if group in parent)[int(path.split(".")[-1])] = leaf
    return data


def _build(data, path, wanted, inside):
    group = next((group for group in ("all", "any") if group in wanted), None)
    if group is None:
        return _typed(data, path, wanted)
    # The other kind has a button of its own; the same kind is chosen in the group's list of choices afterwards.
    made = group if group != inside else {"all": "any", "any": "all"}[group]
    data = _press(data, f"group:{path}:{made}")
    node = _at(data, path)
    if made != group:
        node[group] = node.pop(made)
    for _ in wanted[group][2:]:
        data = _press(data, f"add:{path}")
    for n, part in enumerate(wanted[group]):
        data = _build(data, f"{path}.children.{n}" if path else f"children.{n}", part, group)
    return data


# For people who cannot see where a field stands


def test_every_field_is_named_aloud_and_no_name_twice_in_one_condition():
    controls = drawn({"all": [SHARED, {"trait": "plan", "equals": "x"}]})
    assert all(controls.labels.values())
    assert len(set(controls.labels.values())) == len(controls.labels)
    assert controls.labels["criterion.children.0.where.0.operand"] == "Condition 1: property 1: value"
    assert drawn({"event": "A"}).labels["criterion.event"] == "Event"


def test_only_the_own_editors_act_counts():
    assert act_in({"act": "rule:add:"}, "criterion") is None
    assert act_in({"act": "criterion:add:children.0"}, "criterion") == "add:children.0"
    assert act_in({}, "criterion") is None
