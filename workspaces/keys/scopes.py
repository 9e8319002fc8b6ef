"""What a secret key may do: scopes such as ladders:read, made of the one table of permissions.

`<area>:read` stands for what reads in an area, `<area>:write` for all else there; the area is what stands before the
dot of a permission. Who may write may read. There are only scopes that permit something: webhooks have no reading, as
whoever may see them may change them.
"""

from collections.abc import Collection, Iterable

from workspaces.tenants.access import PERMISSIONS, Level, allows

READ, WRITE = "read", "write"

# Beside those of the table: what programs do and members do not.
SENDS_EVENTS, ASKS_FOR_FEATURES = "events:write", "features:read"
NOT_FOR_KEYS = frozenset({"help"})  # areas in which a program has nothing to do


def scope_of(permission: str) -> str:
    """The scope that a key needs for a permission of the table."""
    area, _, verb = permission.partition(".")
    return f"{area}:{READ if verb == 'read' else WRITE}"


def _areas() -> dict[str, tuple[str, ...]]:
    areas: dict[str, set[str]] = {}
    for permission in PERMISSIONS:
        scope = scope_of(permission)
        area, _, kind = scope.partition(":")
        if area not in NOT_FOR_KEYS:
            areas.setdefault(area, set()).add(kind)
    return {area: tuple(kind for kind in (READ, WRITE) if kind in kinds) for area, kinds in sorted(areas.items())}


AREAS = _areas()
SCOPES = tuple(f"{area}:{kind}" for area, kinds in AREAS.items() for kind in kinds)
# What a key has only where somebody says so by name: from there one comes to everybody's log-ins.
BY_NAME = frozenset({"sign_in:write"})
USUAL = tuple(scope for scope in SCOPES if scope not in BY_NAME)
READING = tuple(scope for scope in SCOPES if scope.endswith(f":{READ}"))


def completed(scopes: Iterable[str]) -> list[str]:
    """These scopes in the table's order, with the reading that belongs to writing. Raises LookupError for others."""
    asked = set(scopes)
    if unknown := asked - set(SCOPES):
        raise LookupError(f"There is no scope {', '.join(sorted(unknown))}.")
    asked |= {scope.replace(f":{WRITE}", f":{READ}") for scope in asked}
    return [scope for scope in SCOPES if scope in asked]


def may(scopes: Collection[str], level: Level, permission: str) -> bool:
    """Whether a key with these scopes, made by somebody of that level, may do what needs `permission`."""
    return scope_of(permission) in scopes and allows(level, permission)
