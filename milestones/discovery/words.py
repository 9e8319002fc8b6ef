"""What texts have in common: words cut down to their stems. Pure, English, and the same everywhere.

A deliberately small stemmer: it need not be right about grammar, only treat "connect", "Connected" and "connections"
as the same word, and be explainable to whoever asks why a step was proposed.
"""

import re
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_SUFFIXES = (
    "ations",
    "ation",
    "ating",
    "ated",
    "ates",
    "ings",
    "ions",
    "ate",
    "ing",
    "ion",
    "ies",
    "ed",
    "es",
    "e",
    "s",
)
SHORTEST_STEM = 4
# Words that say nothing by themselves.
STOP_WORDS = """a about after again all also always an and any anybody anyone are as at be because been before being
    between both but by can company could customer customers day days did do does done each every everybody everyone
    first for from get gets getting give given go goes good got had has have having help her here him his how i if in
    into is it its just know less like look looks made make makes many may me month months more most much must my need
    needs never new no nobody nor not nothing now of off on once one only or other our out over own people person per
    quick quickly really right same see sees set should so some something step steps still such take takes than that
    the their them then there these they thing things this those through time times to too two under until up us use
    used user users uses using very want wants was way we week weeks well were what when where which while who why will
    with without work works would year years you your"""
STOP = frozenset(STOP_WORDS.split())


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """The part of a small-letter word that its forms share: connected → connect, invitations → invit."""
    word = word.removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= SHORTEST_STEM:
            return word[: -len(suffix)]
    return word


def stems(*texts: str) -> frozenset[str]:
    """The stems of every word of the texts that says something by itself."""
    words = (word for text in texts for word in _WORD.findall(text.lower()))
    return frozenset(stem(word) for word in words if word not in STOP and (len(word) > 1 or word.isdigit()))


def shared_words(text: str, other: str) -> list[str]:
    """The words of `text`, as they stand there, whose stems `other` has too; each once, in the text's order."""
    known = stems(other)
    found: dict[str, str] = {}
    for word in _WORD.findall(text.lower()):
        if word not in STOP and len(word) > 1 and stem(word) in known:
            found.setdefault(stem(word), word)
    return list(found.values())
