"""What a proposal can be made of: milestones of the library and of the starter packs, as values. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from milestones.discovery.roles import KINDS, kind_of

LIBRARY = "library"
SIZES = {"solo": (1, 1), "small": (1, 19), "medium": (20, 199), "large": (200, None)}  # people, inclusive
_RANGE = re.compile(r"([0-9]+)\s*[-–]\s*([0-9]+)")
_FROM = re.compile(r"([0-9]+)\s*\+")


@dataclass(frozen=True)
class Candidate:
    """One milestone that might be proposed, with the place that a ladder or a pack gives it.

    `source` is "library" or a starter pack's key; `position` its place there, as far as it has one.
    """

    content: Mapping[str, Any]
    source: str = LIBRARY
    source_name: str = "your library"
    kind: str = ""  # of the pack's role, a key of roles.KINDS
    product: str = ""
    phase: str = ""
    due_days: int | None = None
    prerequisites: tuple[str, ...] = ()
    first_value: bool = False
    position: int = 1_000
    roles: tuple[str, ...] = field(default=(), compare=False)  # keys of the roles whose ladders have it

    @property
    def key(self) -> str:
        return str(self.content["key"])

    @property
    def name(self) -> str:
        return str(self.content["name"])

    def tags(self, of: str) -> list[str]:
        return list(self.content.get("tags", {}).get(of, ()))

    @property
    def text(self) -> str:
        """What it says of itself, for looking for words."""
        said = [self.content.get(field, "") for field in ("name", "purpose", "value_statement", "cue")]
        return " ".join([*said, *self.content.get("expected_actions", ())])


def made_for(candidate: Candidate, *, role: str, kind: str) -> bool | None:
    """Whether it is meant for this role; None when it does not say for whom it is."""
    if role and role in candidate.roles:
        return True
    named = candidate.tags("role")
    if named:
        return any((kind and kind_of(one) == kind) or one.casefold() == role.casefold() for one in named)
    if candidate.kind:
        return candidate.kind == kind if kind else None
    return False if candidate.roles and role else None


def fits_size(candidate: Candidate, team: int) -> bool:
    """Whether its size tags, if it has any that are sizes, allow for a team of so many."""
    ranges = [found for tag in candidate.tags("size") if (found := size_range(tag))]
    return not ranges or any(low <= team and (high is None or team <= high) for low, high in ranges)


def size_range(tag: str) -> tuple[int, int | None] | None:
    """How many people a size tag means: small, medium, large, "201-1000" or "1000+"; None for anything else."""
    tag = tag.strip().casefold()
    if tag in SIZES:
        return SIZES[tag]
    if found := _RANGE.fullmatch(tag):
        return int(found[1]), int(found[2])
    return (int(found[1]), None) if (found := _FROM.fullmatch(tag)) else None


def plural_of(role: str, kind: str) -> str:
    """The role's people, as a sentence calls them."""
    return str(KINDS[kind].plural) if kind else gettext("people of the role “%(role)s”") % {"role": role}
