"""Keys made of names: what people's credit is kept by is chosen once, when a milestone is new. Pure."""

import re
import unicodedata
from collections.abc import Container

from .content import LONGEST_KEY

_LONGEST_STEM = LONGEST_KEY - 5  # leaves room for a number behind


def key_from(name: str, *, taken: Container[str] = (), otherwise: str = "milestone") -> str:
    """A key for this name that is not `taken`: "Invite your team" → invite-your-team, or invite-your-team-2.

    `otherwise` is for a name without a single Latin letter or digit.
    """
    letters = (letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    stem = "-".join(re.findall(r"[a-z0-9]+", "".join(letters).lower()))[:_LONGEST_STEM].strip("-") or otherwise
    key, number = stem, 2
    while key in taken:
        key, number = f"{stem}-{number}", number + 1
    return key
