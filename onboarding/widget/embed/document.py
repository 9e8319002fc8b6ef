"""The frame's document as bytes: what is the same for everybody rendered, and compressed, once.

Style and script are most of it. Of each language and look the shell around a reader's own part is kept, and the style
as it stands in a deflate stream: it refers to nothing before it, so that it can be put between other pieces. Nothing
about anybody is kept.
"""

import re
import secrets
import struct
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from onboarding.widget import theme
from onboarding.widget.embed import serving
from onboarding.widget.words import Words

MOST_KEPT = 500
# As long as this it is worth being kept compressed.
LONG = 1_000
# Lengths of compressed secrets beside chosen text would tell of them (BREACH): each answer is longer at random.
MOST_PADDING = 40


class Look(NamedTuple):
    """On what the shell depends. `theme`: as it was read."""

    language: str
    scheme: str
    inline: bool
    theme: theme.Theme


class Piece(NamedTuple):
    """`slot`: what is filled in here; else `plain`, and it `deflated` where it is long."""

    slot: str = ""
    plain: bytes = b""
    deflated: bytes = b""


_shells: dict[Look, list[Piece]] = {}
_MARK = re.compile(r"<!--slot (\w+)-->")
SLOTS = ("nonce", "title", "panel", "begin")


class Document(NamedTuple):
    nonce: str
    pieces: list[bytes | Piece]

    def plain(self) -> bytes:
        return b"".join(piece.plain if isinstance(piece, Piece) else piece for piece in self.pieces)

    def compressed(self) -> bytes:
        """As a gzip file (RFC 1952) of one deflate stream (RFC 1951)."""
        padding = b"a" * secrets.randbelow(MOST_PADDING) + b"\0"
        found = [b"\x1f\x8b\x08\x08\0\0\0\0\0\xff", padding]
        checksum = length = 0
        waiting: list[bytes] = []
        before = b""
        for piece in self.pieces:
            plain = piece.plain if isinstance(piece, Piece) else piece
            checksum, length = zlib.crc32(plain, checksum), length + len(plain)
            if isinstance(piece, Piece) and piece.deflated:
                found += [_deflated(b"".join(waiting), before, level=9), piece.deflated]
                waiting, before = [], plain
            else:
                waiting.append(plain)
        found += [_deflated(b"".join(waiting), before, level=9), b"\x03\0", struct.pack("<LL", checksum, length)]
        return b"".join(found)


def document(words: Words, look: Look, *, title: str, panel: str, begin: Mapping[str, Any]) -> Document:
    """The frame that begins with `begin`. `panel` is HTML of our own templates."""
    nonce = secrets.token_urlsafe(16)
    own = {
        "nonce": nonce.encode(),
        "title": title.translate(_IN_HTML).encode(),
        "panel": panel.encode(),
        "begin": _in_script(begin),
    }
    return Document(nonce, [own[piece.slot] if piece.slot else piece for piece in _shell(words, look)])


def _in_script(data: Mapping[str, Any]) -> bytes:
    """JSON that no HTML parser takes for markup."""
    text = orjson.dumps(data)
    return text.replace(b"&", b"\\u0026").replace(b"<", b"\\u003C").replace(b">", b"\\u003E")


_IN_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


def _shell(words: Words, look: Look) -> list[Piece]:
    found = _shells.get(look)
    if found is None:
        if len(_shells) >= MOST_KEPT:
            _shells.clear()
        found = _shells[look] = _rendered(words, look)
    return found


def _rendered(words: Words, look: Look) -> list[Piece]:
    context = {
        "words": words,
        "scheme": look.scheme,
        "inline": look.inline,
        "css": mark_safe(theme.in_frame(serving.frame_style(), look.theme)),  # noqa: S308  (colours that were read)
        "js": serving.frame_script(),
        **{name: _slot(name) for name in SLOTS},
    }
    # The style alone is kept compressed: the script is a tenth of a kilobyte less when it may refer to the panel.
    parts = _MARK.split(render_to_string("widget/embed/frame.html", context))
    pieces: list[Piece] = []
    for place, part in enumerate(parts):
        if place % 2:
            pieces.append(Piece(part))
        elif part:
            plain = part.encode()
            keep = len(plain) >= LONG and not any(piece.deflated for piece in pieces)
            pieces.append(Piece("", plain, _deflated(plain, level=9) if keep else b""))
    return pieces


def _slot(name: str) -> SafeString:
    return mark_safe(f"<!--slot {name}-->")  # noqa: S308


def _deflated(plain: bytes, before: bytes = b"", *, level: int) -> bytes:
    """Of a raw deflate stream the blocks that hold this, ending at a whole byte. They may refer to what is `before`."""
    if not plain:
        return b""
    compressor = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=before[-(1 << zlib.MAX_WBITS) :])
    return compressor.compress(plain) + compressor.flush(zlib.Z_FULL_FLUSH)
