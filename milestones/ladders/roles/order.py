"""The order of roles: which goes first when several match somebody."""

from collections.abc import Sequence

from milestones.ladders.document import LARGEST_PRECEDENCE
from milestones.ladders.models import Role
from milestones.ladders.roles.standing import in_order
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member


def put_in_order(keys: Sequence[str], *, by: Member) -> list[Role]:
    """Ask the roles in this order from now on; returns those whose precedence changed. Unknown keys are passed over.

    Roles that are not named keep their place among the others. The numbers in use are dealt out anew, so that as few
    roles as possible change: each change has to be published by the role's ladders.
    """
    roles = in_order()
    named = [role for key in dict.fromkeys(keys) for role in roles if role.key == key]
    queue = iter(named)
    wanted = [next(queue) if role in named else role for role in roles]
    if wanted == roles:
        return []
    numbers = rising(sorted(role.precedence for role in roles))
    changed = []
    for role, number in zip(wanted, numbers, strict=True):
        if role.precedence != number:
            role.precedence = number
            role.save(update_fields=["precedence"])
            changed.append(role)
    if changed:
        Entry.record(by=by, action="roles.reordered", target=changed[0], order=[role.key for role in wanted])
    return changed


def rising(numbers: Sequence[int]) -> list[int]:
    """Sorted numbers with as few changes as keep every one larger than the one before, within what is allowed."""
    risen: list[int] = []
    for number in numbers:
        risen.append(max(number, risen[-1] + 1) if risen else number)
    # Those that were pushed beyond the largest number come down again, as far as they must.
    top = LARGEST_PRECEDENCE - len(risen) + 1
    return [min(number, top + place) for place, number in enumerate(risen)]
