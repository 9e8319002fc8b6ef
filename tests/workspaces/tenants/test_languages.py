"""Which language a tag means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspaces.tenants.languages import LANGUAGES, nearest

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "tag, meant",
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("pt-BR", "pt"),
        ("pt_PT", "pt"),
        ("JA", "ja"),
        ("ar-Arab-EG", "ar"),
        (" fr ", "fr"),
        ("zh", None),
        ("zh-Hant-TW", None),
        ("deutsch", None),
        ("", None),
        (None, None),
        (7, None),
        (["de"], None),
        ("de" + "-x" * 40, None),
    ],
)
def test_a_tag_means_the_language_of_its_first_part(tag, meant):
    assert nearest(tag, LANGUAGES) == meant


def test_only_what_is_on_offer_is_meant():
    assert nearest("de-CH", ("en", "fr")) is None


@given(st.text())
def test_any_text_means_a_language_on_offer_or_none(tag):
    assert nearest(tag, ("en", "de")) in ("en", "de", None)
