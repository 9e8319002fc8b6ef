"""The root of a tree of links. Pure."""

from collections.abc import Mapping


def root_of(key: str, linked_to: Mapping[str, str]) -> str:
    """Follow the links from `key` to a sender that links no further.

    `linked_to` maps a sender to the one it is linked to, or to ''. Links that form a ring have no end: then the root
    is the ring's first known user ("u:…") in the order of the alphabet, whichever member one starts from.
    """
    way = [key]
    seen = {key: 0}
    while target := linked_to.get(way[-1], ""):
        if target in seen:
            ring = way[seen[target] :]
            return min(ring, key=lambda member: (not member.startswith("u:"), member))
        seen[target] = len(way)
        way.append(target)
    return way[-1]
