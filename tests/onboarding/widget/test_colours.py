"""Contrast by WCAG's own examples, and the nearest colour that passes against a search that tries every lightness."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from onboarding.widget.colours import (
    BLACK,
    STEPS,
    WHITE,
    BadColour,
    Colour,
    _at,
    _oklch,
    _srgb,
    contrast,
    nearest,
    told_apart,
)
from tests.tiers import examples

pytestmark = pytest.mark.pure

channel = st.integers(0, 255)
colours = st.builds(Colour, channel, channel, channel)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        # WebAIM's contrast checker, as WCAG's techniques G18 and G17 refer to such tools
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffffff", 8.59),
        ("#3451c9", "#3451c9", 1.0),
    ],
)
def test_contrast_is_what_others_measure(one, other, ratio):
    one, other = Colour.read(one), Colour.read(other)
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize("typed", ["#3451C9", "3451c9", " #3451c9 "])
def test_a_colour_is_read_as_people_write_it(typed):
    assert str(Colour.read(typed)) == "#3451c9"


def test_three_digits_stand_for_six():
    assert str(Colour.read("#1af")) == "#11aaff"


@pytest.mark.parametrize("typed", ["", "red", "#12345", "#12345g", "url(x)", "#fff;}", "#３４５", "a\x00b", "9" * 5000])
def test_what_is_no_colour_is_refused(typed):
    with pytest.raises(BadColour, match="write one such as"):
        Colour.read(typed)


@settings(deadline=None)
@given(colours)
def test_a_colour_is_itself_again_after_it_was_taken_apart(colour):
    again = _srgb(*_oklch(colour))
    assert again is not None
    for own, its in zip((colour.red, colour.green, colour.blue), (again.red, again.green, again.blue), strict=True):
        assert abs(own - its) <= 1


def away(colour: Colour, other: Colour) -> float:
    """How far apart in lightness, in STEPS."""
    return abs(_oklch(colour)[0] - _oklch(other)[0]) * STEPS


def naive(colour: Colour, grounds: tuple[Colour, ...], needed: float) -> float | None:
    """How far in lightness the nearest passing colour is, by trying every one."""
    _, chroma, hue = _oklch(colour)
    every = {_at(step, chroma, hue) for step in range(STEPS + 1)}
    return min((away(colour, one) for one in every if told_apart(one, grounds, needed)), default=None)


@settings(max_examples=examples(150), deadline=None)
@given(colours, st.lists(colours, min_size=1, max_size=2), st.sampled_from([3.0, 4.5]))
@example(Colour(119, 119, 119), [WHITE], 4.5)
@example(Colour(46, 204, 113), [Colour(119, 119, 119)], 4.5)
@example(Colour(128, 128, 128), [BLACK, WHITE], 4.5)
@example(WHITE, [WHITE], 3.0)
def test_the_nearest_that_passes_passes_and_none_is_nearer(colour, grounds, needed):
    grounds = tuple(grounds)
    found = nearest(colour, *grounds, needed=needed)
    least = naive(colour, grounds, needed)
    if told_apart(colour, grounds, needed):
        assert found == colour
    elif least is None:
        assert found is None
    else:
        assert told_apart(found, grounds, needed)
        assert away(colour, found) <= least + 5


@settings(deadline=None)
@given(colours, colours)
def test_against_one_ground_there_is_always_one_that_passes(colour, ground):
    found = nearest(colour, ground, needed=4.5)
    assert found is not None
    assert contrast(found, ground) >= 4.5
