"""What a card is made of."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analytics.dashboards.asked import Asked
from analytics.metrics.told import Told
from workspaces.tenants.models import Workspace

Figures = Callable[[Asked, Workspace], dict[str, Any] | None]


class Height(StrEnum):
    """About how much room the card will take: so much is kept free for it, so that the page does not jump."""

    SHORT = "short"
    MEDIUM = "medium"
    TALL = "tall"


@dataclass(frozen=True)
class Section:
    """One card.

    `title` is English, and read in the language that is active. `figures` is asked inside the workspace's scope for
    the template's context; None says that there is nothing to show, and no card. `template` extends
    dashboards/sections/card.html. `metrics` are the keys in the registry of the metrics that it tells. Of its context
    the card's foot reads `n`, the people in its figures, `immature`, how many of those who began are too new for
    them, or `rests`, both of each figure (resting.Rest); `window` and `begun`, the days, where they are not the
    question's (None: there is none); `happened`, what people did on these days, and `segment`.
    """

    key: str
    template: str
    figures: Figures
    title: Told = Told()
    metrics: tuple[str, ...] = ()
    height: Height = Height.MEDIUM
    wide: bool = False
    """Whether it takes both columns."""
    tables: tuple[str, ...] = ()
    """What its tables but the first are called in files: each names itself so in the template, as `data-file`."""
    newest: bool = False
    """Whether it tells of the newest people as of the day, whoever was asked for."""
