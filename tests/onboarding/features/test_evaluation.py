"""Whether somebody has a feature, and why: the rule itself, without a database."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onboarding.features.evaluation import Given, Known, evaluate, evaluate_all

pytestmark = pytest.mark.pure

KEY = "dashboards"
DONE = Given(KEY, "completion", "2026-03-02T12:00:00+00:00", ladder="start", step="connect")
COLLEAGUE = Given(KEY, "account", "2026-03-01T12:00:00+00:00", ladder="start", step="connect", account="acme")
GRANTED = Given(KEY, "grant", "2026-02-01T12:00:00+00:00", until="2026-04-01T00:00:00+00:00")
FOR_GOOD = Given(KEY, "grant", "2026-02-02T12:00:00+00:00", account="acme")


def test_nothing_given_is_off_by_default():
    found = evaluate(Known(KEY), [])
    assert (found.value, found.reason, found.variant, found.metadata) == (False, "DEFAULT", "off", {})


def test_anything_given_is_on_and_says_what():
    for one in (DONE, COLLEAGUE, GRANTED):
        found = evaluate(Known(KEY), [one])
        assert (found.value, found.reason, found.variant) == (True, "TARGETING_MATCH", "on")
        assert found.metadata["source"] == one.source
        assert found.metadata["since"] == one.since


def test_what_one_did_oneself_comes_before_what_others_did_and_that_before_a_grant():
    assert evaluate(Known(KEY), [GRANTED, COLLEAGUE, DONE]).metadata["source"] == "completion"
    assert evaluate(Known(KEY), [GRANTED, COLLEAGUE]).metadata["source"] == "account"


def test_of_several_grants_the_one_that_lasts_longest_is_told():
    later = Given(KEY, "grant", "2026-02-03T12:00:00+00:00", until="2026-05-01T00:00:00+00:00")
    assert evaluate(Known(KEY), [GRANTED, later]).metadata["until"] == later.until
    assert "until" not in evaluate(Known(KEY), [later, FOR_GOOD, GRANTED]).metadata


def test_an_archived_feature_is_off_whatever_is_given():
    found = evaluate(Known(KEY, archived=True), [DONE, GRANTED])
    assert (found.value, found.reason, found.variant, found.metadata) == (False, "DISABLED", "off", {})


def test_a_feature_that_no_current_version_names_says_so_and_is_what_it_was():
    assert evaluate(Known(KEY, named=False), []).metadata == {"named": False}
    found = evaluate(Known(KEY, named=False), [DONE])
    assert found.value
    assert found.metadata["named"] is False


def test_what_is_given_of_other_features_says_nothing_of_this_one():
    assert not evaluate(Known("bulk-edit"), [DONE, GRANTED]).value


def test_all_features_are_told_also_one_that_nobody_has_noted_yet():
    found = evaluate_all([Known("bulk-edit"), Known("audit", archived=True)], [DONE])
    assert [(one.key, one.reason) for one in found] == [
        ("audit", "DISABLED"),
        ("bulk-edit", "DEFAULT"),
        (KEY, "TARGETING_MATCH"),
    ]


MOMENTS = st.sampled_from([f"2026-0{month}-01T00:00:00+00:00" for month in range(1, 10)])
THINGS = st.builds(
    Given,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["completion", "account", "grant"]),
    MOMENTS,
    st.one_of(st.just(""), MOMENTS),
    account=st.sampled_from(["", "acme"]),
)


@given(st.lists(THINGS, max_size=6), st.randoms(use_true_random=False))
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_order_in_which_things_are_found_makes_no_difference(things, rng):
    shuffled = list(things)
    rng.shuffle(shuffled)
    assert evaluate_all([Known("a")], things) == evaluate_all([Known("a")], shuffled)
    by_key = {one.key: one for one in evaluate_all([Known("a")], things)}
    assert {key for key, one in by_key.items() if one.value} == {one.feature for one in things}
