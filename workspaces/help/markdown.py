"""A page of docs/ as HTML for the help. Pure.

The text is the program's own, and still no raw HTML in it is taken for HTML. Paths between files become addresses of
the help; what leads out of it (decisions, code) stands as text. Where examples name a made-up address of Firstmile,
this installation's own stands.
"""

import posixpath
import re
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

MADE_UP = ("https://firstmile.example.com", "https://YOUR-FIRSTMILE", "http://YOUR-FIRSTMILE")

Address = Callable[[str], str | None]


@dataclass(frozen=True)
class Section:
    anchor: str
    title: str


@dataclass(frozen=True)
class Page:
    html: SafeString
    sections: tuple[Section, ...]


def page(body: str, *, name: str, page_at: Address, picture_at: Address, origin: str) -> Page:
    """`page_at` and `picture_at`: the address of what has this path in docs/, None where there is none."""
    for made_up in MADE_UP:
        body = body.replace(made_up, origin)
    tokens = _reader.parse(body)
    sections = [Section(anchor, title) for tag, anchor, title in _headings(tokens) if tag == "h2"]
    folder = posixpath.dirname(name)
    for token in tokens:
        if token.children:
            _lead(token.children, folder=folder, page_at=page_at, picture_at=picture_at)
    return Page(mark_safe(_reader.renderer.render(tokens, _reader.options, {})), tuple(sections))  # noqa: S308


def words(line: str) -> str:
    """A line of Markdown as plain text."""
    return "".join(_said(token.children or []) for token in _reader.parseInline(line))


def _said(children: Iterable[Token]) -> str:
    return "".join(
        " " if token.type == "softbreak" else token.content
        for token in children
        if token.type in ("text", "code_inline", "softbreak")
    )


def _headings(tokens: list[Token]) -> Iterable[tuple[str, str, str]]:
    """Give each heading an anchor as GitHub does, so that links written for it lead there too."""
    seen: dict[str, int] = {}
    for token, inside in pairwise(tokens):
        if token.type == "heading_open":
            title = _said(inside.children or [])
            anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
            seen[anchor] = seen.get(anchor, -1) + 1
            anchor += f"-{seen[anchor]}" if seen[anchor] else ""
            token.attrSet("id", anchor)
            yield token.tag, anchor, title


def _lead(children: list[Token], *, folder: str, page_at: Address, picture_at: Address) -> None:
    """Let links and pictures lead where they are here. A link that leads nowhere here becomes its text."""
    dropped = 0
    for token in children:
        if token.type == "link_open":
            there = _there(str(token.attrGet("href")), folder, page_at)
            dropped += there is None
            token.attrSet("href", there or "")
            token.hidden = there is None
        elif token.type == "link_close" and dropped:
            token.hidden, dropped = True, dropped - 1
        elif token.type == "image":
            path = posixpath.normpath(posixpath.join(folder, str(token.attrGet("src"))))
            token.attrSet("src", picture_at(path.removeprefix("screenshots/").removesuffix(".png")) or "")
            token.attrSet("loading", "lazy")


def _there(href: str, folder: str, page_at: Address) -> str | None:
    if href.startswith(("#", "http://", "https://")):
        return href
    path, mark, anchor = href.partition("#")
    found = page_at(posixpath.normpath(posixpath.join(folder, path)).removesuffix(".md"))
    return found and found + mark + anchor


def _make_reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("fence", lambda own, tokens, at, options, env: _code(tokens[at]))
    reader.add_render_rule("code_block", lambda own, tokens, at, options, env: _code(tokens[at]))
    reader.add_render_rule("table_open", lambda own, tokens, at, options, env: _table(env))
    reader.add_render_rule("table_close", lambda own, *_: "</table></div>\n")
    for name in ("link_open", "link_close"):
        reader.add_render_rule(name, _unless_hidden)
    return reader


def _table(env: MutableMapping[str, Any]) -> str:
    """Each is a region of its own name, as it may have to be scrolled."""
    number = env["tables"] = env.get("tables", 0) + 1
    return f'<div class="table-scroll" tabindex="0" role="region" aria-label="Table {number}"><table class="table">\n'


def _code(token: Token) -> str:
    return f'<pre class="code" tabindex="0" aria-label="Example"><code>{escape(token.content)}</code></pre>\n'


def _unless_hidden(own, tokens, at, options, env) -> str:
    return "" if tokens[at].hidden else own.renderToken(tokens, at, options, env)


_reader = _make_reader()
