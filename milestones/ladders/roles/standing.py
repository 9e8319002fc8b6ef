"""How roles stand: in order of precedence, each with its ladders and whether what it says has been published yet."""

from collections import defaultdict
from dataclasses import dataclass

from milestones.ladders.models import Ladder, LadderVersion, Role
from milestones.ladders.versions.exactly import same
from milestones.library.criteria import describe_rule


@dataclass(frozen=True)
class Standing:
    """A role's changes take effect with the next publication of its ladders; `unpublished` are those still to come."""

    role: Role
    rule: str
    ladders: tuple[Ladder, ...]
    unpublished: tuple[Ladder, ...]

    @property
    def in_use(self) -> tuple[Ladder, ...]:
        return tuple(ladder for ladder in self.ladders if ladder.archived_at is None)


def standings() -> list[Standing]:
    """Every role, the one that goes first of several first."""
    live = live_roles()
    ladders: dict[int, list[Ladder]] = defaultdict(list)
    for ladder in Ladder.objects.select_related("role").order_by("name"):
        ladders[ladder.role_id].append(ladder)
    return [_standing(role, ladders[role.pk], live) for role in in_order()]


def standing_of(role: Role) -> Standing:
    ladders = list(role.ladders.select_related("role").order_by("name"))
    return _standing(role, ladders, live_roles())


def in_order() -> list[Role]:
    """Roles as they are asked in turn: the smallest precedence first, of equal ones by key."""
    return list(Role.objects.order_by("precedence", "key"))


def live_roles() -> dict[int, dict[str, object]]:
    """By ladder in use, what its newest publication says of its role."""
    published = LadderVersion.objects.filter(state=LadderVersion.State.PUBLISHED, ladder__archived_at=None)
    versions = published.order_by("ladder_id", "number")
    return dict(versions.values_list("ladder_id", "role_content"))


def _standing(role: Role, ladders: list[Ladder], live: dict[int, dict[str, object]]) -> Standing:
    return Standing(
        role,
        describe_rule(role.chooses),
        tuple(ladders),
        tuple(ladder for ladder in ladders if ladder.pk in live and not same(live[ladder.pk], role.content)),
    )
