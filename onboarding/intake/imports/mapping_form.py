"""The mapping as a form: a line for each column of the file, and what holds for all rows. Pure."""

from collections.abc import Mapping as Data
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext_lazy as _

from onboarding.intake.imports import cells
from onboarding.intake.imports.cells import Type
from onboarding.intake.imports.mapping import AUTO, OBJECTS, Mapping, Use

MOST_COLUMNS = 250  # lines of the form
INSIDE = {f"{name}.": name for name in OBJECTS}

TARGETS = [
    ("", _("Left out")),
    ("userId", _("User id")),
    ("event", _("Event name")),
    ("timestamp", _("Time")),
    ("properties.", _("Property")),
    ("traits.", _("Trait")),
    ("groupId", _("Account id")),
    ("anonymousId", _("Anonymous id")),
    ("messageId", _("Message id")),
    ("type", _("Type of the row")),
    ("previousId", _("Former id (alias)")),
    ("context.", _("Context")),
    ("properties", _("All properties, as JSON")),
    ("traits", _("All traits, as JSON")),
    ("context", _("All context, as JSON")),
]
KINDS = [
    (Type.AUTO, _("As it looks")),
    (Type.TEXT, _("Text")),
    (Type.NUMBER, _("Number")),
    (Type.BOOLEAN, _("Yes or no")),
    (Type.TIME, _("Time")),
    (Type.JSON, "JSON"),
]
TYPES = [
    ("", _("What a column says")),
    ("track", "Events (track)"),
    ("identify", _("Traits of people (identify)")),
    ("group", _("Accounts and their traits (group)")),
    ("page", _("Page views (page)")),
    ("screen", _("Screen views (screen)")),
    ("alias", _("Two ids, one person (alias)")),
]
FORMATS = [
    (AUTO, _("As it looks")),
    ("iso", "2026-03-02 17:05:00"),
    ("seconds", _("Seconds since 1970")),
    ("milliseconds", _("Milliseconds since 1970")),
    ("microseconds", _("Microseconds since 1970")),
    ("%d.%m.%Y %H:%M", "02.03.2026 17:05"),
    ("%d.%m.%Y", "02.03.2026"),
    ("%d/%m/%Y %H:%M", _("02/03/2026 17:05 (day first)")),
    ("%d/%m/%Y", _("02/03/2026 (day first)")),
    ("%m/%d/%Y %H:%M", _("03/02/2026 17:05 (month first)")),
    ("%m/%d/%Y %I:%M %p", _("03/02/2026 05:05 PM (month first)")),
    ("%m/%d/%Y", _("03/02/2026 (month first)")),
]
ZONES = ["UTC", *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))]


@dataclass(frozen=True, slots=True)
class Line:
    """One column in the form: what it holds first, and what it becomes."""

    place: int
    column: str
    samples: list[str]
    to: str
    name: str
    kind: Type


def lines(mapping: Mapping, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[Line]:
    """The form's lines for a file with this header and these first rows."""
    return [_line(place, column, mapping, rows) for place, column in enumerate(header[:MOST_COLUMNS])]


def read_form(data: Data[str, str], header: Sequence[str], *, otherwise: Mapping) -> Mapping:
    """The mapping that the form's fields say, whatever stands in them; `problems` of it says what is wrong.

    Columns that the form has no line for stay as `otherwise` has them.
    """
    columns = {name: use for name, use in otherwise.columns.items() if name in header}
    for place, column in enumerate(header[:MOST_COLUMNS]):
        to, kind = data.get(f"c{place}.to", ""), data.get(f"c{place}.as", AUTO)
        if to in INSIDE:
            to += data.get(f"c{place}.name", "").strip() or column
        columns[column] = Use(to, Type(kind) if kind in list(Type) else Type.AUTO)
    constants = {name: value for name in ("type", "event") if (value := data.get(f"constant.{name}", "").strip())}
    return Mapping(
        columns, constants=constants, time_format=data.get("time.format", AUTO), zone=data.get("time.zone", "UTC")
    )


def _line(place: int, column: str, mapping: Mapping, rows: Sequence[Sequence[Any]]) -> Line:
    use = mapping.use_of(column)
    head, dot, name = use.to.partition(".")
    shown: list[str] = []
    for row in rows:
        if not cells.is_empty(row[place], typed=False) if isinstance(row[place], str) else row[place] is not None:
            said = str(row[place])
            shown += [said[:60]] if said[:60] not in shown else []
    return Line(place, column, shown[:3], head + dot, name if dot else column, use.kind)
