"""How fresh the numbers are: until when the log has been read, and whether counts still wait to be added."""

from dataclasses import dataclass
from datetime import datetime

from analytics.cubes.fold import waiting
from onboarding.progress.models import Watermark
from workspaces.scope import current_workspace_id


@dataclass(frozen=True)
class Freshness:
    """`at` is when news was last taken in; None before the first."""

    at: datetime | None
    waiting: bool


def freshness() -> Freshness:
    """Inside a scope."""
    mark = Watermark.objects.only("advanced_at").first()
    return Freshness(mark.advanced_at if mark else None, waiting(current_workspace_id()))
