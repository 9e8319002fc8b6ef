"""The languages that end users are spoken to in, and which of them is meant by a tag such as "pt-BR". Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Language:
    """`tag` by BCP 47; `name` is its own, `english` what members read."""

    tag: str
    name: str
    english: str
    direction: Literal["ltr", "rtl"] = "ltr"


LANGUAGES = {
    language.tag: language
    for language in (
        Language("en", "English", "English"),
        Language("de", "Deutsch", "German"),
        Language("fr", "Français", "French"),
        Language("es", "Español", "Spanish"),
        Language("pt", "Português", "Portuguese"),
        Language("ja", "日本語", "Japanese"),
        Language("ar", "العربية", "Arabic", "rtl"),
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
