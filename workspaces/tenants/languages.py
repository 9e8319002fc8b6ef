"""The languages that end users are spoken to in, and which of them is meant by a tag such as "pt-BR". Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext, gettext_noop


@dataclass(frozen=True)
class Language:
    """`tag` by BCP 47; `name` is its own, `in_english` what records and programs call it."""

    tag: str
    name: str
    in_english: str
    direction: Literal["ltr", "rtl"] = "ltr"

    @property
    def english(self) -> str:
        """What members read: the English name, in their own language."""
        return gettext(self.in_english)


LANGUAGES = {
    language.tag: language
    for language in (
        Language("en", "English", gettext_noop("English")),
        Language("de", "Deutsch", gettext_noop("German")),
        Language("fr", "Français", gettext_noop("French")),
        Language("es", "Español", gettext_noop("Spanish")),
        Language("pt", "Português", gettext_noop("Portuguese")),
        Language("ja", "日本語", gettext_noop("Japanese")),
        Language("ar", "العربية", gettext_noop("Arabic"), "rtl"),
    )
}
DEFAULT_LANGUAGE = "en"

# What tells two of these languages apart is their first subtag; more of a tag than this is never looked at.
LONGEST_TAG = 35


def nearest(tag: object, among: Iterable[str]) -> str | None:
    """The language of `among` that `tag` names, with or without a region or script: "pt-BR" and "pt_PT" mean "pt".

    None for any other language and for whatever is no tag at all.
    """
    if not isinstance(tag, str) or len(tag) > LONGEST_TAG:
        return None
    primary = tag.strip().replace("_", "-").split("-")[0].lower()
    return primary if primary in among else None
