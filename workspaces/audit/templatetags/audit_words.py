"""Audit entries in words. Each room says its actions in a template of their name below templates/audit/."""

import re
from datetime import datetime
from typing import Any

from django import template
from django.template.loader import select_template
from django.utils.safestring import SafeString

from workspaces.audit.models import Entry

register = template.Library()

_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
LONGEST = 200  # characters of a detail that stand on the page as they are


@register.simple_tag
def audit_sentence(entry: Entry) -> SafeString:
    """What was done, as a sentence without its subject: "published version 2 of Administrators"."""
    own = [f"audit/{entry.action}.html"] if _ACTION.fullmatch(entry.action) else []
    found = select_template([*own, "audit/_other.html"])
    details = {name: _moment(value) for name, value in entry.details.items()}
    return SafeString(found.render({"entry": entry, "target": entry.target, "d": details}).strip())


def _moment(value: Any) -> Any:
    """A moment is kept as ISO text, as JSON has none."""
    if isinstance(value, str) and _MOMENT.match(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            return value
    return value


@register.filter
def changes(entry: Entry) -> list[tuple[str, Any, Any]]:
    """What differs between before and after, where the entry has both by name."""
    before, after = entry.details.get("before"), entry.details.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    pairs = [(name.replace("_", " "), before.get(name), after.get(name)) for name in {**before, **after}]
    return [(name, _cut(was), _cut(now)) for name, was, now in pairs if was != now]


def _cut(value: Any) -> Any:
    text = str(value)
    return value if len(text) <= LONGEST else f"{text[:LONGEST]}…"


@register.filter
def short_details(entry: Entry) -> list[tuple[str, Any]]:
    """The other details, as far as they can be read at a glance: whole documents are in the record, not on the page."""
    shown = {"before", "after"} if changes(entry) else set()
    named = [(name.replace("_", " "), value) for name, value in entry.details.items() if name not in shown]
    return [(name, value) for name, value in named if len(str(value)) <= LONGEST]
