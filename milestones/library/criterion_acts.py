"""What the buttons of a criterion's form do: each turns plain data into plain data. Pure.

    add:PATH              one more condition at the end of the group
    group:PATH:all|any    the condition or group becomes the first of a new group, with an empty one beside it
    ungroup:PATH          a group inside a group gives its conditions to that; a group of one is that one
    remove:PATH           a condition (…children.N), or one of its properties (…where.N), goes
    where:PATH            one more property of the event
    limit:PATH            a time limit; unlimit:PATH takes it away

PATH is as in the names of fields, without the prefix: "" is the whole, "children.0.children.1" a part.
"""

import copy
from typing import Any

from .conditions import GROUPS

FIRST_LIMIT = "14 days"


class UnknownAct(ValueError):
    """No button of this form does that, here."""


def apply(data: Any, act: str, kind: str = "criterion") -> Any:
    """The data after the act, which is written as above. `kind` is the editor's and says what a new condition is."""
    verb, path, *more = [*act.split(":"), ""]
    data = copy.deepcopy(data)
    steps = _steps(path)
    try:
        match verb, [part for part in more if part]:
            case "add", []:
                _parts(_at(data, steps)).append(blank(kind))
            case "group", [group] if group in GROUPS and kind not in ("start", "workflow"):
                return _replaced(data, steps, {group: [_condition(_at(data, steps)), blank(kind)]})
            case "ungroup", []:
                return _ungrouped(data, steps)
            case "remove", [] if steps[-2:-1] == ["children"]:
                return _without(data, steps)
            case "remove", [] if steps[-2:-1] == ["where"]:
                del _at(data, steps[:-2])["where"][int(steps[-1])]
            case "where", []:
                _event(_at(data, steps)).setdefault("where", []).append({"property": "", "equals": None})
            case "limit", [] if kind == "criterion":
                _event(_at(data, steps))["within"] = FIRST_LIMIT
            case "unlimit", []:
                _event(_at(data, steps)).pop("within", None)
            case _:
                raise UnknownAct(act)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UnknownAct(act) from error
    return data


def focus_after(data: Any, act: str) -> str:
    """The path of what the act made or left: where the keyboard should go on, in the data that `apply` gave."""
    verb, path, *_ = [*act.split(":"), ""]
    match verb:
        case "add":
            return _below(path, f"children.{len(_parts(_at(data, _steps(path)))) - 1}")
        case "group":
            return _below(path, "children.1")
        case "where":
            return _below(path, f"where.{len(_at(data, _steps(path))['where']) - 1}")
        case "limit":
            return _below(path, "within_n")
        case "remove":
            steps = _steps(path)
            before = [*steps[:-1], str(max(0, int(steps[-1]) - 1))]
            return ".".join(before if _there(data, before) else steps[:-2])
    return path


def blank(kind: str) -> dict[str, Any]:
    """A condition that nobody has written yet."""
    return {"trait": "", "equals": None} if kind == "rule" else {"event": ""}


def _without(data: Any, steps: list[str]) -> Any:
    """One condition less; of two the other one stands alone."""
    group = steps[:-2]
    parts = _parts(_at(data, group))
    if len(parts) == 1:
        raise KeyError("a group is never empty")
    del parts[int(steps[-1])]
    return _replaced(data, group, parts[0]) if len(parts) == 1 else data


def _ungrouped(data: Any, steps: list[str]) -> Any:
    own = _parts(_at(data, steps))
    if not steps:
        (only,) = own
        return only
    parts, n = _parts(_at(data, steps[:-2])), int(steps[-1])
    parts[n : n + 1] = own
    return data


def _steps(path: str) -> list[str]:
    return path.split(".") if path else []


def _below(path: str, rest: str) -> str:
    return f"{path}.{rest}" if path else rest


def _at(data: Any, steps: list[str]) -> Any:
    for what, n in zip(steps[::2], steps[1::2], strict=True):
        if not n.isdecimal():
            raise KeyError(n)
        data = (_parts(data) if what == "children" else data[what])[int(n)]
    return data


def _there(data: Any, steps: list[str]) -> bool:
    try:
        _at(data, steps)
    except (KeyError, IndexError, TypeError):
        return False
    return True


def _replaced(data: Any, steps: list[str], new: Any) -> Any:
    if not steps:
        return new
    _parts(_at(data, steps[:-2]))[int(steps[-1])] = new
    return data


def _parts(node: Any) -> list[Any]:
    """The conditions of a group."""
    for group in GROUPS:
        if group in node:
            parts: list[Any] = node[group]
            return parts
    raise KeyError("not a group")


def _event(node: Any) -> dict[str, Any]:
    if "event" not in node:
        raise KeyError("not an event")
    event: dict[str, Any] = node
    return event


def _condition(node: Any) -> Any:
    if not any(kind in node for kind in ("event", "trait", *GROUPS)):
        raise KeyError("nothing that stands in a group")
    return node
