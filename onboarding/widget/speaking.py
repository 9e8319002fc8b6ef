"""Authored texts as one person reads them: translated where they are, else as they were written. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from milestones.library.translations import TextPlace, in_language, value_at, with_value
from onboarding.widget.words import Text


def spoken(owner: Mapping[str, Any], places: Sequence[TextPlace], *, language: str, authored: str) -> dict[str, Any]:
    """`owner` (a milestone's content, a ladder's texts, a story) with each of its texts as a Text in its language.

    Text by text: one that is not translated into `language` stays in `authored`, and says so.
    """
    texts, translated = (
        (dict(owner), frozenset[str]()) if language == authored else in_language(owner, language, places)
    )
    for place in places:
        said = value_at(texts, place.path)
        if said:
            texts = with_value(texts, place.path, Text(said, language if place.path in translated else authored))
    return texts
