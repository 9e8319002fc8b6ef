"""Written guidance: Markdown in, HTML that is safe to show out. Pure.

Three locks one behind the other: the reader takes no raw HTML (it comes out as the text that it is) and no images;
links lead to web pages and mail addresses only; and what was made is cleaned once more by a list of what may be in it.
"""

import re
from urllib.parse import urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from milestones.library.variables import pieces

LONGEST = 20_000  # characters in a text; a page of print has about three thousand

TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "a"),
    *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td", "h3", "h4", "h5", "h6"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

# What formats anywhere, and what begins a heading, a list or a line below where it comes first.
_PUNCTUATION = re.compile(r"([\\`*_{}\[\]<>|~&]|^[#+\-=])")
_NUMBERED = re.compile(r"^(\d+)([.)])")


def html_of(text: str, *, top: int = 4) -> SafeString:
    """`text` as HTML. Its largest heading becomes <h`top`>, smaller ones follow, so that it fits into any page."""
    tokens = _reader.parse(text[:LONGEST])
    _lower_headings(tokens, top)
    made = _reader.renderer.render(tokens, _reader.options, {})
    cleaned = nh3.clean(
        made, tags=TAGS, attributes=ATTRIBUTES, attribute_filter=_only_safe, url_schemes=SCHEMES, url_relative="deny"
    )
    return mark_safe(cleaned)  # noqa: S308  (cleaned by a list just above)


def html_filled(text: str, values: dict[str, str], *, top: int = 4) -> SafeString:
    """Like `html_of` with the text's variables replaced. What is filled in stays plain text: it formats nothing."""
    filled = "".join(plain(piece.text) if piece.variable else piece.text for piece in pieces(text, values))
    return html_of(filled, top=top)


def plain(text: str) -> str:
    """`text` as Markdown that means these very characters, on one line: for whatever comes from elsewhere."""
    line = " ".join(text.split())
    return _NUMBERED.sub(r"\1\\\2", _PUNCTUATION.sub(r"\\\1", line))


def is_safe_link(address: str) -> bool:
    """Whether following it can only lead to a web page or to writing a mail."""
    if any(ord(character) <= 32 for character in address):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.hostname if parts.scheme != "mailto" else parts.path)


def _only_safe(tag: str, attribute: str, value: str) -> str | None:
    return value if attribute != "href" or is_safe_link(value) else None


def _lower_headings(tokens: list[Token], top: int) -> None:
    """Give every heading a level below the page's own, without gaps: a reader's screen counts on that."""
    ranks = sorted({token.tag for token in tokens if token.type == "heading_open"})
    level = top - 1
    for token in tokens:
        if token.type == "heading_open":
            level = min(top + ranks.index(token.tag), level + 1, 6)
            token.tag = f"h{level}"
        elif token.type == "heading_close":
            token.tag = f"h{level}"


def _make_reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    reader.disable(["image", "html_block", "html_inline"])
    reader.validateLink = is_safe_link  # type: ignore[method-assign, assignment]
    return reader


_reader = _make_reader()
