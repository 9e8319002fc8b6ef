"""The metrics of what people do after they began, from the cells of use."""

from collections.abc import Iterator

from analytics.metrics.as_data import quantile_data, share_data
from analytics.metrics.every.figure import Figure
from analytics.metrics.every.sources import Sources
from analytics.metrics.use.as_data import spread_data
from analytics.metrics.use.retention import Retention, parts_withheld
from analytics.stats import NotComputable
from analytics.stats.retention import RetentionMode
from onboarding.usage.periods import Grain

Figures = list[Figure] | NotComputable


def retention(sources: Sources) -> Figures:
    """Of each period by itself, as far as anybody has been watched; both modes, every grain."""
    everybody, *parts = sources.parts
    apart = sources.parts_of_use
    figures: list[Figure] = []
    for key, whole in sources.use_of(everybody).retention.items():
        told = [sources.use_of(part).retention[key] for part in apart]
        hidden = dict(zip(apart, parts_withheld(whole, told), strict=True))
        figures += _of_periods(key, None, whole, frozenset())
        for part in parts:
            one = sources.use_of(part).retention[key]
            few = frozenset(cell.period for cell in one.overall)
            figures += _of_periods(key, part.label, one, hidden.get(part, few))
    return figures or NotComputable("no whole day, week or month after the first is over for anybody")


def _of_periods(
    key: tuple[Grain, RetentionMode], value: str | None, found: Retention, hidden: frozenset[int]
) -> Iterator[Figure]:
    grain, mode = key
    for cell in found.overall:
        about, is_hidden = f"{grain.value} {cell.period}, {mode.value}", cell.period in hidden
        yield Figure(share_data(cell.share), cell.mature, cell.immature, about, value, hidden=is_hidden)


def feature_activation(sources: Sources) -> Figures:
    return [
        Figure(
            share_data(one.share) | {"time_to_first_use": quantile_data(one.median)},
            one.people - one.immature,
            one.immature,
            one.feature,
            value,
            one.days,
        )
        for value, found in sources.uses()
        for one in found.features
    ] or NotComputable("no feature of which a use is declared has been unlocked for anybody")


def repeat_usage(sources: Sources) -> Figures:
    return [
        Figure(
            share_data(one.repeated) | {"reach": share_data(one.reach) | {"immature_people": one.reach_immature}},
            one.again.mature,
            one.again.immature,
            one.workflow.name,
            value,
            one.again.window_days,
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
