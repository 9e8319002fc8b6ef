"""Whether accounts grew in a value, such as seats, in the days after their first person began a ladder.

What was said of accounts is kept by the progress engine (onboarding.progress), since the workspace named the value.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.metrics.pace import CLEAR_P
from analytics.metrics.sizes import WARNED_BELOW, WITHHELD_BELOW
from analytics.metrics.subject import Subject
from analytics.stats import NotComputable, Share, share
from analytics.stats.shares import wilson
from onboarding.leaving.models import LeftAccount
from onboarding.progress.left_growth import AFTER, GRACE
from workspaces.scope import current_workspace_id

AFTER_DAYS = AFTER.days

# What was said of the account's value; what is no number, or a monstrous one, reads as none. Sayings of one moment have
# the engine's order.
_SAYING = """
    SELECT t.said_at, CASE jsonb_typeof(t.value) WHEN 'number' THEN
        CASE WHEN abs(t.value::numeric) < 1e15 THEN t.value::numeric::float END END AS value
    FROM progress_accounttraitvalue t
    WHERE t.workspace_id = %(workspace)s AND t.account_id = b.account_id AND t.name = %(trait)s
      AND t.said_at < %(until)s
"""
MOVES = f"""
SELECT b.account_id, coalesce(nullif(a.name, ''), a.key), b.at,
    CASE WHEN before.said_at IS NULL THEN soon.value ELSE before.value END, later.value
FROM (
    SELECT account_id, min(started_at) AS at
    FROM (
        SELECT m.account_id, j.started_at, j.cohort_on
        FROM progress_journey j
        JOIN people_sender s ON s.workspace_id = %(workspace)s AND s.person_id = j.person_id
        JOIN people_accountmembership m ON m.workspace_id = %(workspace)s AND m.sender_id = s.id
        WHERE j.workspace_id = %(workspace)s AND j.began_version_id = ANY(%(versions)s)
        UNION ALL
        SELECT l.account_id, l.began_at, l.cohort_on
        FROM leaving_leftstart l
        WHERE l.workspace_id = %(workspace)s AND l.version_id = ANY(%(versions)s)
    ) starts
    GROUP BY account_id
    HAVING min(cohort_on) BETWEEN %(first)s AND %(last)s
) b
JOIN people_account a ON a.workspace_id = %(workspace)s AND a.id = b.account_id
LEFT JOIN LATERAL ({_SAYING} AND t.said_at <= b.at
    ORDER BY t.said_at DESC, t.message_id COLLATE "C" DESC LIMIT 1) before ON true
LEFT JOIN LATERAL ({_SAYING} AND t.said_at > b.at AND t.said_at <= b.at + %(grace)s
    ORDER BY t.said_at, t.message_id COLLATE "C" LIMIT 1) soon ON true
LEFT JOIN LATERAL ({_SAYING} AND t.said_at <= b.at + %(after)s
    ORDER BY t.said_at DESC, t.message_id COLLATE "C" DESC LIMIT 1) later ON true
ORDER BY b.at DESC, b.account_id
"""


class Moved(StrEnum):
    HIGHER = "higher"
    SAME = "same"
    LOWER = "lower"
    UNKNOWN = "unknown"
    """No number was known at the start, or it was something else on the day."""


class Account(NamedTuple):
    """An account whose first person began at `began_at`, and its value then and so many days later."""

    account_id: int
    called: str
    began_at: datetime
    at_start: float | None
    later: float | None

    @property
    def moved(self) -> Moved:
        if self.at_start is None or self.later is None:
            return Moved.UNKNOWN
        if self.later == self.at_start:
            return Moved.SAME
        return Moved.HIGHER if self.later > self.at_start else Moved.LOWER


@dataclass(frozen=True)
class Expansion:
    """Of the `known` accounts, which are `mature` and have a number at the start and on the day."""

    trait: str
    mature: int
    immature: int
    unknown: int
    higher: Share | NotComputable
    same: Share | NotComputable
    lower: Share | NotComputable
    net: float | NotComputable

    @property
    def known(self) -> int:
        return self.mature - self.unknown

    @property
    def withheld(self) -> bool:
        return 0 < self.known < WITHHELD_BELOW

    @property
    def clearly(self) -> Moved | None:
        """HIGHER or LOWER where clearly more accounts moved that way than the other (a sign test), else None."""
        if self.known < WARNED_BELOW or not isinstance(self.higher, Share) or not isinstance(self.lower, Share):
            return None
        up, down = self.higher.count, self.lower.count
        if not up + down or wilson(up, up + down, level=1 - CLEAR_P).covers(0.5):
            return None
        return Moved.HIGHER if up > down else Moved.LOWER


def accounts(subject: Subject, days: Days, as_of: AsOf, trait: str) -> list[Account]:
    """The accounts whose first person on the ladder began on these days, the newest first. Inside a scope."""
    values: dict[str, Any] = {
        "workspace": current_workspace_id(),
        "versions": [version.version_id for version in subject.versions],
        "trait": trait,
        "first": days.first,
        "last": days.last,
        "grace": GRACE,
        "after": timedelta(days=AFTER_DAYS),
        "until": as_of.until,
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVES, values)
        return [Account(*row) for row in cursor]


def counted_accounts(subject: Subject, days: Days, as_of: AsOf, trait: str) -> list[Account]:
    """All that count: those that are here, and those that are gone."""
    return [*accounts(subject, days, as_of, trait), *gone(subject, days, as_of, trait)]


def gone(subject: Subject, days: Days, as_of: AsOf, trait: str) -> list[Account]:
    """The accounts that went with the last of their people, which stay counted: nobody can say which they were."""
    began = LeftAccount.objects.filter(
        trait=trait,
        version_id__in=[version.version_id for version in subject.versions],
        cohort_on__range=(days.first, days.last),
        began_at__lt=as_of.until,
    )
    return [Account(0, "", *row) for row in began.values_list("began_at", "at_start", "later")]


def is_mature(account: Account, as_of: AsOf) -> bool:
    """Whether the day on which its value is compared is over."""
    return account.began_at + timedelta(days=AFTER_DAYS) < as_of.until


def expansion(trait: str, found: Iterable[Account], as_of: AsOf) -> Expansion:
    """Shares of those of which both values are known. Pure."""
    found = list(found)
    mature = [account for account in found if is_mature(account, as_of)]
    known = [account for account in mature if account.moved is not Moved.UNKNOWN]

    def moved(way: Moved) -> Share | NotComputable:
        return share(sum(account.moved is way for account in known), len(known))

    return Expansion(
        trait=trait,
        mature=len(mature),
        immature=len(found) - len(mature),
        unknown=len(mature) - len(known),
        higher=moved(Moved.HIGHER),
        same=moved(Moved.SAME),
        lower=moved(Moved.LOWER),
        net=_net(known),
    )


def _net(known: list[Account]) -> float | NotComputable:
    start = sum(account.at_start for account in known if account.at_start is not None)
    later = sum(account.later for account in known if account.later is not None)
    if not known:
        return NotComputable(_("of no account both values are known"))
    return later / start - 1 if start > 0 else NotComputable(_("the values at the start add up to nothing"))
