"""A mail's text, taken apart for its HTML. Pure."""

import re
from dataclasses import dataclass

_LINK = re.compile(r"https?://\S+")
_CODE = re.compile(r"[A-Z0-9]{3,8}(-[A-Z0-9]{3,8})*")


@dataclass(frozen=True)
class Part:
    """A paragraph: `kind` is link (a line that is an address), code (a line that is a code), foot or text."""

    kind: str
    text: str


def parts(text: str) -> list[Part]:
    """The paragraphs of a mail; what follows a line of two hyphens is its foot."""
    body, _, foot = text.partition("\n-- \n")
    found = [Part(_kind(block), block) for block in _blocks(body)]
    return found + [Part("foot", block) for block in _blocks(foot)]


def _blocks(text: str) -> list[str]:
    return [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]


def _kind(block: str) -> str:
    if _LINK.fullmatch(block):
        return "link"
    return "code" if _CODE.fullmatch(block) and any(c.isdigit() or c == "-" for c in block) else "text"
