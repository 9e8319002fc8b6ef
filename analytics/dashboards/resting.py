"""What each figure of the page rests on: how many people, and how many of those who began are too new for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analytics.dashboards.asked import SPLIT_NOTHING, SPLIT_VERSION
from analytics.dashboards.board import Board
from analytics.dashboards.states import State
from analytics.metrics.pace import Pace
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.sizes import Caution
from analytics.stats import Curve, NotComputable, Share


@dataclass(frozen=True)
class Rest:
    """`n` people are in the figure; `immature` more began and are too new for it."""

    n: int
    immature: int


@dataclass(frozen=True)
class Line:
    """A figure of the first row; `window` in days, None where it has none. People of these states open it."""

    metric: Metric
    window: int | None
    rest: Rest
    state: State
    immature_state: State | None = None

    @property
    def n(self) -> int:
        return self.rest.n

    @property
    def immature(self) -> int:
        return self.rest.immature

    @property
    def immature_share(self) -> float | None:
        began = self.n + self.immature
        return self.immature / began if began else None


def resting(board: Board) -> dict[str, Any]:
    """By the name of the figure."""
    shown: list[Pace] = []
    if not isinstance(board.segments, NotComputable):
        shown = [one.pace for one in board.segments.segments if one.caution is not Caution.WITHHELD]
    return {
        "kpis": [
            Line(METRICS["activation"], board.now.within.days, of_shares([board.now]), State.WATCHED, State.TOO_NEW),
            Line(METRICS["time_to_first_value"], None, of_curves([board.now]), State.FOLLOWED, State.UNFOLLOWED),
            Line(METRICS["began"], None, Rest(board.people, 0), State.BEGAN),
        ],
        "curve": of_curves(board.lines),
        "segments": of_shares(shown),
        "versions": of_shares(board.versions.comparison.groups if board.versions else ()),
        "split": {SPLIT_NOTHING: "", SPLIT_VERSION: _("version")}.get(board.split, board.asked.trait),
    }


def of_shares(groups: Iterable[Pace]) -> Rest:
    """Of shares within the window: who has been watched for all of it, and who has not."""
    groups = list(groups)
    n = sum(group.within.told.of for group in groups if isinstance(group.within.told, Share))
    return Rest(n, sum(group.within.immature for group in groups))


def of_curves(groups: Iterable[Pace]) -> Rest:
    """Of Kaplan–Meier curves: who has been watched for any whole time, and who has not."""
    groups = list(groups)
    return Rest(
        sum(group.curve.n for group in groups if isinstance(group.curve, Curve)),
        sum(group.unwatched for group in groups),
    )
