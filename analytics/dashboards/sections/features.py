"""Which features people take up once they are unlocked."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop

from analytics.dashboards.asked import Asked
from analytics.dashboards.intervals import By, plot
from analytics.dashboards.resting import Rest
from analytics.dashboards.sections.section import Height, Section
from analytics.metrics.pace import CLEAR_P
from analytics.metrics.sizes import WARNED_BELOW, Caution, caution
from analytics.metrics.tally import Within
from analytics.metrics.use.adoption import FeatureAdoption, feature_adoption, told_days
from analytics.metrics.use.counts import UseCounts
from analytics.stats import Curve, NotComputable, Quantile, Share, apart
from onboarding.features.models import Feature
from onboarding.usage.cells import Measure
from onboarding.usage.models import FeatureUse
from workspaces.tenants.models import Workspace


def figures(asked: Asked, workspace: Workspace) -> dict[str, Any] | None:
    """None where no ladder unlocks anything."""
    unlocked = {rung.unlock for version in asked.subject.versions for rung in version.rungs if rung.unlock}
    if not unlocked:
        return None
    names = dict(Feature.objects.filter(key__in=unlocked).values_list("key", "name"))
    declared = set(FeatureUse.objects.filter(feature__in=unlocked).values_list("feature", flat=True))
    counts, days = UseCounts(asked.subject, asked.begun), told_days(asked.window_days)
    found = [
        feature_adoption(
            key,
            counts.of(Measure.UNLOCKED, key),
            counts.of(Measure.ADOPTED, key),
            asked.as_of,
            days=days,
        )
        for key in sorted(declared)
    ]
    found = sorted((one for one in found if one.people), key=lambda one: -_value(one))
    told = [one for one in found if caution(one.people) is not Caution.WITHHELD]
    shown = [(one, _row(one, names.get(one.feature, one.feature))) for one in found]
    first, last = (told[0], told[-1]) if told else (None, None)
    return {
        "features": shown,
        "days": days,
        "window": days,
        "plot": plot([row for _, row in shown], by=By.SHARE) if shown else None,
        "first": first,
        "first_name": names.get(first.feature, first.feature) if first else "",
        "last": last,
        "last_name": names.get(last.feature, last.feature) if last else "",
        "gap": _gap(told),
        "withheld": bool(found) and not told,
        "undeclared": [(key, names.get(key, key)) for key in sorted(unlocked - declared)],
        "rests": [Rest(one.watched, one.immature, names.get(one.feature, one.feature)) for one in told],
        "happened": "unlocked",
    }


def _value(one: FeatureAdoption) -> float:
    return one.share.value if isinstance(one.share, Share) else -1.0


def _gap(found: list[FeatureAdoption]) -> bool:
    """Whether the feature that is taken up most clearly differs from the one that is least, among so many pairs.

    They come to largely the same people, so the shares are not independent.
    """
    known = [one.share for one in found if isinstance(one.share, Share) and one.share.of >= WARNED_BELOW]
    if len(known) < 2:
        return False
    pairs = len(known) * (len(known) - 1) // 2
    return apart(known[0], known[-1], level=1 - CLEAR_P / pairs)


@dataclass(frozen=True)
class Taken:
    """A feature as a row of an interval plot."""

    feature: str
    label: str
    people: int
    within: Within
    curve: Curve | NotComputable
    median: Quantile | NotComputable


def _row(one: FeatureAdoption, name: str) -> Taken:
    return Taken(
        one.feature, name, one.people, Within(one.days, one.used, one.immature, one.used), one.curve, one.median
    )


SECTION = Section(
    key="features",
    title=gettext_noop("Features after they are unlocked"),
    template="dashboards/sections/features.html",
    figures=figures,
    metrics=("feature_activation",),
    height=Height.MEDIUM,
)
