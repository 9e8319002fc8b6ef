"""The numbers of use as tables of plain text."""

from rich.console import Console

from analytics.metrics.plain import duration, share_text, table
from analytics.metrics.sizes import WITHHELD_BELOW
from analytics.metrics.use.answer import Use
from analytics.metrics.use.frequency import Spread
from analytics.stats import NotComputable, NotReached
from analytics.stats.retention import RetentionMode
from onboarding.usage.periods import Grain

SHOWN = 8  # periods of a triangle on a page of text


def show_use(use: Use, console: Console) -> None:
    """Retention by weeks, then features, key workflows and depth; the rest is in the data."""
    found = use.retention[Grain.WEEK, RetentionMode.ON]
    periods = [cell.period for cell in found.overall][:SHOWN]
    triangle = table("Still active in week N", ["Began", "People", *map(str, periods)])
    for row in found.rows:
        told = [share_text(share) + ("" if cell.complete else "*") for cell, share in list(row.shown)[:SHOWN]]
        triangle.add_row(f"{row.days.first} – {row.days.last}", f"{row.people:,}", *told)
    triangle.add_row("All", f"{found.people:,}", *(share_text(found.told(cell)) for cell in found.overall[:SHOWN]))
    console.print(triangle)
    console.print("* the week is not over for everybody of the row; those for whom it is are counted.")
    if use.features:
        features = table("Features after they were unlocked", ["Feature", "Unlocked", "Used in time", "Median"])
        for one in use.features:
            median = one.median
            if isinstance(median, NotComputable):
                time = "–"
            else:
                time = "not yet reached" if isinstance(median.time, NotReached) else duration(median.time)
            features.add_row(one.feature, _people(one.people), share_text(one.share), time)
        console.print(features)
    if use.workflows:
        window = use.workflows[0].again.window_days
        workflows = table(
            f"Key workflows, {window} days", ["Workflow", "Did it", "Of those who began", "Again on another day"]
        )
        for flow in use.workflows:
            workflows.add_row(
                flow.workflow.name, _people(flow.again.people), share_text(flow.reach), share_text(flow.repeated)
            )
        console.print(workflows)
    console.print(_sentence("Active days", use.active_days))
    console.print(_sentence("Different key workflows", use.key_events))


def _people(number: int) -> str:
    return "–" if 0 < number < WITHHELD_BELOW else f"{number:,}"


def _sentence(what: str, found: Spread) -> str:
    median = found.median
    if isinstance(median, NotComputable):
        return f"{what}: {median.reason}."
    return f"{what} in the first {found.window_days} days: half have {median:g} or fewer ({found.mature:,} people)."
