"""An answer as text for a terminal."""

from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from analytics.metrics.answer import Answer
from analytics.metrics.days import Days
from analytics.metrics.funnel import DropOff, Funnel
from analytics.metrics.pace import Pace
from analytics.metrics.question import FIRST_DAY
from analytics.metrics.sizes import Caution, caution
from analytics.metrics.tally import Within
from analytics.stats import NotComputable, NotReached, Quantile, Share

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def show(answer: Answer, console: Console) -> None:
    """Print the answer: funnel, rungs, first value, completion, drop-off, and segments when asked for."""
    question = answer.question
    console.print(
        f"[b]{question.subject.name}[/b] · as of the end of {question.as_of.day} ({question.as_of.zone.key}) · "
        f"within {question.window_days} days · {answer.began:,} began{_since(question.begun)}"
    )
    if caution(answer.began) is not Caution.NONE:
        console.print(f"Only {answer.began} people: single persons move these numbers.")
    console.print(_funnel(answer.funnel))
    console.print(f"{answer.funnel.immature:,} of them have not been watched for {question.window_days} days yet.")
    if answer.funnel.elsewhere:
        console.print(f"{answer.funnel.elsewhere:,} more climb versions with another funnel and are left out here.")
    console.print(_drop_off(answer.drop_off))
    rungs = [(f"{line.name}{' (first value)' if line.first_value else ''}", line.pace) for line in answer.rungs]
    completion = f"{answer.completion.label}, {answer.completion.within.days} days"
    console.print(_paces("Rungs, in any order", [*rungs, (completion, answer.completion)]))
    if answer.segments:
        rows = [(segment.label, segment.pace) for segment in answer.segments.segments]
        console.print(_paces(f"First value by {answer.segments.trait}", rows))
        told = answer.segments.comparison
        if told.p is not None:
            verdict = "differ clearly" if told.clear else "do not differ clearly"
            console.print(f"The segments {verdict} in pace (log-rank, p = {told.p:.2g}).")


def _since(begun: Days) -> str:
    return "" if begun.first == FIRST_DAY else f" from {begun.first} to {begun.last}"


def duration(seconds: float) -> str:
    """Seconds in the unit that people would use, with three digits at most."""
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.3g} s"


def table(title: str, columns: Iterable[str]) -> Table:
    table = Table(title=title, box=SIMPLE_HEAD, title_justify="left")
    for index, column in enumerate(columns):
        table.add_column(column, justify="left" if index == 0 else "right")
    return table


def _funnel(funnel: Funnel) -> Table:
    found = table(f"Funnel, {funnel.mode.value}", ["Step", "People", "Of the mature", "Of the step before", "Lost"])
    for step in funnel.steps:
        found.add_row(
            step.name,
            "–" if funnel.withheld and step.key else f"{step.people:,}",
            share_text(step.within.told),
            "–" if funnel.withheld else share_text(step.of_previous),
            "–" if funnel.withheld else f"{step.lost:,}",
        )
    return found


def _paces(title: str, rows: list[tuple[str, Pace]]) -> Table:
    columns = ["", "Began", "Reached", "In the window", "Median of those", "Median of all", "95% interval"]
    found = table(title, columns)
    for name, pace in rows:
        reached = pace.median_of_reached
        found.add_row(
            name,
            f"{pace.people:,}",
            "–" if caution(pace.people) is Caution.WITHHELD else f"{pace.reached:,}",
            _within(pace.within),
            "–" if isinstance(reached, NotComputable) else duration(reached),
            *_median(pace.median),
        )
    return found


def _median(median: Quantile | NotComputable) -> tuple[str, str]:
    if isinstance(median, NotComputable):
        return "–", median.reason
    low, high = (
        "…" if isinstance(end, NotReached) else duration(end) for end in (median.interval.low, median.interval.high)
    )
    time = median.time
    return ("not yet reached" if isinstance(time, NotReached) else duration(time)), f"{low} – {high}"


def _within(within: Within) -> str:
    return share_text(within.told)


def share_text(share: Share | NotComputable) -> str:
    return "–" if isinstance(share, NotComputable) else f"{share.value:.1%}"


def _drop_off(found: DropOff | NotComputable) -> str:
    if isinstance(found, NotComputable):
        return f"Drop-off: {found.reason}."
    where = f"Most people stop between “{found.before}” and “{found.step.name}”: {found.step.lost:,}"
    return f"{where}." if found.clear else f"{where}, though not clearly more than elsewhere."
