"""The people behind a number of use: the very ones that it counts, told from what was counted of each."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.dashboards.asked import Asked
from analytics.dashboards.people import Having, narrowed
from analytics.dashboards.then import as_known
from analytics.metrics.days import Days
from analytics.metrics.question import Unanswerable
from analytics.metrics.use.adoption import told_days
from analytics.metrics.use.frequency import Numbers
from analytics.metrics.use.whole_days import last_whole_day
from onboarding.progress.models import Journey
from onboarding.usage.cells import WINDOWS
from onboarding.usage.models import FeatureUse, KeyEvent
from onboarding.usage.periods import LAST, WEEK_DAYS, Grain
from onboarding.usage.standing import ANY
from workspaces.scope import current_workspace_id


class Did(StrEnum):
    """- `active` or `away` in a week, or `watched` for it;
    - a feature `unlocked`, and of those for whom it was: `unlock-watched` for the window or `unlock-too-new`, `adopted`
      in the window or `not-adopted`;
    - a key workflow done, `used`; of those who did, `used-too-new`, or `again` on another day in the window from the
      first time or only `once`; `used-early` in the window from the beginning;
    - active on so many days of the window, `days`, or with so many different key workflows, `workflows`; or
      `depth-watched` for all of it.

    All but `unlocked`, `used` and the too new are of those watched for so long.
    """

    ACTIVE = "active"
    AWAY = "away"
    WATCHED = "watched"
    UNLOCKED = "unlocked"
    UNLOCK_WATCHED = "unlock-watched"
    UNLOCK_TOO_NEW = "unlock-too-new"
    ADOPTED = "adopted"
    NOT_ADOPTED = "not-adopted"
    USED = "used"
    USED_WATCHED = "used-watched"
    USED_TOO_NEW = "used-too-new"
    AGAIN = "again"
    ONCE = "once"
    USED_EARLY = "used-early"
    DAYS = "days"
    WORKFLOWS = "workflows"
    DEPTH_WATCHED = "depth-watched"
    DEPTH_TOO_NEW = "depth-too-new"


OF_WEEKS = (Did.ACTIVE, Did.AWAY, Did.WATCHED)
OF_FEATURES = (Did.UNLOCKED, Did.UNLOCK_WATCHED, Did.UNLOCK_TOO_NEW, Did.ADOPTED, Did.NOT_ADOPTED)
OF_WORKFLOWS = (Did.USED, Did.USED_WATCHED, Did.USED_TOO_NEW, Did.AGAIN, Did.ONCE, Did.USED_EARLY)
OF_FIRST_USE = (Did.USED, Did.USED_WATCHED, Did.USED_TOO_NEW, Did.AGAIN, Did.ONCE)  # by the day of the first use
OF_DEPTH = (Did.DAYS, Did.WORKFLOWS, Did.DEPTH_WATCHED, Did.DEPTH_TOO_NEW)
EVERYBODY = (Did.UNLOCKED, Did.USED)  # watched or not
TOO_NEW = (Did.UNLOCK_TOO_NEW, Did.USED_TOO_NEW, Did.DEPTH_TOO_NEW)

_COUNTED = """(progress_journey.person_id, progress_journey.ladder_id) IN (
    SELECT person_id, ladder_id FROM usage_counted
    WHERE workspace_id = %s AND version_id = ANY(%s) AND {condition})"""
_BEGAN = "cohort_on BETWEEN %s AND %s"
_IN_WEEK = f"{_BEGAN} AND jsonb_path_exists(days, %s::jsonpath) = %s"
_UNLOCKED = "(adopted -> %s ->> 0)::date BETWEEN %s AND %s"
_ADOPTED = f"{_UNLOCKED} AND coalesce((adopted -> %s ->> 1)::int <= %s, false) = %s"
_USED = "cohort_on + (days -> %s ->> 0)::int BETWEEN %s AND %s"
_AGAIN = f"{_USED} AND coalesce((days -> %s ->> 1)::int < (days -> %s ->> 0)::int + %s, false) = %s"
_USED_EARLY = f"{_BEGAN} AND (days -> %s ->> 0)::int < %s"
_DAYS = f"{_BEGAN} AND jsonb_array_length(jsonb_path_query_array(days, %s::jsonpath)) BETWEEN %s AND %s"
_WORKFLOWS = f"""{_BEGAN} AND (
    SELECT count(*) FROM jsonb_each(days) e WHERE e.key <> %s AND (e.value ->> 0)::int < %s) BETWEEN %s AND %s"""
# More than any window has days, or a workspace workflows.
_ANY_NUMBER = 9_999


NONE = Numbers(0, 0)


@dataclass(frozen=True)
class Selection:
    """`about` the feature's key or the key workflow; `begun` days of the start, of the unlock or
    of the first use; `numbers` of days or workflows; `traits` and `version` narrow to some of the people.
    """

    asked: Asked
    did: Did
    begun: Days
    week: int = 0
    about: str = ""
    signal: str = ""
    name: str = ""
    window: int = 0
    numbers: Numbers = NONE
    traits: tuple[Having, ...] = ()
    version: int | None = None

    @property
    def version_ids(self) -> list[int]:
        """On which of the ladder's versions they began."""
        return [v.version_id for v in self.asked.subject.versions if self.version in (None, v.number)]

    @property
    def days(self) -> Days:
        """On which days they began, it was unlocked or they first did it: as far as they are watched for so long."""
        if self.did in OF_WEEKS:
            return self._days((self.week + 1) * WEEK_DAYS - 1)
        return self._days(told_days(self.asked.window_days) if self.did in OF_FEATURES else self.window - 1)

    @property
    def most(self) -> int:
        return _ANY_NUMBER if self.numbers.high is None else self.numbers.high

    def people(self) -> QuerySet[Journey]:
        """Their journeys as they were known, the latest to begin first. Inside a scope."""
        condition, values = self._condition()
        found = Journey.objects.extra(  # noqa: S610 - the condition is one of the constants above
            where=[_COUNTED.format(condition=condition)], params=[current_workspace_id(), self.version_ids, *values]
        )
        found = as_known(narrowed(found, self.traits), self.asked.as_of)
        return found.select_related("person").order_by("-started_at", "-id")

    def _condition(self) -> tuple[str, list[Any]]:
        days = self.days
        if self.did in OF_WEEKS:
            first = self.week * WEEK_DAYS
            path = f"$.{json.dumps(ANY)}[*] ? (@ >= {first} && @ < {first + WEEK_DAYS})"
            if self.did is Did.WATCHED:
                return _BEGAN, [*days]
            return _IN_WEEK, [*days, path, self.did is Did.ACTIVE]
        if self.did in OF_FEATURES:
            return self._of_a_feature(days, told_days(self.asked.window_days))
        if self.did is Did.DAYS:
            return _DAYS, [*days, f"$.{json.dumps(ANY)}[*] ? (@ < {self.window})", self.numbers.low, self.most]
        if self.did is Did.WORKFLOWS:
            return _WORKFLOWS, [*days, ANY, self.window, self.numbers.low, self.most]
        if self.did in OF_DEPTH:
            return _BEGAN, [*days]
        if self.did is Did.USED_EARLY:
            return _USED_EARLY, [*days, self.signal, self.window]
        if self.did in (Did.AGAIN, Did.ONCE):
            yes = self.did is Did.AGAIN
            return _AGAIN, [self.signal, *days, self.signal, self.signal, self.window, yes]
        return _USED, [self.signal, *days]

    def _of_a_feature(self, days: Days, within: int) -> tuple[str, list[Any]]:
        if self.did in (Did.ADOPTED, Did.NOT_ADOPTED):
            return _ADOPTED, [self.about, *days, self.about, within, self.did is Did.ADOPTED]
        return _UNLOCKED, [self.about, *days]

    def _days(self, after: int) -> Days:
        """Those of `begun` from which so many more days are over by now, or for the too new those that are not."""
        first, last = self.begun
        if self.did in EVERYBODY:
            return Days(first, min(last, self.asked.as_of.day))
        over = last_whole_day(self.asked.as_of) - timedelta(days=after)
        if self.did in TOO_NEW:
            return Days(max(first, over + timedelta(days=1)), min(last, self.asked.as_of.day))
        return Days(first, min(last, over))


def read(asked: Asked, query: QueryDict, *, traits: tuple[Having, ...] = (), version: int | None = None) -> Selection:
    """What an address asks for. Inside a scope. Raises Unanswerable."""
    return replace(_read(asked, query, asked.begun), traits=traits, version=version)


def _read(asked: Asked, query: QueryDict, begun: Days) -> Selection:
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
    if did in OF_DEPTH:
        return Selection(asked, did, begun, window=_window(query), numbers=_numbers(query.get("number", "0")))
    event = KeyEvent.objects.filter(key=about, archived_at=None).first()
    if event is None:
        raise Unanswerable(_("There is no key workflow “%(about)s”.") % {"about": about})
    return Selection(asked, did, begun, about=about, signal=event.signal, name=event.name, window=_window(query))


def _window(query: QueryDict) -> int:
    window = query.get("window", "") or str(WINDOWS[1])
    if window not in map(str, WINDOWS):
        raise Unanswerable(
            _("The window of a key workflow is one of %(days)s days.") % {"days": ", ".join(map(str, WINDOWS))}
        )
    return int(window)


def _numbers(text: str) -> Numbers:
    """As "3", "2-4" or "12-", which is twelve or more."""
    low, dash, high = text.partition("-")
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in (low, high or "0")):
        raise Unanswerable(
            _("So many days or key workflows are a whole number, or two, such as 2-4; “%(text)s” is not.")
            % {"text": text[:40]}
        )
    return Numbers(int(low), (int(high) if high else None) if dash else int(low))


def _week(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= LAST[Grain.WEEK]:
        raise Unanswerable(
            _("A week is a number from 1 to %(last)s; “%(text)s” is none.") % {"last": LAST[Grain.WEEK], "text": text}
        )
    return int(text)
