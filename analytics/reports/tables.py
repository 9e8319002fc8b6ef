"""The tables of the adoption page as rows of raw values: shares from 0 to 1, times in seconds, None where none is told.

They come from the same board as the page. Groups of fewer than five people are withheld here too, and every row says
which definition it follows, of whom it tells, within which window, and as of when: of itself, not of the page.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils.translation import gettext_noop as _

from analytics.dashboards.asked import SPLIT_NOTHING, SPLIT_TRAIT, SPLIT_VERSION
from analytics.dashboards.board import Board
from analytics.dashboards.page import curve_rows
from analytics.dashboards.resting import Rest, of_curve, of_share
from analytics.metrics.pace import Pace
from analytics.metrics.registry import Metric
from analytics.metrics.sizes import FEW, Caution, caution
from analytics.metrics.told import Told as Title
from analytics.reports.provenance import Provenance, definitions, provenance, split_words
from analytics.stats import Interval, NotComputable, NotReached, Quantile, Share, Step

Cell = str | int | float | date | datetime | None
Row = dict[str, Cell]
Told = tuple[Row, Rest]

PROVENANCE = ("definition", "ladder", "began_from", "began_to", "window_days", "split", "n", "immature_share", "as_of")


@dataclass(frozen=True)
class Table:
    """`columns` in their order; a row has a value for each of them. `title` is for people, `name` for the file.

    Raises ValueError when two columns have one name, as a row would lose the value of the first.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        if len(set(self.columns)) < len(self.columns):
            raise ValueError(f"Two columns of {self.name} have the same name: {', '.join(self.columns)}")


def table(name: str, board: Board) -> Table | None:
    """A table of the page; None when the page has none of this name now."""
    kind = TABLES[name]
    found = list(kind.rows(board)) if board.caution is not Caution.WITHHELD else []
    if not found:
        return None
    said = replace(provenance(board), segment=split_words(kind.split(board)))
    columns = tuple(dict.fromkeys(column for row, _ in found for column in row))
    rows = tuple({**row, **stamped(said, definitions(kind.figure), rest)} for row, rest in found)
    return Table(name, kind.title, columns + PROVENANCE, rows)


def stamped(said: Provenance, metrics: Iterable[Metric], rest: Rest) -> Row:
    """What a row says of itself: `rest` are the people in it, their days and window; what it leaves out `said` tells.

    Empty where it is not known, or does not apply.
    """
    days, share = rest.days or said.begun, rest.immature_share
    return {
        "definition": "; ".join(f"{metric.key} v{metric.version}" for metric in metrics),
        "ladder": said.ladder,
        "began_from": days.first,
        "began_to": days.last,
        "window_days": rest.window,
        "split": said.segment,
        "n": rest.n,
        "immature_share": None if share is None else round(share, 6),
        "as_of": said.as_of,
    }


def _curve(board: Board) -> Iterable[Told]:
    for row in curve_rows(board.lines):
        for line, step in row.told:
            found: Row = {"group": line.label or "everybody", "within_days": row.days}
            yield found | _step(step), replace(of_curve(line), window=row.days)


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


def _funnel(board: Board) -> Iterable[Told]:
    few = board.funnel.withheld
    rest = Rest(None if few else board.funnel.mature, board.funnel.immature, window=board.funnel.window_days)
    for step in board.funnel.steps:
        row: Row = {
            "step": step.name,
            "key": step.key or None,
            **_share(step.within.told),
            "of_step_before": None if few or isinstance(step.of_previous, NotComputable) else step.of_previous.value,
            "stopped": None if few or not step.key else step.lost,
        }
        yield row, rest


def _rungs(board: Board) -> Iterable[Told]:
    for line in board.rungs:
        row: Row = {"rung": line.name, "key": line.key, "first_value": "yes" if line.first_value else "no"}
        yield row | _pace(line.pace), _rest(line.pace)


def _cohorts(board: Board) -> Iterable[Told]:
    for cohort in board.cohorts:
        for cell in cohort.cells:
            row: Row = {"cohort_from": cohort.days.first, "cohort_to": cohort.days.last, "age_days": cell.days}
            rest = Rest(None, days=cohort.days, window=cell.days)
            if not cell.withheld:
                new = isinstance(cell.share, NotComputable)
                rest = replace(rest, n=0 if new else cohort.people, immature=cohort.people if new else 0)
            yield row | _share(cell.told), rest


def _segments(board: Board) -> Iterable[Told]:
    if not isinstance(board.segments, NotComputable):
        for segment in board.segments.segments:
            row: Row = {"trait": board.segments.trait, "value": segment.label}
            yield row | _pace(segment.pace), _rest(segment.pace)


def _versions(board: Board) -> Iterable[Told]:
    if board.versions is not None:
        for pace in board.versions.comparison.groups:
            row: Row = {"version": pace.label}
            yield row | _pace(pace), _rest(pace)


def _rest(pace: Pace) -> Rest:
    """What the share within the window rests on; nothing of a group that is too small to be told."""
    return Rest(None, window=pace.within.days) if caution(pace.people) is Caution.WITHHELD else of_share(pace)


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
    """`split`: what the people of the table are split by, as an address has it."""

    figure: str
    rows: Callable[[Board], Iterable[Told]]
    title: Title = Title()
    split: Callable[[Board], str] = lambda board: SPLIT_NOTHING


def _trait(board: Board) -> str:
    return SPLIT_NOTHING if isinstance(board.segments, NotComputable) else SPLIT_TRAIT + board.segments.trait


TABLES: Mapping[str, Kind] = {
    "curve": Kind("curve", _curve, _("Curve to first value"), lambda board: board.split),
    "funnel": Kind("funnel", _funnel, _("Funnel")),
    "rungs": Kind("rungs", _rungs, _("Every rung")),
    "cohorts": Kind("cohorts", _cohorts, _("Activation by cohort")),
    "segments": Kind("segments", _segments, _("Segments"), _trait),
    "versions": Kind("versions", _versions, _("Before and after the newest version"), lambda board: SPLIT_VERSION),
}
PEOPLE = "people"


def names_of(board: Board) -> Sequence[str]:
    """The tables that the page has now."""
    if board.caution is Caution.WITHHELD:
        return ()
    return [name for name, kind in TABLES.items() if next(iter(kind.rows(board)), None) is not None]
