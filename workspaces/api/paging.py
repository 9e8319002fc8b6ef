"""Lists a page at a time, by a cursor that says where the last page ended, so nothing is missed or told twice."""

import base64
import binascii
import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework import serializers

from workspaces.api.problems import Refused

MOST, USUAL = 100, 50
LONGEST = 1_000


@dataclass(frozen=True)
class Page:
    """Some of a list; `after` is the cursor of what follows, None at the end. `more`: what else the answer says."""

    items: Sequence[Any]
    after: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


class PageQuery(serializers.Serializer):
    limit = serializers.IntegerField(
        min_value=1, max_value=MOST, default=USUAL, help_text=f"How many at most: 1 to {MOST}."
    )
    cursor = serializers.CharField(
        max_length=LONGEST, default="", allow_blank=True, help_text="`next` of the page before; left out: the first."
    )


@functools.cache
def written(query: type[serializers.Serializer] | None) -> type[serializers.Serializer]:
    """The parameters of a list: its own and those of every page."""
    if query is None:
        return PageQuery
    return type(f"{query.__name__}OfPage", (query, PageQuery), {"__module__": query.__module__})


def page(found: "QuerySet[Any]", asked: Mapping[str, Any], *, order: Sequence[str]) -> Page:
    """A page of a queryset in this order of its fields ("-" before a name: falling), which end with a unique one.

    None of the fields may be null. Raises Refused for a cursor of another list.
    """
    names = [name.removeprefix("-") for name in order]
    if asked["cursor"]:
        found = found.filter(_after(order, _values(found.model, names, asked["cursor"])))
    rows = list(found.order_by(*order)[: asked["limit"] + 1])
    items = rows[: asked["limit"]]
    more = len(rows) > len(items)
    return Page(items, _write([_plain(_value(items[-1], name)) for name in names]) if more else None)


def page_of_list(found: Sequence[Any], asked: Mapping[str, Any]) -> Page:
    """A page of what is all at hand, and changes rarely: the cursor is a place in it."""
    first = 0
    if asked["cursor"]:
        values = _read(asked["cursor"])
        if len(values) != 1 or type(values[0]) is not int or not 0 <= values[0] < 2**31:
            raise Refused("bad_cursor")
        first = values[0]
    end = first + asked["limit"]
    return Page(list(found[first:end]), _write([end]) if end < len(found) else None)


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """What stands after these values: greater in the first field, or the same there and greater in the second, …"""
    condition, same = Q(), Q()
    for name, value in zip(order, values, strict=True):
        bare = name.removeprefix("-")
        further = {f"{bare}__{'lt' if name.startswith('-') else 'gt'}": value}
        condition |= same & Q(**further)
        same &= Q(**{bare: value})
    return condition


def _values(model: type[Model], names: Sequence[str], cursor: str) -> list[Any]:
    values = _read(cursor)
    if len(values) != len(names):
        raise Refused("bad_cursor")
    try:
        return [_field(model, name).to_python(value) for name, value in zip(names, values, strict=True)]
    except (ValidationError, ValueError, TypeError, OverflowError):
        raise Refused("bad_cursor") from None


def _field(model: type[Model], name: str) -> Any:
    *through, last = name.split("__")
    for step in through:
        model = model._meta.get_field(step).related_model  # type: ignore[assignment]
    return model._meta.pk if last == "pk" else model._meta.get_field(last)


def _value(item: Any, name: str) -> Any:
    for step in name.split("__"):
        item = getattr(item, step)
    return item


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _write(values: Sequence[Any]) -> str:
    text = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> list[Any]:
    try:
        values = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
        json.dumps(values, ensure_ascii=False).encode()  # half a character is a ValueError
    except (binascii.Error, ValueError, RecursionError):
        raise Refused("bad_cursor") from None
    if not isinstance(values, list) or any("\0" in value for value in values if isinstance(value, str)):
        raise Refused("bad_cursor")
    if any(not isinstance(value, str | int) or isinstance(value, bool) for value in values):
        raise Refused("bad_cursor")
    return values
