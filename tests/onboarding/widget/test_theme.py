"""Themes: what cannot be read is found, everything made of what can be read can be read, and nothing typed gets out."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onboarding.widget.colours import Colour, contrast
from onboarding.widget.embed import serving
from onboarding.widget.theme import (
    COLOURS,
    FONTS,
    RADII,
    SCHEMES,
    SHAPE,
    TEXT,
    Palette,
    Theme,
    failings,
    in_frame,
    in_pill,
    on_accent,
    tokens,
)

pytestmark = pytest.mark.pure

FRAME, PILL = str(serving.frame_style()), serving.pill_style()
SET = re.compile(r"(?<=--)[a-z-]+: ?([^;}]+)")

channel = st.integers(0, 255)
colours = st.builds(Colour, channel, channel, channel)
palettes = st.builds(Palette, *[colours.map(str)] * 3)
themes = st.builds(
    Theme, palettes, palettes, st.sampled_from([*SCHEMES]), st.sampled_from([*RADII]), st.sampled_from([*FONTS])
)
leaves = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.sampled_from(["#fff", "red", "auto", "mono"])
)
anything = leaves | st.lists(leaves, max_size=2) | st.fixed_dictionaries({}, optional=dict.fromkeys(COLOURS, leaves))
kept_themes = st.fixed_dictionaries({}, optional=dict.fromkeys(["light", "dark", "scheme", "radius", "font"], anything))


def test_firstmiles_own_look_can_be_read_and_adds_nothing_to_what_is_sent():
    assert failings(Theme()) == []
    assert Theme().kept() == {}
    assert (in_frame(FRAME, Theme()), in_pill(PILL, Theme())) == (FRAME, PILL)


def test_what_cannot_be_read_is_told_with_its_ratio_and_the_nearest_that_can():
    theme = Theme(light=Palette(accent="#ffd400", background="#ffffff", ink="#888888"))
    ink, accent = failings(theme)
    assert (ink.palette, ink.field, round(ink.ratio, 2), ink.needed, ink.instead) == (
        "light",
        "ink",
        3.54,
        4.5,
        "#767676",
    )
    assert (accent.field, round(accent.ratio, 2), accent.needed) == ("accent", 1.43, 3)
    assert contrast(Colour.read(accent.instead), Colour.read("#fff")) >= 3
    assert failings(Theme(light=Palette(accent.instead, "#ffffff", ink.instead))) == []


def test_a_set_that_is_not_used_need_not_be_readable():
    bad = Palette("#111111", "#111111", "#111111")
    assert failings(Theme(dark=bad, scheme="light")) == []
    assert {one.palette for one in failings(Theme(dark=bad))} == {"dark"}


@given(colours)
def test_text_on_any_accent_can_be_read(accent):
    assert contrast(on_accent(accent), accent) >= TEXT


@settings(deadline=None)
@given(palettes)
def test_what_is_offered_mends_a_palette_and_everything_made_of_it_can_be_read(palette):
    offered = {one.field: one.instead for one in failings(Theme(light=palette, scheme="light"))}
    palette = replace(palette, **offered)
    assert failings(Theme(light=palette, scheme="light")) == []
    made = tokens(palette)
    for ground in (made["surface"], made["sunken"]):
        for text in ("ink", "muted", "link", "warn"):
            assert contrast(made[text], ground) >= TEXT, text
        for shape in ("accent", "mark"):
            assert contrast(made[shape], ground) >= SHAPE, shape
    assert contrast(made["accent-ink"], made["accent"]) >= TEXT
    assert contrast(made["accent-ink"], made["accent-strong"]) >= TEXT


@given(themes)
def test_a_theme_is_the_same_after_it_was_kept(theme):
    assert Theme.read(theme.kept()) == theme


@settings(deadline=None)
@given(kept_themes)
def test_whatever_is_kept_is_read_and_only_colours_get_out(kept):
    theme = Theme.read(kept)
    for style, made in ((FRAME, in_frame(FRAME, theme)), (PILL, in_pill(PILL, theme))):
        assert SET.sub("", made) == SET.sub("", style)  # nothing changes but values
        values = set(SET.findall(made)) - set(SET.findall(style))
        colour = r"#[0-9a-f]{6}|light-dark\(#[0-9a-f]{6},#[0-9a-f]{6}\)"
        fonts = {font for _, font in FONTS.values()}
        assert all(re.fullmatch(rf"{colour}|\d+px", value) or value in fonts for value in values)


def test_markup_in_a_kept_theme_is_as_if_it_had_never_been_chosen():
    kept = {"light": {"accent": "#fff}</style><script>", "background": "#fff", "ink": "#000"}, "font": "x;}"}
    assert Theme.read(kept) == Theme()


def test_one_set_stands_alone_and_two_follow_the_page():
    light = Palette("#00695c", "#ffffff", "#102020")
    assert "--c-accent:light-dark(#00695c,#93a8ff)" in in_frame(FRAME, Theme(light=light))
    alone = in_frame(FRAME, Theme(light=light, scheme="light"))
    assert "--c-accent:#00695c;" in alone
    assert "light-dark" not in re.sub(r"--c-(shade):[^;}]*", "", alone)


def test_every_colour_that_is_made_is_one_of_the_style_s_own():
    own = set(re.findall(r"--c-([a-z-]+):", FRAME))
    assert set(tokens(Theme().light)) | {"shade", "font", "radius"} == own
    assert {"accent", "accent-ink", "radius", "pill-radius", "font"} <= set(re.findall(r"--([a-z-]+):", PILL))
