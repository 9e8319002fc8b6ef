"""The tables of the adoption page as rows of raw values: shares from 0 to 1, times in seconds, None where none is told.

They come from the same board as the page. Groups of fewer than five people are withheld here too, and every row says
which definition it follows, of whom it tells, and as of when.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_noop as _

from analytics.dashboards.board import Board
from analytics.dashboards.page import curve_rows
from analytics.metrics.pace import Pace
from analytics.metrics.sizes import FEW, Caution, caution
from analytics.metrics.told import Told
from analytics.reports.provenance import Provenance, definitions, provenance
from analytics.stats import Interval, NotComputable, NotReached, Quantile, Share, Step

Cell = str | int | float | date | datetime | None
Row = dict[str, Cell]

PROVENANCE = ("definition", "ladder", "began_from", "began_to", "window_days", "split", "n", "immature_share", "as_of")


@dataclass(frozen=True)
class Table:
    """`columns` in their order; a row has a value for each of them. `title` is for people, `name` for the file."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def table(name: str, board: Board) -> Table | None:
    """A table of the page; None when the page has none of this name now."""
    rows = list(TABLES[name].rows(board)) if board.caution is not Caution.WITHHELD else []
    if not rows:
        return None
    stamp = stamped(provenance(board), TABLES[name].figure)
    columns = tuple(dict.fromkeys(column for row in rows for column in row))
    return Table(name, TABLES[name].title, columns + PROVENANCE, tuple({**row, **stamp} for row in rows))


def stamped(said: Provenance, figure: str) -> Row:
    """What every row says of itself."""
    return {
        "definition": "; ".join(f"{metric.key} v{metric.version}" for metric in definitions(figure)),
        "ladder": said.ladder,
        "began_from": said.begun.first,
        "began_to": said.begun.last,
        "window_days": said.window_days,
        "split": said.segment,
        "n": said.people,
        "immature_share": None if said.immature_share is None else round(said.immature_share, 6),
        "as_of": said.as_of,
    }


def _curve(board: Board) -> Iterable[Row]:
    for row in curve_rows(board.lines):
        for line, step in row.told:
            found: Row = {"group": line.label or "everybody", "within_days": row.days}
            yield found | _step(step)


def _step(step: Step | NotComputable) -> Row:
    if isinstance(step, NotComputable):
        return {"reached": None, "low": None, "high": None, "at_risk": None, "note": step.reason}
    low, high = _ends(step.interval)
    return {
        "reached": 1 - step.survival,
        "low": None if high is None else 1 - high,
        "high": None if low is None else 1 - low,
        "at_risk": step.at_risk,
        "note": None,
    }


def _funnel(board: Board) -> Iterable[Row]:
    few = board.funnel.withheld
    for step in board.funnel.steps:
        yield {
            "step": step.name,
            "key": step.key or None,
            **_share(step.within.told),
            "of_step_before": None if few or isinstance(step.of_previous, NotComputable) else step.of_previous.value,
            "stopped": None if few or not step.key else step.lost,
        }


def _rungs(board: Board) -> Iterable[Row]:
    for line in board.rungs:
        yield {
            "rung": line.name,
            "key": line.key,
            "first_value": "yes" if line.first_value else "no",
            **_pace(line.pace),
        }


def _cohorts(board: Board) -> Iterable[Row]:
    for cohort in board.cohorts:
        for cell in cohort.cells:
            yield {
                "cohort_from": cohort.days.first,
                "cohort_to": cohort.days.last,
                "age_days": cell.days,
                **_share(cell.told),
            }


def _segments(board: Board) -> Iterable[Row]:
    if not isinstance(board.segments, NotComputable):
        for segment in board.segments.segments:
            yield {"trait": board.segments.trait, "value": segment.label, **_pace(segment.pace)}


def _versions(board: Board) -> Iterable[Row]:
    if board.versions is not None:
        for pace in board.versions.comparison.groups:
            yield {"version": pace.label, **_pace(pace)}


def _pace(pace: Pace) -> Row:
    if caution(pace.people) is Caution.WITHHELD:
        return {"began": pace.people, **_share(FEW), **_median(FEW)}
    return {"began": pace.people, **_share(pace.within.told), **_median(pace.median)}


def _share(share: Share | NotComputable) -> Row:
    if isinstance(share, NotComputable):
        return {"people": None, "of": None, "share": None, "low": None, "high": None, "note": share.reason}
    low, high = _ends(share.interval)
    return {"people": share.count, "of": share.of, "share": share.value, "low": low, "high": high, "note": None}


def _median(median: Quantile | NotComputable) -> Row:
    if isinstance(median, NotComputable):
        return {"median_s": None, "median_low_s": None, "median_high_s": None}
    low, high = _ends(median.interval)
    time = median.time
    return {"median_s": None if isinstance(time, NotReached) else time, "median_low_s": low, "median_high_s": high}


def _ends(interval: Interval | NotComputable) -> tuple[float | None, float | None]:
    if isinstance(interval, NotComputable):
        return None, None
    low, high = (None if isinstance(end, NotReached) else end for end in (interval.low, interval.high))
    return low, high


@dataclass(frozen=True)
class Kind:
    figure: str
    rows: Callable[[Board], Iterable[Row]]
    title: Told = Told()


TABLES: Mapping[str, Kind] = {
    "curve": Kind("curve", _curve, _("Curve to first value")),
    "funnel": Kind("funnel", _funnel, _("Funnel")),
    "rungs": Kind("rungs", _rungs, _("Every rung")),
    "cohorts": Kind("cohorts", _cohorts, _("Activation by cohort")),
    "segments": Kind("segments", _segments, _("Segments")),
    "versions": Kind("versions", _versions, _("Before and after the newest version")),
}
PEOPLE = "people"


def names_of(board: Board) -> Sequence[str]:
    """The tables that the page has now."""
    if board.caution is Caution.WITHHELD:
        return ()
    return [name for name, kind in TABLES.items() if next(iter(kind.rows(board)), None) is not None]
