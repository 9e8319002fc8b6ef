"""How long people take from each step of the funnel to the next, as bars of time."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from analytics.dashboards.asked import Asked
from analytics.dashboards.sections.section import Height, Section
from analytics.metrics.conversion import MOST_PEOPLE, Conversion, conversions
from analytics.stats import Bin, NotComputable
from workspaces.tenants.models import Workspace

BAR_HEIGHT = 44
# A list that is asked for by it is of people's journeys, as the times are: nobody of it is gone.
ANY_TIME = "0-999999999"


@dataclass(frozen=True)
class Bar:
    """A bin as a bar; `x` and `width` are percent of the axis, `y` and `height` pixels. Its area stands for people."""

    bin: Bin
    x: str
    width: str
    y: str
    height: str
    is_last: bool

    @property
    def took(self) -> str:
        """Which people took so long, as a parameter of their list; the last bin has its end in it."""
        return f"{self.bin.start}-{self.bin.end + self.is_last}"


@dataclass(frozen=True)
class Line:
    """A step, what comes before it, and its bars."""

    name: str
    before: str
    told: Conversion
    bars: tuple[Bar, ...]

    @property
    def took(self) -> str:
        """Everybody in the bars."""
        return f"{self.bars[0].bin.start}-{self.bars[-1].bin.end + 1}"


def figures(asked: Asked, workspace: Workspace) -> dict[str, Any] | None:
    found = conversions(asked)
    if not found.people:
        return None
    names = {rung.key: rung.name for rung in asked.subject.rungs} | {"": asked.subject.start_name}
    lines = [Line(names[one.key], names[one.before], one, _bars(one)) for one in found.steps]
    return {
        "lines": lines,
        "any": any(not isinstance(one.told.median_s, NotComputable) for one in lines),
        "any_time": ANY_TIME,
        "withholds": any(line.told.withheld for line in lines),
        "looked_at": found.people,
        "is_cut": found.is_cut,
        "most_people": MOST_PEOPLE,
        "n": found.people,
        "immature": found.immature,
    }


def _bars(one: Conversion) -> tuple[Bar, ...]:
    if isinstance(one.bins, NotComputable):
        return ()
    first, last = one.bins[0].start, one.bins[-1].end
    found = []
    for place, each in enumerate(one.bins):
        height = BAR_HEIGHT * each.count / (each.end - each.start) / one.most if one.most else 0.0
        found.append(
            Bar(
                each,
                f"{100 * (each.start - first) / (last - first):.2f}%",
                f"{100 * (each.end - each.start) / (last - first):.2f}%",
                f"{BAR_HEIGHT - height:.1f}",
                f"{height:.1f}",
                place == len(one.bins) - 1,
            )
        )
    return tuple(found)


SECTION = Section(
    key="time-to-convert",
    title=gettext_noop("Time from step to step"),
    template="dashboards/sections/conversion.html",
    figures=figures,
    metrics=("time_to_convert",),
    height=Height.MEDIUM,
)
