"""Mails are written once, as text; their HTML is the same words in the house's paper."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

_LINK = re.compile(r"https?://\S+")
_CODE = re.compile(r"[A-Z0-9]{3,8}(-[A-Z0-9]{3,8})*")


@dataclass(frozen=True)
class Part:
    """A paragraph: `kind` is link (a line that is an address), code (a line that is a code), foot or text."""

    kind: str
    text: str


def letter(
    subject: str, text: str, to: Sequence[str], *, headers: Mapping[str, str] | None = None
) -> EmailMultiAlternatives:
    """The mail of a text: a line that is an address becomes a button, one that is a code is shown large, and what
    follows a line of two hyphens is small.
    """
    said = " ".join(subject.split())
    message = EmailMultiAlternatives(
        said,
        text.strip() + "\n",
        settings.DEFAULT_FROM_EMAIL,
        list(to),
        headers={"Auto-Submitted": "auto-generated", **(headers or {})},
    )
    html = render_to_string("workspaces/mail/letter.html", {"subject": said, "parts": parts(text)})
    message.attach_alternative(css_inline.inline(html), "text/html")
    return message


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
