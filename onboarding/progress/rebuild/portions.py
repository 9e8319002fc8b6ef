"""Some of the people at a time, so that a rebuild of very many holds only these."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from onboarding.progress.rebuild.links import Links


@dataclass(frozen=True)
class Portion:
    """Some of the people: an SQL condition on a sender's or a person's key, in which the column stands as {key}."""

    condition: str = "TRUE"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    linked: frozenset[str] | None = None  # of the senders at the ends of links those that are in it; None: all

    def of(self, column: str) -> str:
        return self.condition.replace("{key}", column)


def portions(number: int, links: Links) -> list[Portion]:
    """Everybody, in so many portions. Senders that are one person come together."""
    if number <= 1:
        return [Portion()]
    linked = list(links.roots)
    some: list[list[str]] = [[] for _ in range(number)]
    for key, root in links.roots.items():
        some[hash(root) % number].append(key)
    condition = (
        "((abs(hashtext({key})::bigint) %% %(number)s = %(n)s AND {key} <> ALL(%(linked)s)) OR {key} = ANY(%(some)s))"
    )
    return [
        Portion(condition, {"number": number, "n": n, "linked": linked, "some": some[n]}, frozenset(some[n]))
        for n in range(number)
    ]


def those(keys: Iterable[str], links: Links) -> Portion:
    """The senders and persons with these keys."""
    listed = sorted(keys)
    return Portion("{key} = ANY(%(keys)s)", {"keys": listed}, frozenset(key for key in listed if key in links.roots))
