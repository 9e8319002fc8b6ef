"""Who is still active in the weeks after beginning."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analytics.dashboards.asked import SPLIT_VERSION, Asked
from analytics.dashboards.charts import retention as chart
from analytics.dashboards.charts.draw import picture
from analytics.dashboards.charts.look import SIZES
from analytics.dashboards.sections.section import Height, Section
from analytics.metrics import cohorts
from analytics.metrics.pace import Whose, is_clear
from analytics.metrics.segments import NOT_SET, others_words
from analytics.metrics.sizes import WARNED_BELOW, WITHHELD_BELOW, Caution, caution
from analytics.metrics.use.counts import Cells, UseCounts
from analytics.metrics.use.retention import Retention, Row, parts_withheld, retention_of
from analytics.stats import Difference, NotComputable, Share, difference, share, withhold
from analytics.stats.retention import RetentionCell
from onboarding.usage.cells import Measure
from onboarding.usage.periods import Grain
from onboarding.usage.standing import ANY
from workspaces.tenants.models import Workspace

TOLD_WEEK = 4  # of which the headline speaks, where enough people have been watched so long
MOST_WEEKS, MOST_MONTHS_OF_WEEKS = 12, 120
MOST_SEGMENTS = 8


@dataclass(frozen=True)
class Part:
    """People of one segment or version, and who of them is active in the week that is told of."""

    label: str
    people: int
    cell: RetentionCell | None
    whose: Whose
    withheld: bool = False


def figures(asked: Asked, workspace: Workspace) -> dict[str, Any] | None:
    counts = UseCounts(asked.subject, asked.begun)
    by_trait = {"trait": asked.trait} if asked.trait else {}
    parts = {"by_version": True} if asked.split == SPLIT_VERSION else by_trait
    began = counts.split(Measure.BEGAN, **parts)
    if not began:
        return None
    active = counts.split(Measure.WEEK, ANY, **parts)
    everybody = by_weeks(asked, _all(began), _all(active))
    week = told_week(everybody)
    split = _parts(asked, began, active, week, everybody) if parts else []
    is_withheld = caution(everybody.people) is Caution.WITHHELD
    pictures = [] if is_withheld else [picture(workspace.pk, size.name, spec) for size, spec in _specs(everybody)]
    cell = everybody.at(week) if week else None
    change = _change(everybody.rows, week) if week else None
    return {
        "found": everybody,
        "week": week,
        "cell": cell,
        "rows": everybody.rows,
        "weeks": [one.period for one in everybody.overall],
        "pictures": pictures,
        "withheld": is_withheld,
        "change": change,
        "clear": change is not None and is_clear(change),
        "split_by": _("version") if asked.split == SPLIT_VERSION else asked.trait,
        "parts": split,
        "withholds": any(row.withheld for row in everybody.rows),
        "n": cell.mature if cell and not is_withheld else None,
        "immature": None if is_withheld else cell.immature if cell else everybody.people,
        "window": 7 * (week + 1) if week else 14,
    }


def told_week(found: Retention) -> int | None:
    """The fourth week, or the last before it for which there are enough people; None when there is none."""
    known = [
        cell for cell in found.overall if cell.period <= TOLD_WEEK and caution(cell.mature) is not Caution.WITHHELD
    ]
    enough = [cell for cell in known if cell.mature >= WARNED_BELOW]
    return max((cell.period for cell in enough or known), default=None)


def by_weeks(asked: Asked, began: Cells, active: Cells) -> Retention:
    """The triangle of these people, as the page shows it."""
    by = cohorts.Grain.MONTH if asked.period_days > MOST_MONTHS_OF_WEEKS else cohorts.Grain.WEEK
    return retention_of(began, active, asked.as_of, grain=Grain.WEEK, rows_by=by, periods=MOST_WEEKS)


def _specs(found: Retention) -> list[Any]:
    specs = [(size, chart.spec(found.rows, size)) for size in SIZES]
    return [(size, spec) for size, spec in specs if spec is not None]


def _all(split: dict[str, Cells]) -> Cells:
    return [count for cells in split.values() for count in cells]


def _parts(
    asked: Asked, began: dict[str, Cells], active: dict[str, Cells], week: int | None, everybody: Retention
) -> list[Part]:
    """The largest segments, or every version, each by itself; small ones together, as all of them stand above."""
    numbers = {
        str(version.version_id): _("Version %(number)d") % {"number": version.number}
        for version in asked.subject.versions
    }
    people = {label: sum(count.n for count in cells) for label, cells in began.items()}
    labels = sorted(people, key=lambda label: (-people[label], label))
    hidden = withhold([max(people[label], 0) for label in labels], WITHHELD_BELOW)
    if hidden.total:
        return []
    rest = [label for label, withheld in zip(labels, hidden.groups, strict=True) if withheld]
    groups = [(numbers.get(label, label or _(NOT_SET)), [label]) for label in labels if label not in rest]
    if rest:
        groups.append((others_words(len(rest)), rest))
    owns = [
        by_weeks(
            asked,
            [one for label in some for one in began[label]],
            [one for label in some for one in active.get(label, [])],
        )
        for _name, some in groups
    ]
    found = [
        Part(name, own.people, own.at(week) if week else None, _whose(asked, some), week in withheld)
        for (name, some), own, withheld in zip(groups, owns, parts_withheld(everybody, owns), strict=True)
    ]
    return sorted(found, key=lambda part: (-part.people, part.label))[:MOST_SEGMENTS]


def _whose(asked: Asked, labels: list[str]) -> Whose:
    if asked.trait:
        return Whose(traits=((asked.trait, tuple(label or None for label in labels)),))
    numbers = {str(version.version_id): version.number for version in asked.subject.versions}
    return Whose(version=numbers[labels[0]]) if len(labels) == 1 else Whose()


def _change(rows: tuple[Row, ...], week: int) -> Difference | None:
    """The newer half of the cohorts for which the week is over, less the earlier half."""
    cells = [cell for row in rows for cell in row.cells if cell.period == week and cell.complete]
    if len(cells) < 2:
        return None
    earlier, newer = _together(cells[: len(cells) // 2]), _together(cells[len(cells) // 2 :])
    if isinstance(earlier, NotComputable) or isinstance(newer, NotComputable):
        return None
    if min(earlier.of, newer.of) < WARNED_BELOW:
        return None
    return difference(newer, earlier)


def _together(cells: list[RetentionCell]) -> Share | NotComputable:
    return share(
        sum(cell.share.count for cell in cells if isinstance(cell.share, Share)), sum(cell.mature for cell in cells)
    )


SECTION = Section(
    key="retention",
    title=gettext_noop("Still active after beginning"),
    template="dashboards/sections/retention.html",
    figures=figures,
    metrics=("retention",),
    height=Height.TALL,
)
