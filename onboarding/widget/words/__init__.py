"""The checklist's own words in every language: which language, what it says, and days and numbers in it."""

from onboarding.widget.words.catalogue import Words, words_of
from onboarding.widget.words.choice import choose
from onboarding.widget.words.text import Text

__all__ = ["Text", "Words", "choose", "words_of"]
