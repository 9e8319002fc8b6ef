"""What each figure of the page rests on: how many people, and how many of those who began are too new for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from analytics.dashboards.asked import SPLIT_NOTHING, SPLIT_VERSION
from analytics.dashboards.board import Board
from analytics.dashboards.states import State
from analytics.metrics.cohorts import Cohort
from analytics.metrics.days import Days
from analytics.metrics.pace import Pace
from analytics.metrics.registry import METRICS, Metric
from analytics.metrics.sizes import WITHHELD_BELOW, Caution
from analytics.stats import Curve, NotComputable, Share


@dataclass(frozen=True)
class Rest:
    """`n` people are in the figure; `immature` more began and are too new for it. None where that is not known.

    Where a card has several, `label` says which it is. `days` and `window` are said where they are other ones than the
    question's; `accounts`: not people are counted but their accounts.
    """

    n: int | None
    immature: int | None = None
    label: str = ""
    days: Days | None = None
    window: int | None = None
    accounts: bool = False

    @property
    def immature_share(self) -> float | None:
        """Of both together; None of fewer than five, as it would tell of single ones."""
        if self.n is None or self.immature is None or self.n + self.immature < WITHHELD_BELOW:
            return None
        return self.immature / (self.n + self.immature)


@dataclass(frozen=True)
class Line:
    """A figure of the first row; `window` in days, None where it has none. People of these states open it."""

    metric: Metric
    window: int | None
    rest: Rest
    state: State
    immature_state: State | None = None

    @property
    def n(self) -> int | None:
        return self.rest.n

    @property
    def immature(self) -> int | None:
        return self.rest.immature

    @property
    def immature_share(self) -> float | None:
        return self.rest.immature_share


def resting(board: Board) -> dict[str, Any]:
    """By the name of the figure."""
    shown: list[Pace] = []
    if not isinstance(board.segments, NotComputable):
        shown = [one.pace for one in board.segments.segments if one.caution is not Caution.WITHHELD]
    now = board.now
    return {
        "kpis": [
            Line(METRICS["activation"], now.within.days, of_share(now), State.WATCHED, State.TOO_NEW),
            Line(METRICS["time_to_first_value"], None, of_curve(now), State.FOLLOWED, State.UNFOLLOWED),
            Line(METRICS["began"], None, Rest(board.people, 0), State.BEGAN),
        ],
        "curve": [of_curve(line) for line in board.lines],
        "funnel": [
            Rest(board.funnel.mature, board.funnel.immature, METRICS["drop_off"].name, window=board.funnel.window_days),
            of_share(board.completion, METRICS["ladder_completion"].name),
        ],
        "rungs": Rest(now.people - now.unwatched, now.unwatched),
        "cohorts": of_cohorts(board.people, board.cohorts),
        "segments": together([of_share(one) for one in shown]),
        "versions": [of_share(one) for one in board.versions.comparison.groups] if board.versions else [],
        "split": {SPLIT_NOTHING: "", SPLIT_VERSION: _("version")}.get(board.split, board.asked.trait),
    }


def of_share(group: Pace, label: str = "") -> Rest:
    """Of a share within the window: who has been watched for all of it, and who has not."""
    within = group.within
    few = isinstance(within.mature, Share)
    n = within.told.of if isinstance(within.told, Share) else None if few else 0
    return Rest(n, within.immature, label or group.label, group.whose.days, within.days)


def of_curve(group: Pace) -> Rest:
    """Of a Kaplan–Meier curve: who has been watched for any whole time, and who has not."""
    n = group.curve.n if isinstance(group.curve, Curve) else None if group.moments.people else 0
    return Rest(n, group.unwatched, group.label, group.whose.days)


def of_cohorts(people: int, found: Sequence[Cohort]) -> Rest:
    """Of a triangle: whose week or month is told at any age, and whose at none yet."""
    new = sum(
        one.people
        for one in found
        if one.people and all(isinstance(cell.share, NotComputable) and not cell.withheld for cell in one.cells)
    )
    return Rest(people - new, new)


def together(groups: Iterable[Rest]) -> Rest:
    """Of groups that exclude each other."""
    groups = list(groups)
    return Rest(sum(one.n or 0 for one in groups), sum(one.immature or 0 for one in groups))
