"""Keys made of names, by which credit is kept: chosen once, when a milestone is new. And names of keys. Pure."""

import re
import unicodedata
from collections.abc import Container

from .content import LONGEST_KEY

_LONGEST_STEM = LONGEST_KEY - 5  # leaves room for a number behind


def key_from(name: str, *, taken: Container[str] = (), otherwise: str = "milestone") -> str:
    """A key for this name that is not `taken`: "Invite your team" → invite-your-team, or invite-your-team-2.

    `otherwise` is for a name without a single Latin letter or digit.
    """
    parts = unicodedata.normalize("NFKD", name).lower()
    # A letter without a plain form is left out; whatever is no letter parts words: l’équipe → l-equipe.
    plain = "".join(c for c in parts if c.isascii() or not (c.isalpha() or unicodedata.combining(c)))
    stem = "-".join(re.findall(r"[a-z0-9]+", plain))[:_LONGEST_STEM].strip("-") or otherwise
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key


def feature_name(key: str) -> str:
    """A feature's key as a name: "scheduled-reports" → "Scheduled reports"."""
    words = key.replace("-", " ").replace("_", " ").replace(".", " ").strip()
    return words[:1].upper() + words[1:]
