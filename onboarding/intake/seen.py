"""What has been seen: names of events, their properties, people's traits, and samples of their values. Pure.

It is what editors complete names from, so it is bounded rather than whole: so many names, so many values of each.
Values that look like ids, addresses or free text are no suggestions and are never kept, nor are people's own details.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol

import orjson

EVENT, PROPERTY, TRAIT = "event", "property", "trait"

BOUNDS = {EVENT: 1_000, PROPERTY: 60, TRAIT: 200}  # names; of properties so many for each event
DEEPEST = 3  # levels of objects inside one another: a dotted path has so many parts at most
LONGEST_NAME = 200
LONGEST_VALUE = 60
# A property's values are all kept until there are more than this many. Then the most frequent ones stay, and only
# they are counted on; if even they are fewer than half of all, the property is open-ended and keeps none.
MOST_LEARNT = 100
MOST_KEPT = 30

# Segment's names for what identifies a person, in any spelling.
PERSONAL = {
    "address", "avatar", "birthday", "email", "firstname", "id", "lastname", "name", "phone", "userid", "username",
    "website",
}  # fmt: skip

_LIKE_AN_ID = re.compile(
    r"[^@\s]+@[^@\s]+"  # an e-mail address
    r"|https?://.*"
    r"|[0-9a-f]{8}-[0-9a-f-]{27,}|[0-9a-fA-F]{12,}|\W?\d[\d\s().-]{6,}"  # UUIDs, digests, numbers of things and phones
    r"|\d{4}-\d\d-\d\dT.*"  # times
    r"|(?=\S*\d)(?=\S*[A-Za-z])\S{16,}",  # tokens
    re.DOTALL,
)


class Row(Protocol):
    """A message of the log, as far as this reads it."""

    @property
    def type(self) -> str: ...

    @property
    def event(self) -> str: ...

    @property
    def occurred_at(self) -> datetime: ...

    @property
    def properties_json(self) -> str: ...

    @property
    def traits_json(self) -> str: ...


class Name(NamedTuple):
    """What was seen: an event; a property of it, or a person's trait, by its dotted path."""

    kind: str
    event: str
    path: str


@dataclass(slots=True)
class Sighting:
    """How often and when something was seen. `values`: JSON text of a value → how often; exact for each that is there.

    `learning`: every value that may be kept is there. Otherwise those that are there are all that ever will be.
    """

    count: int
    first_at: datetime
    last_at: datetime
    values: dict[str, int] = field(default_factory=dict)
    learning: bool = True


Alike = Mapping[tuple[str, str, str], Sequence[Any]]  # kind, event, JSON text → how many messages, the first, the last


def sightings_in(rows: Iterable[Row], known: Mapping[Name, Sighting]) -> dict[Name, Sighting]:
    """Everything that these messages show; see `shown_by`."""
    alike: dict[tuple[str, str, str], list[Any]] = {}
    for row in rows:
        if row.event:
            key = (EVENT, row.event, row.properties_json)
        elif row.type == "identify":
            key = (TRAIT, "", row.traits_json)
        else:
            continue
        at, group = row.occurred_at, alike.get(key)
        if group is None:
            alike[key] = [1, at, at]
            continue
        group[0] += 1
        if at < group[1]:
            group[1] = at
        elif at > group[2]:
            group[2] = at
    return shown_by(alike, known)


def shown_by(alike: Alike, known: Mapping[Name, Sighting]) -> dict[Name, Sighting]:
    """Everything that messages show. Those that say the same are read once.

    Of a name that is `known` and settled, only the values that are kept are looked at; of others all that may be kept.
    """
    found: dict[Name, Sighting] = {}
    for (kind, event, text), (count, first, last) in alike.items():
        if kind == EVENT:
            _add(found, Name(EVENT, event, ""), count, first, last)
        if text == "{}":
            continue
        for path, value in _paths(orjson.loads(text)):
            name = Name(PROPERTY if kind == EVENT else TRAIT, event, path)
            sighting = _add(found, name, count, first, last)
            before = known.get(name)
            kept = None if before is None or before.learning else before.values
            if kept is not None and not kept:
                continue
            for said in values_of(path, value):
                if kept is None or said in kept:
                    sighting.values[said] = sighting.values.get(said, 0) + count
    return found


def _add(found: dict[Name, Sighting], name: Name, count: int, first: datetime, last: datetime) -> Sighting:
    sighting = found.get(name)
    if sighting is None:
        sighting = found[name] = Sighting(count, first, last)
        return sighting
    sighting.count += count
    sighting.first_at = min(sighting.first_at, first)
    sighting.last_at = max(sighting.last_at, last)
    return sighting


def _paths(values: Mapping[str, Any], before: str = "", level: int = 1) -> Iterator[tuple[str, Any]]:
    """Each value with its path, as operators.lookup finds it there."""
    for key, value in values.items():
        path = before + key
        if not key or value is None or len(path) > LONGEST_NAME or (before and "." in key):
            continue
        if isinstance(value, dict):
            if level < DEEPEST:
                yield from _paths(value, f"{path}.", level + 1)
        elif "" not in path.split("."):
            yield path, value


def values_of(path: str, value: Any) -> list[str]:
    """The values that may be suggested, as JSON text; of a list its items, since criteria ask what it contains."""
    if path.rpartition(".")[2].replace("_", "").replace(" ", "").lower() in PERSONAL:
        return []
    items = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(orjson.dumps(item).decode() for item in items if _may_be_kept(item)))


def _may_be_kept(value: Any) -> bool:
    match value:
        case bool():
            return True
        case str():
            return 0 < len(value) <= LONGEST_VALUE and not _LIKE_AN_ID.fullmatch(value)
        case int() | float():
            return abs(value) < 10**7
    return False


def join(known: Sighting, fresh: Sighting) -> Sighting:
    """What was known and what is new, taken together."""
    counted = known.values.keys() | fresh.values.keys() if known.learning else known.values.keys()
    return Sighting(
        known.count + fresh.count,
        min(known.first_at, fresh.first_at),
        max(known.last_at, fresh.last_at),
        {value: known.values.get(value, 0) + fresh.values.get(value, 0) for value in counted},
        known.learning,
    )


def settled(sighting: Sighting) -> Sighting:
    """The sighting with no more values than may be kept."""
    values = sighting.values
    if not sighting.learning or len(values) <= MOST_LEARNT:
        return sighting
    kept = dict(sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_KEPT])
    telling = 2 * sum(kept.values()) >= sum(values.values())
    return replace(sighting, values=kept if telling else {}, learning=False)


def joined(known: Mapping[Name, Sighting], fresh: Mapping[Name, Sighting], *, events: int) -> dict[Name, Sighting]:
    """The fresh sightings with what was known of them, settled. New names beyond the bounds are left out.

    `known` holds everything about the events (and, if any trait is fresh, all traits) that `fresh` names; `events` is
    how many events are known in all.
    """
    taken = Counter(_group(name) for name in known if name.kind != EVENT)
    taken[_group(Name(EVENT, "", ""))] = events
    found: dict[Name, Sighting] = {}
    for name in sorted(fresh):  # events come before their properties
        before = known.get(name)
        if before is not None:
            found[name] = settled(join(before, fresh[name]))
            continue
        event = Name(EVENT, name.event, "")
        unknown = name.kind == PROPERTY and event not in known and event not in found
        if unknown or taken[_group(name)] >= BOUNDS[name.kind]:
            continue
        taken[_group(name)] += 1
        found[name] = settled(fresh[name])
    return found


def _group(name: Name) -> tuple[str, str]:
    """Those that share one bound: all events, the properties of one event, all traits."""
    return name.kind, name.event if name.kind == PROPERTY else ""
