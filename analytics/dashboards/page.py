"""What the templates need besides the board: headline, pictures in every size, and tables of what they show."""

from dataclasses import dataclass
from typing import Any

from analytics.dashboards import headline as heading
from analytics.dashboards.board import Board
from analytics.dashboards.charts import cohorts as cohort_chart
from analytics.dashboards.charts import curve as curve_chart
from analytics.dashboards.charts import funnel as funnel_chart
from analytics.dashboards.charts.draw import Picture, picture
from analytics.dashboards.charts.look import SIZES
from analytics.dashboards.intervals import By, Plot, by_median_if_all_have_one, plot
from analytics.dashboards.resting import resting
from analytics.dashboards.sparks import spark
from analytics.metrics.as_of import DAY_S
from analytics.metrics.pace import Pace
from analytics.metrics.registry import METRICS
from analytics.metrics.sizes import Caution
from analytics.stats import Curve, NotComputable, Share, Step

TABLE_DAYS = (1, 2, 3, 7, 14, 21, 30, 45, 60, 90, 180, 365)


@dataclass(frozen=True)
class CurveRow:
    """One age in the curve's table, with each line's step there (reached share = 1 − survival)."""

    days: int
    told: tuple[tuple[Pace, Step | NotComputable], ...]


def figures(board: Board, workspace_id: int) -> dict[str, Any]:
    """The context of the adoption page."""
    pictures: dict[str, list[Picture]] = {"curve": [], "funnel": [], "cohorts": []}
    for size in SIZES:
        specs = {
            "curve": curve_chart.spec(board.lines, size),
            "funnel": funnel_chart.spec(board.funnel, board.drop_off, size),
            "cohorts": cohort_chart.spec(board.cohorts, board.cohort_grain, size),
        }
        for name, spec in specs.items():
            if spec is not None and board.caution is not Caution.WITHHELD:
                pictures[name].append(picture(workspace_id, size.name, spec))
    return {
        "headline": heading.headline(board),
        "quickest": heading.quickest(board.segments),
        "pictures": pictures,
        "curve_rows": curve_rows(board.lines),
        "segment_plot": segment_plot(board),
        "version_plot": version_plot(board),
        "sparks": {
            "activation": spark([_share(part.cells[0].told) for part in board.course]),
            "median": spark(board.course_medians_s),
            "began": spark([float(part.people) for part in board.course]),
        },
        "metrics": METRICS,
        "rests": resting(board),
    }


def curve_rows(lines: tuple[Pace, ...]) -> list[CurveRow]:
    """Each line's share at the usual ages, as far as the picture goes."""
    curves = [(line, line.curve) for line in lines if isinstance(line.curve, Curve)]
    if not curves:
        return []
    until = curve_chart.told_until_days(lines)
    days = [day for day in TABLE_DAYS if day <= until] or [1]
    return [CurveRow(day, tuple((line, curve.at(day * DAY_S)) for line, curve in curves)) for day in days]


def segment_plot(board: Board) -> Plot | None:
    if isinstance(board.segments, NotComputable):
        return None
    fastest = board.segments.comparison.fastest
    marked = [fastest] if fastest else []
    groups = [segment.pace for segment in board.segments.segments]
    return plot(groups, by=by_median_if_all_have_one(groups), marked=marked)


def version_plot(board: Board) -> Plot | None:
    if board.versions is None:
        return None
    marked = [board.versions.now] if board.versions.activation.clear else []
    return plot(board.versions.comparison.groups, by=By.SHARE, marked=marked)


def _share(share: Share | NotComputable) -> float | None:
    return share.value if isinstance(share, Share) else None
