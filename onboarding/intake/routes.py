"""Every address at which events are taken."""

from onboarding.intake import segment
from onboarding.intake.endpoint import Route


def find(path: str) -> Route | None:
    """What the address does, or None when it is none of intake's."""
    return segment.route(path) if path.startswith(segment.PREFIX) else None
