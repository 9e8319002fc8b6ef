"""What has become of people: first value reached, left before it, or still on the way."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from analytics.dashboards.asked import Asked
from analytics.dashboards.charts import ends as chart
from analytics.dashboards.charts.curve import told_until_days
from analytics.dashboards.charts.draw import picture
from analytics.dashboards.charts.look import SIZES
from analytics.dashboards.page import TABLE_DAYS
from analytics.dashboards.sections.section import Height, Section
from analytics.metrics import fetch
from analytics.metrics import subject as goals
from analytics.metrics.as_of import DAY_S
from analytics.metrics.ends import LEFT, VALUE, how_it_ends, left_of
from analytics.metrics.pace import pace
from analytics.metrics.sizes import Caution, caution
from analytics.stats import Chance, Incidence, NotComputable
from workspaces.tenants.models import Workspace


@dataclass(frozen=True)
class Age:
    """The chances of each end by an age, and what is left of everybody."""

    days: int
    value: Chance
    left: Chance

    @property
    def nobody(self) -> bool:
        return self.value.value == 0

    @property
    def way(self) -> float:
        return max(0.0, 1 - self.value.value - self.left.value)


def figures(asked: Asked, workspace: Workspace) -> dict[str, Any] | None:
    goal = goals.first_value(asked.subject)
    counts = fetch.counts(asked.subject, asked.begun, as_of=asked.as_of, towards=[goal])
    tally = counts.towards(goal)
    if not tally.people:
        return None
    if caution(tally.people) is Caution.WITHHELD:
        return {"few": True}
    found = how_it_ends(tally, left_of(asked.subject, asked.begun), asked.as_of)
    told = found.incidence
    if isinstance(told, NotComputable):
        return {"why_not": told.reason}
    until = told_until_days([pace("", tally, asked.as_of, window_days=asked.window_days)])
    specs = [(size, chart.spec(told, until, size)) for size in SIZES]
    ages = _ages(told, until)
    return {
        "found": found,
        "ages": ages,
        "last": ages[-1] if ages else None,
        "pictures": [picture(workspace.pk, size.name, spec) for size, spec in specs if spec is not None],
        "n": told.n,
        "immature": tally.people - told.n,
        "window": None,
    }


def _ages(told: Incidence, until: float) -> list[Age]:
    found = []
    for days in [day for day in TABLE_DAYS if day <= until] or [1]:
        value, left = (told.at(end, days * DAY_S) for end in (VALUE, LEFT))
        if isinstance(value, Chance) and isinstance(left, Chance):
            found.append(Age(days, value, left))
    return found


SECTION = Section(
    key="how-it-ends",
    title=gettext_noop("How it ends"),
    template="dashboards/sections/ends.html",
    figures=figures,
    metrics=("how_it_ends",),
    height=Height.TALL,
)
