"""The description's examples are answers: what a test was really told, with stand-ins for what differs every time.

With FIRSTMILE_KEEP_EXAMPLES=1 they are written anew (workspaces/api/examples.json); then run bin/manage openapi.
"""

import json
import os
import re
from calendar import month_name
from typing import Any

from workspaces.api import examples

KEEPS = "FIRSTMILE_KEEP_EXAMPLES"
LONGEST_TEXT = 600
_MONTHS = "|".join(month_name[1:])
_STANDING_IN = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"), "2026-03-02T09:30:00Z"),
    (re.compile(rf"\b\d{{1,2}} ({_MONTHS}) 20\d\d, \d\d:\d\d"), "2 March 2026, 09:30"),
    (re.compile(rf"\b\d{{1,2}} ({_MONTHS}) 20\d\d"), "2 March 2026"),
    (re.compile(r"(?<!\d)20\d\d-\d\d-\d\d(?!T|\d)"), "2026-03-02"),
    (re.compile(r"(fm_[a-z]+_|whsec_|fm_identity_)[\w+/=…-]+"), r"\1…"),
    (re.compile(r"(/(?:s|invitations|d|c)/)[\w.:~-]{12,}"), r"\1…"),
    (re.compile(r"/sso/(oidc|saml)/[\w-]+"), r"/sso/\1/…"),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b"), "018f6d2e-0000-7000-8000-000000000000"),
    (re.compile(r"\b[0-9a-f]{32,}\b"), "0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
    (re.compile(r"\b(msg_|[a-z]{2,4}_)[0-9A-Za-z]{20,}"), r"\1…"),
    (re.compile(r"(?<=[a-z])-\d+-\d+\b"), ""),  # of a test's own names
    (re.compile(r"http://testserver|http://localhost(:\d+)?"), "https://firstmile.example.com"),
)
_IDS = re.compile(r"(^|_)(id|pk|person|people|replaces|ruling|webhook|owner)$")


def told(body: Any) -> Any:
    """An answer as it is kept."""
    return _Telling().of(body)


class _Telling:
    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}

    def of(self, value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {self.of(key): self.of(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.of(inner, name) for inner in value[:1]]
        if name == "hint" or (name == "token" and not str(value).startswith("fm_")):
            return "…"
        if isinstance(value, str):
            for pattern, instead in _STANDING_IN:
                value = pattern.sub(instead, value)
            return value
        if type(value) is int and _IDS.search(name):
            return self._numbers.setdefault(value, len(self._numbers) + 1)
        if isinstance(value, float):
            return round(value, 3)
        return value


def body_of(answer: Any) -> Any:
    """What of a successful answer is shown: JSON, or the beginning of a text."""
    kind = answer.get("Content-Type", "")
    if kind == "application/json":
        return answer.json()
    if not kind.startswith(("text/csv", "text/plain", "text/markdown", "application/yaml")):
        return None
    text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
    return text if len(text) <= LONGEST_TEXT else text[: text.rindex("\n", 0, LONGEST_TEXT) + 1]


def shape(value: Any) -> Any:
    """Which fields there are, and of which kinds they are. An empty list may stand for any, and so may null."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    return "number" if isinstance(value, float | int) and not isinstance(value, bool) else type(value).__name__


def keep(seen: dict[str, Any]) -> None:
    """Write them, where that is asked for."""
    if os.environ.get(KEEPS):
        text = json.dumps(dict(sorted(seen.items())), indent=1, ensure_ascii=False) + "\n"
        examples.PATH.write_text(text, encoding="utf-8")
        examples.answers.cache_clear()
