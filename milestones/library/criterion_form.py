"""Criteria, roles' rules and start events as forms: what was sent by one, and what its buttons do. Pure.

A form has one prefix and these fields, all of them text:

    <prefix>.kind            event, trait, account_event, account_trait, all, any; of a rule trait, everyone, all, any;
                             of a start event or first_seen; of a workflow event
    <prefix>.event           .at_least  .within_n  .within_unit  .of
    <prefix>.trait           .operator  .operand
    <prefix>.where.0         .property  .operator  .operand
    <prefix>.children.0      all of the above again, for the parts of a group

`read_form` makes plain data of it for criteria.parse, parse_rule or parse_start, and keeps what cannot be understood
as it was typed, so that the problem can be shown beside it. `Editor` (criterion_editor) is the way back:
`read_form` of the fields of an Editor of canonical data is that data. `apply` is what the buttons do to the data.
"""

import re
from collections.abc import Mapping
from typing import Any

from .criteria import DEEPEST
from .criterion_acts import UnknownAct, apply, focus_after
from .criterion_editor import PLAIN_EVENTS, Editor
from .literals import read_name, read_pattern, read_value, read_values
from .operators import LONGEST_LIST, OPERATORS
from .periods import UNITS

KINDS: dict[str, tuple[str, ...]] = {
    "criterion": ("event", "trait", "account_event", "account_trait", "all", "any"),
    "rule": ("trait", "everyone", "all", "any"),
    "start": ("first_seen", "event"),
    "workflow": ("event",),
}


def read_form(post: Mapping[str, str], prefix: str = "criterion", kind: str = "criterion") -> Any:
    """The plain data that the form describes. What is not there has its default; nothing is checked."""
    return _node(post, prefix, kind, depth=0)


def act_in(post: Mapping[str, str], prefix: str) -> str | None:
    """Which of this editor's buttons sent the form, as `apply` takes it; None when it was none of them."""
    act = post.get("act", "")
    return act.removeprefix(f"{prefix}:") if act.startswith(f"{prefix}:") else None


def _node(post: Mapping[str, str], at: str, kind: str, *, depth: int) -> Any:
    chosen = post.get(f"{at}.kind")
    if chosen not in KINDS[kind] or (chosen == "everyone" and depth):
        chosen = KINDS[kind][0]
    match chosen:
        case "everyone":
            return {"everyone": True}
        case "first_seen":
            return None
        case "all" | "any":
            return {chosen: _children(post, at, kind, depth=depth + 1)}
        case "trait" | "account_trait":
            data = {"trait": read_name(post.get(f"{at}.trait", "")), **_operation(post, at)}
        case _:
            data = _event(post, at, whole=kind not in PLAIN_EVENTS)
    return data | ({"by": "account"} if chosen.startswith("account_") else {})


def _children(post: Mapping[str, str], at: str, kind: str, *, depth: int) -> list[Any]:
    # One level too many is read, for the problem to be told; more than that nobody typed.
    if depth > DEEPEST + 1:
        return []
    return [_node(post, child, kind, depth=depth) for child in _numbered(post, f"{at}.children", "kind")]


def _event(post: Mapping[str, str], at: str, *, whole: bool) -> dict[str, Any]:
    data: dict[str, Any] = {"event": read_name(post.get(f"{at}.event", ""))}
    if where := [
        {"property": read_name(post[f"{row}.property"]), **_operation(post, row)}
        for row in _numbered(post, f"{at}.where", "property")
    ]:
        data["where"] = where
    if not whole:
        return data
    at_least = post.get(f"{at}.at_least", "").strip()
    if at_least not in ("", "1"):
        data["at_least"] = int(at_least) if re.fullmatch(r"[0-9]{1,9}", at_least, re.ASCII) else at_least
    if number := post.get(f"{at}.within_n", "").strip():
        unit = post.get(f"{at}.within_unit", "")
        unit = unit if unit in UNITS else "day"
        data["within"] = f"{number} {unit}" + ("" if number == "1" else "s")
    if post.get(f"{at}.of") == "opening":
        data["of"] = "opening"
    return data


def _operation(post: Mapping[str, str], at: str) -> dict[str, Any]:
    """{operator: operand}; a blank value is None (no value), for the empty text is typed as ""."""
    operator, typed = post.get(f"{at}.operator", ""), post.get(f"{at}.operand", "")
    if operator in ("exists", "missing"):
        return {"exists": operator == "exists"}
    if operator not in OPERATORS:
        operator = "equals"
    if OPERATORS[operator].takes == "list":
        return {operator: read_values(typed)}
    if OPERATORS[operator].takes == "pattern":
        return {operator: read_pattern(typed) if typed.strip() else None}
    return {operator: read_value(typed) if typed.strip() else None}


def _numbered(post: Mapping[str, str], at: str, field: str) -> list[str]:
    """`at`.0, `at`.1, … as far as they have this field."""
    found: list[str] = []
    while len(found) < LONGEST_LIST and f"{at}.{len(found)}.{field}" in post:
        found.append(f"{at}.{len(found)}")
    return found


__all__ = ["KINDS", "Editor", "UnknownAct", "act_in", "apply", "focus_after", "read_form"]
