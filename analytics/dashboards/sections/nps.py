"""The net promoter score of the period, beside the one before it, and by the trait that the page is split by."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analytics.dashboards.asked import Asked
from analytics.dashboards.intervals import Axis, axis
from analytics.dashboards.sections.section import Height, Section
from analytics.metrics.advocacy import Advocacy, Group, advocacy, counted
from analytics.metrics.sizes import WITHHELD_BELOW, caution
from analytics.stats import NotComputable, NotReached, PromoterScore
from onboarding.feedback.models import Answer
from workspaces.tenants.models import Workspace


def figures(asked: Asked, workspace: Workspace) -> dict[str, Any]:
    """Nothing is told of fewer than five people, how many they are neither."""
    now = advocacy(counted(asked.subject, asked.begun, asked.as_of, trait=asked.trait), by_trait=bool(asked.trait))
    before = advocacy(counted(asked.subject, asked.before, asked.as_of), by_trait=False)
    lines = [_line(_("This period"), now), _line(_("The one before"), before), *now.groups]
    periods = [asked.begun, asked.before, *[asked.begun] * len(now.groups)]
    ends = [
        end
        for line in lines
        if not line.withheld and isinstance(line.score, PromoterScore)
        for end in (line.score.interval.low, line.score.interval.high)
        if not isinstance(end, NotReached)
    ]
    scale = axis([*ends, 0.0], most=1.0, least=-1.0) if ends else None
    few = [_has_few(line) for line in lines]
    # The parts of all and of the other groups would leave those of a group with few of a kind.
    few[2:] = [any(few[2:])] * len(now.groups)
    rows = [
        _row(line, scale) | {"days": days, "segment": asked.trait if line in now.groups else None}
        for line, days in zip(lines, periods, strict=True)
    ]
    return {
        "now": now,
        "score": None if isinstance(now.score, NotComputable) else now.score,
        "rows": [row | {"few": withheld} for row, withheld in zip(rows, few, strict=True)],
        "periods": lines[:2],
        "groups": now.groups,
        "trait": asked.trait,
        "ticks": [(f"{scale.place(tick):.2f}%", tick) for tick in scale.ticks] if scale else [],
        "few": bool(caution(now.people)),
        "withholds": any(line.withheld for line in lines),
        "any_answers": now.people > 0 or now.elsewhere > 0 or Answer.objects.exists(),
        "n": now.people if now.people >= WITHHELD_BELOW else None,
        "segment": asked.trait,
        "window": None,
        "happened": "answered",
    }


def _line(label: str, told: Advocacy) -> Group:
    return Group(label, "", told.people, told.score, 0 < told.people < WITHHELD_BELOW)


def _has_few(line: Group) -> bool:
    """Whether one to four people are promoters, passives or detractors: any of these is all less the others."""
    if isinstance(line.score, NotComputable):
        return False
    kinds = (line.score.promoters, line.score.passives, line.score.detractors)
    return any(0 < people < WITHHELD_BELOW for people in kinds)


def _row(line: Group, scale: Axis | None) -> dict[str, Any]:
    """The places of the interval are percent of the axis' width; none when it is not shown."""
    row: dict[str, Any] = {"line": line}
    if scale is None or line.withheld or isinstance(line.score, NotComputable):
        return row
    low, high = scale.place(line.score.interval.low), scale.place(line.score.interval.high)
    return row | {"low": f"{low:.2f}%", "at": f"{scale.place(line.score.value):.2f}%", "width": f"{high - low:.2f}%"}


SECTION = Section(
    key="nps",
    title=gettext_noop("Net promoter score"),
    template="dashboards/sections/nps.html",
    figures=figures,
    metrics=("nps",),
    height=Height.MEDIUM,
)
