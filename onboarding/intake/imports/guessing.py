"""A mapping to begin with, from the names that people give their columns and from the first rows. Pure."""

import re
from collections.abc import Sequence
from typing import Any

from onboarding.intake.imports.mapping import LEFT_OUT, Mapping, Use
from onboarding.intake.steps import TYPES

# The best name first. Compared without case, spaces and punctuation.
_NAMES = {
    "userId": "userid externaluserid externalid distinctid personid customerid memberid uid user useremail email",
    "anonymousId": "anonymousid anonid visitorid deviceid cookieid",
    "event": "eventtext eventname event eventtype action activity",
    "timestamp": "timestamp occurredat eventtime eventtimestamp happenedat originaltimestamp time ts datetime "
    "createdat created signedupat eventdate date",
    "messageId": "messageid eventid insertid eventuuid",
    "groupId": "groupid accountid companyid organizationid organisationid orgid teamid tenantid workspaceid",
    "previousId": "previousid",
}
# What warehouses add of their own to a table of events.
_HOUSEKEEPING = frozenset(("sentat", "receivedat", "loadedat", "uuidts", "uuid", "originaltimestamp"))
_PREFIXES = re.compile(r"(properties|traits|context)[._](.+)", re.IGNORECASE)


def guess(header: Sequence[str], rows: Sequence[Sequence[Any]], *, zone: str = "UTC") -> Mapping:
    """What the columns probably are. Rows with an event are track calls, others say traits of a person (identify)."""
    plain = {name: re.sub(r"[^a-z0-9]", "", name.lower()) for name in header}
    found: dict[str, str] = {}
    for to, names in _NAMES.items():
        for wanted in names.split():
            column = next((name for name in header if plain[name] == wanted and name not in found), None)
            if column is not None:
                found[column] = to
                break
    _tell_bare_id(header, plain, found)
    kind = _type_column(header, plain, rows)
    if kind is not None:
        found[kind] = "type"
    constants: dict[str, Any] = {}
    has_event = "event" in found.values()
    if kind is None:
        constants["type"] = "track" if has_event else "identify"
    others = "properties" if has_event or kind is not None else "traits"
    columns = {name: Use(found.get(name) or _inside(name, plain[name], others)) for name in header}
    return Mapping(_each_once(columns), constants=constants, zone=zone)


def _tell_bare_id(header: Sequence[str], plain: dict[str, str], found: dict[str, str]) -> None:
    """A column that is called id and nothing else: the event's where somebody else says whose it is, or the user's."""
    column = next((name for name in header if plain[name] == "id" and name not in found), None)
    if column is None:
        return
    owner = next((name for name, to in found.items() if to == "userId"), None)
    if owner is None or (plain[owner] in ("email", "useremail") and "event" not in found.values()):
        found.pop(owner or "", None)
        found[column] = "userId"
    elif "messageId" not in found.values():
        found[column] = "messageId"


def _type_column(header: Sequence[str], plain: dict[str, str], rows: Sequence[Sequence[Any]]) -> str | None:
    for place, name in enumerate(header):
        if plain[name] in ("type", "messagetype"):
            said = {str(row[place]).strip().lower() for row in rows}
            return name if said and said <= TYPES else None
    return None


def _inside(name: str, plain: str, others: str) -> str:
    if plain in _HOUSEKEEPING:
        return LEFT_OUT
    if plain in ("properties", "traits", "context"):
        return plain if plain != "traits" or others == "traits" else LEFT_OUT
    if (prefixed := _PREFIXES.fullmatch(name)) and prefixed[1].lower() in (others, "context"):
        return f"{prefixed[1].lower()}.{_path(prefixed[2])}"
    return f"{others}.{_path(name)}"


def _path(name: str) -> str:
    """The name where no dot makes an object by accident."""
    return ".".join(part for part in name.split(".") if part.strip())[:200] or "column"


def _each_once(columns: dict[str, Use]) -> dict[str, Use]:
    """The columns without any that would become what another one becomes or holds."""
    kept: dict[str, Use] = {}
    taken: set[str] = set()
    for name, use in columns.items():
        clashes = any(
            use.to == other or ("." in other and use.to.startswith(f"{other}.")) or other.startswith(f"{use.to}.")
            for other in taken
            if "." in other or use.to == other
        )
        if use.to != LEFT_OUT and clashes and "." in use.to:
            use = Use(LEFT_OUT)
        elif use.to != LEFT_OUT:
            taken.add(use.to)
        kept[name] = use
    return kept
