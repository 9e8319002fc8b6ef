"""People who began before and after the newest version was published. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from analytics.metrics import subject as goals
from analytics.metrics.counts import Counts
from analytics.metrics.days import Days
from analytics.metrics.pace import Change, Comparison, Pace, Whose, changed, compare, pace
from analytics.metrics.question import Asks
from analytics.metrics.sizes import WARNED_BELOW
from milestones.ladders.spec import VersionSpec


@dataclass(frozen=True)
class VersionChange:
    """People who began on the newest version against those who began on the one before, up to a period earlier."""

    version: VersionSpec
    previous: VersionSpec
    published_on: date
    before_days: Days
    comparison: Comparison  # the new version first

    @property
    def now(self) -> Pace:
        return self.comparison.groups[0]

    @property
    def before(self) -> Pace:
        return self.comparison.groups[1]

    @property
    def faster(self) -> bool:
        return self.comparison.clear and self.comparison.by_pace[0] is self.now

    @property
    def activation(self) -> Change:
        return changed(self.now, self.before)


def version_change(asked: Asks, counts: Counts) -> VersionChange | None:
    """Before and after the newest version, when it took effect within the period and both sides have people.

    `counts` hold the period and as many days before it.
    """
    in_effect = [v for v in asked.subject.versions if _effective_on(asked, v) <= asked.as_of.day]
    if len(in_effect) < 2:
        return None
    version, previous = in_effect[-1], in_effect[-2]
    since = _effective_on(asked, version)
    if since not in asked.begun:
        return None
    value = goals.first_value(asked.subject)
    after_days = Days(since, asked.begun.last)
    after = counts.on_version(version.version_id).begun(after_days)
    before_days = Days(since - timedelta(days=asked.begun.length), since)
    before = counts.on_version(previous.version_id).begun(before_days)
    groups = [
        pace(
            _("Version %(number)d") % {"number": one.number},
            some.towards(value),
            asked.as_of,
            window_days=asked.window_days,
            whose=Whose(days, one.number),
        )
        for one, days, some in ((version, after_days, after), (previous, before_days, before))
    ]
    if min(group.people for group in groups) < WARNED_BELOW:
        return None
    return VersionChange(version, previous, since, before_days, compare(groups))


def _effective_on(asked: Asks, version: VersionSpec) -> date:
    return version.effective_from.astimezone(asked.as_of.zone).date() if version.effective_from else date.min
