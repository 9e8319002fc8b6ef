"""The people behind a number of use: the very ones that it counts, told from what was counted of each."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.dashboards.asked import Asked
from analytics.metrics.question import Unanswerable
from analytics.metrics.tally import Days
from analytics.metrics.use.adoption import told_days
from analytics.metrics.use.whole_days import last_whole_day
from onboarding.progress.models import Journey
from onboarding.usage.cells import WINDOWS
from onboarding.usage.models import FeatureUse, KeyEvent
from onboarding.usage.periods import LAST, WEEK_DAYS, Grain
from onboarding.usage.standing import ANY
from workspaces.scope import current_workspace_id


class Did(StrEnum):
    """`active` or `away` in a week; a feature `adopted` in the window after its unlock or not; a key workflow done
    `again` on another day in the window from the first time, or only `once`. All of those watched for so long.
    """

    ACTIVE = "active"
    AWAY = "away"
    ADOPTED = "adopted"
    NOT_ADOPTED = "not-adopted"
    AGAIN = "again"
    ONCE = "once"


OF_WEEKS, OF_FEATURES, OF_WORKFLOWS = (
    (Did.ACTIVE, Did.AWAY),
    (Did.ADOPTED, Did.NOT_ADOPTED),
    (Did.AGAIN, Did.ONCE),
)

_COUNTED = """(progress_journey.person_id, progress_journey.ladder_id) IN (
    SELECT person_id, ladder_id FROM usage_counted
    WHERE workspace_id = %s AND version_id = ANY(%s) AND {condition})"""
_IN_WEEK = "cohort_on BETWEEN %s AND %s AND jsonb_path_exists(days, %s::jsonpath) = %s"
_ADOPTED = "(adopted -> %s ->> 0)::date BETWEEN %s AND %s AND coalesce((adopted -> %s ->> 1)::int <= %s, false) = %s"
_AGAIN = (
    "cohort_on + (days -> %s ->> 0)::int BETWEEN %s AND %s "
    "AND coalesce((days -> %s ->> 1)::int < (days -> %s ->> 0)::int + %s, false) = %s"
)


@dataclass(frozen=True)
class Selection:
    """`about` the feature's key or the key workflow; `begun` days of the start, of the unlock or
    of the first use.
    """

    asked: Asked
    did: Did
    begun: Days
    week: int = 0
    about: str = ""
    signal: str = ""
    name: str = ""
    window: int = 0

    def people(self) -> QuerySet[Journey]:
        """Their journeys, the latest to begin first. Inside a scope."""
        condition, values = self._condition()
        versions = [version.version_id for version in self.asked.subject.versions]
        found = Journey.objects.extra(  # noqa: S610 - the condition is one of the constants above
            where=[_COUNTED.format(condition=condition)], params=[current_workspace_id(), versions, *values]
        )
        return found.select_related("person").order_by("-started_at", "-id")

    def _condition(self) -> tuple[str, list[Any]]:
        if self.did in OF_WEEKS:
            first = self.week * WEEK_DAYS
            path = f"$.{json.dumps(ANY)}[*] ? (@ >= {first} && @ < {first + WEEK_DAYS})"
            last = self._last(first + WEEK_DAYS - 1)
            return _IN_WEEK, [self.begun.first, last, path, self.did is Did.ACTIVE]
        if self.did in OF_FEATURES:
            days = told_days(self.asked.window_days)
            last = self._last(days)
            yes = self.did is Did.ADOPTED
            return _ADOPTED, [self.about, self.begun.first, last, self.about, days, yes]
        last = self._last(self.window - 1)
        yes = self.did is Did.AGAIN
        return _AGAIN, [self.signal, self.begun.first, last, self.signal, self.signal, self.window, yes]

    def _last(self, days: int) -> date:
        """The last day from which so many more are over by now."""
        return min(self.begun.last, last_whole_day(self.asked.as_of) - timedelta(days=days))


def read(asked: Asked, query: QueryDict, begun: Days) -> Selection:
    """What an address asks for. Inside a scope. Raises Unanswerable."""
    try:
        did = Did(query.get("use", ""))
    except ValueError:
        raise Unanswerable(
            _("People can be %(ways)s; “%(text)s” is none of these.")
            % {"ways": ", ".join(Did), "text": query.get("use", "")}
        ) from None
    if did in OF_WEEKS:
        return Selection(asked, did, begun, week=_week(query.get("week", "")))
    about = query.get("about", "").replace("\x00", "")
    if did in OF_FEATURES:
        use = FeatureUse.objects.filter(feature=about).select_related("key_event").first()
        if use is None:
            raise Unanswerable(
                _("Nobody has said what using the feature “%(about)s” is; say so on its page.") % {"about": about}
            )
        return Selection(asked, did, begun, about=about, name=about)
    event = KeyEvent.objects.filter(key=about, archived_at=None).first()
    if event is None:
        raise Unanswerable(_("There is no key workflow “%(about)s”.") % {"about": about})
    window = query.get("window", "") or str(WINDOWS[1])
    if window not in map(str, WINDOWS):
        raise Unanswerable(
            _("The window of a key workflow is one of %(days)s days.") % {"days": ", ".join(map(str, WINDOWS))}
        )
    return Selection(asked, did, begun, about=about, signal=event.signal, name=event.name, window=int(window))


def _week(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= LAST[Grain.WEEK]:
        raise Unanswerable(
            _("A week is a number from 1 to %(last)s; “%(text)s” is none.") % {"last": LAST[Grain.WEEK], "text": text}
        )
    return int(text)
