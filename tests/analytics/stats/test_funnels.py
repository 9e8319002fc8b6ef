from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.stats import Order, furthest, people_at_steps
from tests.tiers import examples

pytestmark = pytest.mark.pure

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def day(number):
    return MONDAY + number * DAY


def log(text):
    """ "A1 B2" is A on day 1 and B on day 2."""
    return [(day(int(word[1:])), word[0]) for word in text.split()]


def came(text, steps="ABC", *, order=Order.ORDERED, window=14):
    """The days on which the steps were reached."""
    times = furthest(log(text), list(steps), window=window * DAY, order=order)
    return [(at - MONDAY) // DAY for at in times]


def test_the_window_is_anchored_at_the_first_step_and_holds_both_its_ends():
    assert came("A0 B13 C14") == [0, 13, 14]
    assert came("A0 B13 C15") == [0, 13]
    late = [(day(0), "A"), (day(14) + timedelta(microseconds=1), "B")]
    assert furthest(late, ["A", "B"], window=14 * DAY, order=Order.ORDERED) == (day(0),)


def test_an_attempt_may_begin_with_any_first_step_and_the_furthest_counts():
    assert came("A0 B1 A20 B21 C22") == [20, 21, 22]
    assert came("A0 B1 A2 B3") == [0, 1]


def test_ordered_steps_may_have_anything_between_them_and_must_come_in_order():
    assert came("A0 X1 C2 B3 X4 C5") == [0, 3, 5]
    assert came("C0 B1 A2") == [2]
    assert came("B0 C1") == []


def test_one_event_serves_one_step_also_when_two_steps_share_a_name():
    for order in Order:
        assert came("A0 B1", "AAB", order=order)[:2] == ([0, 1] if order is Order.ANY_ORDER else [0])
        assert len(came("A0 A1 B2", "AAB", order=order)) == 3


def test_events_at_one_moment_are_taken_as_the_steps_would_have_them():
    assert came("C0 B0 A0") == [0, 0, 0]
    assert came("C0 B0 A0", order=Order.STRICT) == [0, 0, 0]
    assert came("A0 A0 B0", "AAA") == [0, 0]


def test_strict_is_broken_by_anything_else_listed_or_not():
    assert came("A0 B1 C2", order=Order.STRICT) == [0, 1, 2]
    assert came("A0 X1 B2 C3", order=Order.STRICT) == [0]
    assert came("A0 B1 A2 C3", order=Order.STRICT) == [0, 1]
    assert came("A0 X1 A2 B3 C4", order=Order.STRICT) == [2, 3, 4]


def test_strict_lets_the_step_just_reached_repeat_and_says_nothing_of_what_happens_at_its_moment():
    assert came("A0 A1 B2 B3 C4", order=Order.STRICT) == [0, 2, 4]
    assert came("A0 X0 B1 X1 C2", order=Order.STRICT) == [0, 1, 2]


def test_strict_does_not_spend_a_step_too_early():
    assert came("A1 B2 C2 B3 C4 D5", "ABCD", order=Order.STRICT) == [1, 2, 4, 5]


def test_in_any_order_the_attempt_begins_with_whichever_comes_first():
    assert came("C0 A3 B5", order=Order.ANY_ORDER) == [0, 3, 5]
    assert came("C0 A3 B20", order=Order.ANY_ORDER) == [0, 3]
    assert came("C0 A10 B20 C21", order=Order.ANY_ORDER) == [10, 20, 21]


@pytest.mark.parametrize(
    "did, ordered, strict, any_order",
    # The table of docs/metrics.md.
    [
        ("A0 B1 C2", 3, 3, 3),
        ("A0 X1 B2 C3", 3, 1, 3),
        ("A0 B1 B2 C3", 3, 3, 3),
        ("C0 B1 A2", 1, 1, 3),
        ("A0 B20", 1, 1, 1),
    ],
)
def test_the_examples_of_the_documentation_are_true(did, ordered, strict, any_order):
    found = [len(came(did, order=order)) for order in (Order.ORDERED, Order.STRICT, Order.ANY_ORDER)]
    assert found == [ordered, strict, any_order]


def test_people_are_counted_at_each_step_they_came_as_far_as():
    assert people_at_steps([0, 1, 1, 3, 2], 3) == (4, 2, 1)
    assert people_at_steps([], 2) == (0, 0)


def test_a_funnel_without_steps_and_a_negative_window_are_refused():
    with pytest.raises(ValueError, match="needs a step"):
        furthest([], [], window=DAY, order=Order.ORDERED)
    with pytest.raises(ValueError, match="no negative time"):
        furthest([], ["A"], window=-DAY, order=Order.ORDERED)


def naively(events, steps, window, order):
    """The most steps of any choice of different events, by trying them all."""
    most = 0
    for far in range(1, len(steps) + 1):
        for choice in permutations(range(len(events)), far):
            chosen = [events[index] for index in choice]
            times = [at for at, _ in chosen]
            if max(times) - min(times) > window:
                continue
            names = [name for _, name in chosen]
            if order is Order.ANY_ORDER:
                fits = all(names.count(name) <= steps.count(name) for name in names)
            else:
                fits = names == list(steps[:far]) and times == sorted(times)
            if fits and order is Order.STRICT:
                fits = all(
                    name == steps[place]
                    for place in range(far - 1)
                    for at, name in events
                    if times[place] < at < times[place + 1]
                )
            if fits:
                most = far
                break
        else:
            break
    return most


events = st.lists(st.tuples(st.integers(0, 6).map(day), st.sampled_from("ABCX")), max_size=7)


@settings(max_examples=examples(300), deadline=None)
@given(events, st.lists(st.sampled_from("ABC"), min_size=1, max_size=4), st.integers(0, 5), st.sampled_from(Order))
@example(log("A1 B2 C2 B3 C4"), list("ABCC"), 5, Order.STRICT)
def test_it_comes_as_far_as_the_best_of_all_choices_of_events(events, steps, window, order):
    found = furthest(events, steps, window=window * DAY, order=order)
    assert len(found) == naively(events, steps, window * DAY, order)
    assert list(found) == sorted(found)
    assert not found or found[-1] - found[0] <= window * DAY


@given(events, st.lists(st.sampled_from("ABC"), min_size=1, max_size=4), st.integers(0, 5))
def test_who_comes_far_strictly_comes_as_far_in_order_and_in_any_order(events, steps, window):
    strict, ordered, any_order = (
        len(furthest(events, steps, window=window * DAY, order=order))
        for order in (Order.STRICT, Order.ORDERED, Order.ANY_ORDER)
    )
    assert strict <= ordered <= any_order


@given(st.lists(st.integers(0, 4), max_size=30), st.lists(st.integers(0, 4), max_size=30))
def test_the_counts_of_segments_add_up_and_never_rise_from_step_to_step(first, second):
    both = people_at_steps([*first, *second], 4)
    parts = zip(people_at_steps(first, 4), people_at_steps(second, 4), strict=True)
    assert both == tuple(one + other for one, other in parts)
    assert list(both) == sorted(both, reverse=True)
