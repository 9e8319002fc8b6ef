"""Regular expressions of criteria: RE2's, so that looking for one takes time in proportion to the text. Pure.

A time limit by the clock would let the same evidence come to other progress on a busy machine, so the limit is what is
looked for and where: LONGEST_PATTERN characters, MOST_MEMORY when compiled, the first READ characters of a text. See
docs/decisions/0036-patterns-are-re2s.md.
"""

import re
from functools import lru_cache
from typing import Any

import re2
from django.utils.translation import gettext as _

LONGEST_PATTERN = 200
MOST_MEMORY = 256 * 1024  # bytes; RE2 refuses what would need more, and searches more slowly rather than with more
READ = 2_000
KEPT = 200  # compiled patterns

_LOOK_AROUND = re.compile(r"\(\?<?[=!]")
_BACK_REFERENCE = re.compile(r"\\[1-9]|\(\?P=")


class NotAPattern(ValueError):
    """RE2 refuses it; the message says why and what to write instead."""


def found_in(pattern: str, text: str) -> bool:
    """Whether the pattern occurs anywhere in the text; ^ and $ are the text's ends."""
    return compiled(pattern).search(text[:READ].encode("utf-8", "replace")) is not None


@lru_cache(maxsize=KEPT)
def compiled(pattern: str) -> Any:
    """The pattern, ready to search; NotAPattern when it is none."""
    options = re2.Options()
    options.max_mem, options.log_errors, options.never_capture = MOST_MEMORY, False, True
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise NotAPattern(_why(pattern, error)) from None


def _why(pattern: str, error: Exception) -> str:
    said = error.args[0] if error.args else b""
    reason = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if "too large" in reason or "repetition size" in reason:
        return _("is too large a pattern (%(reason)s); repeat less, or leave a repetition open as in a+") % {
            "reason": reason
        }
    if reason.startswith("invalid perl operator") and _LOOK_AROUND.search(pattern):
        return _(
            "looks ahead or behind with (?=, (?!, (?<= or (?<!, which patterns here cannot; "
            "write what must be there, and what must not be as a condition of its own"
        )
    if _BACK_REFERENCE.search(reason):
        return _(r"refers back to a group as \1 does, which patterns here cannot; write the choices out, as in (aa|bb)")
    return _(
        "is no pattern (%(reason)s); write for example ^https:// or (trial|demo)$, and \\ before a sign that is meant"
    ) % {"reason": reason}
