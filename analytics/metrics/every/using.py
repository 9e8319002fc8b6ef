"""The metrics of what people do after they began, from the cells of use."""

from analytics.metrics.as_data import quantile_data, share_data
from analytics.metrics.every.figure import Figure
from analytics.metrics.every.sources import Sources
from analytics.metrics.use.as_data import spread_data
from analytics.stats import NotComputable

Figures = list[Figure] | NotComputable


def retention(sources: Sources) -> Figures:
    """Of each period by itself, as far as anybody has been watched; both modes, every grain."""
    return [
        Figure(
            share_data(cell.share),
            cell.mature,
            cell.immature,
            f"{grain.value} {cell.period}, {mode.value}",
            value,
            hidden=cell.period in one.withheld,
        )
        for value, found in sources.uses()
        for (grain, mode), one in found.retention.items()
        for cell in one.overall
    ] or NotComputable("no whole day, week or month after the first is over for anybody")


def feature_activation(sources: Sources) -> Figures:
    return [
        Figure(
            share_data(one.share),
            one.people - one.immature,
            one.immature,
            one.feature,
            value,
            one.days,
            beside={"time_to_first_use": quantile_data(one.median)},
        )
        for value, found in sources.uses()
        for one in found.features
    ] or NotComputable("no feature of which a use is declared has been unlocked for anybody")


def repeat_usage(sources: Sources) -> Figures:
    return [
        Figure(
            share_data(one.repeated),
            one.again.mature,
            one.again.immature,
            one.workflow.name,
            value,
            one.again.window_days,
            beside={"reach": share_data(one.reach) | {"immature_people": one.reach_immature}},
        )
        for value, found in sources.uses()
        for one in found.workflows
    ] or NotComputable("no key workflow is declared")


def engagement_depth(sources: Sources) -> Figures:
    return [
        Figure(spread_data(one), one.mature, one.immature, about, value, one.window_days)
        for value, found in sources.uses()
        for about, one in (("active days", found.active_days), ("different key workflows", found.key_events))
    ]
