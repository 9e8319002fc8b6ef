"""What a milestone says, as plain data: read from YAML or JSON, kept in the library, copied into versions. Pure.

The canonical form leaves out whatever is empty and has its keys in the order of FIELDS; key, name and criterion
are always there. A ladder version keeps this very form for ever, so it only ever grows.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from .criteria import read_criterion, to_data
from .problems import Problems, shown
from .translations import TextPlace, read_translations
from .variables import problems_in

FIELDS = (
    "key",
    "name",
    "purpose",
    "expected_actions",
    "risks",
    "criterion",
    "unlock",
    "cue",
    "tip",
    "video_url",
    "value_statement",
    "action_label",
    "action_url",
    "minutes",
    "tags",
    "messages",
    "translations",
)
TAGS = ("use_case", "industry", "size", "role")
MESSAGES = ("in_app", "email_subject", "email", "help")

LONGEST_KEY = 60
LONGEST_NAME = 120
LONGEST_TEXT = 2_000
LONGEST_MESSAGE = 10_000
LONGEST_URL = 500
LONGEST_MINUTES = 600
MOST_ITEMS = 30

# What end users read of a milestone, which is what has translations; the rest is for the team that makes it.
TRANSLATED = (
    TextPlace("name", LONGEST_NAME, lines=False),
    TextPlace("cue", LONGEST_TEXT),
    TextPlace("tip", LONGEST_TEXT),
    TextPlace("value_statement", LONGEST_TEXT),
    TextPlace("action_label", LONGEST_TEXT, lines=False),
    *(TextPlace(f"messages.{kind}", LONGEST_MESSAGE, variables=True) for kind in MESSAGES),
)

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_FEATURE = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?", re.ASCII)


def read_content(data: Any, at: str, problems: Problems) -> dict[str, Any]:
    """The canonical content of one milestone; what is wrong goes to `problems`."""
    if problems.mapping(data, at, known=FIELDS) is None:
        return {}
    for needed in ("key", "name", "criterion"):
        if data.get(needed) is None:
            problems.add(at, _("has no %(needed)s; every milestone needs one"), needed=needed)
    readers = {
        "key": read_key,
        "name": lambda value, place, problems: problems.text(value, place, longest=LONGEST_NAME),
        "criterion": _criterion,
        "expected_actions": read_texts,
        "risks": read_texts,
        "unlock": _feature,
        "video_url": _web_address,
        "action_url": _link,
        "minutes": _minutes,
        "tags": _tags,
        "messages": _messages,
    }
    content = {
        field: readers.get(field, read_text)(data[field], f"{at}.{field}", problems)
        for field in FIELDS
        if field != "translations" and data.get(field) is not None
    }
    place = f"{at}.translations"
    content["translations"] = read_translations(
        data.get("translations"), place, problems, original=content, places=TRANSLATED
    )
    return {field: value for field, value in content.items() if value not in ("", [], {}, None)}


def read_key(data: Any, at: str, problems: Problems) -> str:
    """A name for machines, such as `invite-team`: it is what credit is kept by, so it never changes."""
    key = problems.text(data, at, longest=LONGEST_KEY)
    if key and not _KEY.fullmatch(key):
        problems.add(
            at, _("%(value)s is not a key; use small letters, digits and single hyphens") % {"value": shown(key)}
        )
        return ""
    return key


def read_text(data: Any, at: str, problems: Problems, *, longest: int = LONGEST_TEXT) -> str:
    return problems.text(data, at, longest=longest, empty=True)


def read_texts(data: Any, at: str, problems: Problems) -> list[str]:
    items = problems.items(data, at) or []
    if len(items) > MOST_ITEMS:
        problems.add(at, _("lists %(n)d entries; at most %(most)d are allowed"), n=len(items), most=MOST_ITEMS)
        return []
    return [problems.text(item, f"{at}[{n}]", longest=LONGEST_TEXT) for n, item in enumerate(items)]


def _criterion(data: Any, at: str, problems: Problems) -> dict[str, Any] | None:
    criterion = read_criterion(data, at, problems)
    return to_data(criterion) if criterion else None


def _feature(data: Any, at: str, problems: Problems) -> str:
    key = problems.text(data, at, longest=LONGEST_KEY, empty=True)
    if key and not _FEATURE.fullmatch(key):
        problems.add(
            at, _("%(value)s is not a feature key; use small letters, digits, dots and hyphens") % {"value": shown(key)}
        )
        return ""
    return key


def _web_address(data: Any, at: str, problems: Problems) -> str:
    address = read_text(data, at, problems, longest=LONGEST_URL)
    if address and not _is_web(address):
        problems.add(at, _("%(value)s is not a web address; it begins with https://"), value=shown(address))
        return ""
    return address


def _link(data: Any, at: str, problems: Problems) -> str:
    """Where the button leads: a web address, or a path inside the customer's product. Never a script."""
    link = read_text(data, at, problems, longest=LONGEST_URL)
    inside = link.startswith("/") and not link.startswith(("//", "/\\"))
    if link and not inside and not _is_web(link):
        problems.add(at, _("%(value)s is no link; it begins with https:// or with one /"), value=shown(link))
        return ""
    return link


def _is_web(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", address)


def _minutes(data: Any, at: str, problems: Problems) -> int | None:
    if isinstance(data, bool) or not isinstance(data, int) or not 1 <= data <= LONGEST_MINUTES:
        problems.add(
            at,
            _("%(value)s is not a whole number from 1 to %(most)d") % {"value": shown(data), "most": LONGEST_MINUTES},
        )
        return None
    return data


def _tags(data: Any, at: str, problems: Problems) -> dict[str, list[str]]:
    known: Mapping[str, Any] = problems.mapping(data, at, known=TAGS) or {}
    tags = {tag: read_texts(known[tag], f"{at}.{tag}", problems) for tag in TAGS if known.get(tag)}
    return {tag: values for tag, values in tags.items() if values}


def _messages(data: Any, at: str, problems: Problems) -> dict[str, str]:
    known: Mapping[str, Any] = problems.mapping(data, at, known=MESSAGES) or {}
    messages = {
        kind: read_text(known[kind], f"{at}.{kind}", problems, longest=LONGEST_MESSAGE)
        for kind in MESSAGES
        if known.get(kind) is not None
    }
    for kind, text in messages.items():
        for problem in problems_in(text):
            problems.add(f"{at}.{kind}", problem)
    return {kind: text for kind, text in messages.items() if text}
