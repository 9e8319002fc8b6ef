"""The scripts and styles of the widget as they are sent: put together, without comments and indentation, compressed.

All of it is small and changes with the program alone, so it is made once a process.
"""

import functools
import gzip
import hashlib
import re
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

STATIC = Path(settings.BASE_DIR) / "static"
LOADER = ("sdk/firstmile.mjs", "sdk/boot.js")
FRAME = ("widget/events.js", "widget/list.js", "widget/frame.js")
FRAME_STYLE = ("css/checklist.css", "widget/frame.css")


class Served(NamedTuple):
    body: bytes
    compressed: bytes
    tag: str


@functools.cache
def loader() -> Served:
    """The script of /sdk/v1.js: the module's very text, and the start that makes a script of it."""
    return _served(_wrapped(LOADER).replace("export const create", "const create"))


@functools.cache
def module(name: str) -> Served:
    """A file of the SDK as it stands, for those who bundle it."""
    return _served((STATIC / "sdk" / name).read_text(encoding="utf-8"))


@functools.cache
def frame_script() -> SafeString:
    return mark_safe(_wrapped(FRAME))  # noqa: S308


@functools.cache
def refusal_script() -> SafeString:
    return mark_safe(_wrapped(("widget/refused.js",)))  # noqa: S308


@functools.cache
def player() -> Served:
    """What plays videos: a module that the frame loads when somebody asks for the first one."""
    return _served(pressed_script(_read("widget/player.js")))


@functools.cache
def frame_style() -> SafeString:
    """Without what the checklist's page of its own needs around it, and on paper."""
    pressed = "".join(pressed_style(_read(name)) for name in FRAME_STYLE)
    pressed = re.sub(r"@media print{(?:[^{}]*{[^}]*})*}", "", pressed)
    return mark_safe(re.sub(r"(?<=})(?:html:has\(> )?\.climber[^{]*{[^}]*}", "", pressed))  # noqa: S308


@functools.cache
def pill_style() -> str:
    return pressed_style(_read("widget/pill.css"))


def _read(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _wrapped(names: tuple[str, ...]) -> str:
    return "(()=>{\n" + "".join(pressed_script(_read(name)) for name in names) + "})();\n"


# Strings and comments; in what is between them no blank beside punctuation means anything (no regular expression here
# holds one). Other lines' ends stay, as they may be the ends of statements.
_PARTS = re.compile(r"""("(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|((?:^|(?<=\s))//[^\n]*)""", re.MULTILINE)
_BLANKS = re.compile(r"[ \t]*([{}()\[\];,:=<>?&|!+*])[ \t]*")


def pressed_script(text: str) -> str:
    """Without comments, indentation and empty lines."""
    pressed, end = [], 0
    for found in _PARTS.finditer(text):
        pressed += [_BLANKS.sub(r"\1", text[end : found.start()]), found[1] or ""]
        end = found.end()
    pressed.append(_BLANKS.sub(r"\1", text[end:]))
    lines = re.sub(r"\n\s*", "\n", "".join(pressed)).strip()
    return re.sub(r"([{(\[;,])\n", r"\1", lines) + "\n"


def pressed_style(text: str) -> str:
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,]) ?", r"\1", text).strip()


def _served(text: str) -> Served:
    body = text.encode()
    return Served(body, gzip.compress(body, 9, mtime=0), hashlib.sha256(body).hexdigest()[:20])
