"""Keys made of names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.library.content import read_key
from milestones.library.keys import key_from
from milestones.library.problems import Problems

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Invite your team", "invite-your-team"),
        ("  Überblick: 3 Größen!  ", "uberblick-3-groen"),
        ("SSO (SAML_2.0)", "sso-saml-2-0"),
        ("チームを招待", "milestone"),
    ],
)
def test_a_key_is_the_name_in_plain_letters(name, key):
    assert key_from(name) == key


def test_a_taken_key_gets_a_number():
    assert key_from("Invite", taken={"invite", "invite-2"}) == "invite-3"


@given(st.text(max_size=200), st.sets(st.sampled_from(["a", "b", "a-2", "milestone", "0"])))
def test_any_name_makes_a_key_that_is_one_and_is_free(name, taken):
    key = key_from(name, taken=taken)
    problems = Problems()
    assert read_key(key, "key", problems) == key
    assert problems == []
    assert key not in taken
