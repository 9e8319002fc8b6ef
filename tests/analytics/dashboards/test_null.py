"""Where nothing is planted, the cards' headlines claim something about as often as chance allows, not more."""

import random
from datetime import timedelta

import pytest

from analytics.dashboards.sections import features, retention, still_active
from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.metrics.expansion import Account, expansion
from analytics.metrics.pace import is_clear
from analytics.metrics.use.adoption import FeatureAdoption
from analytics.metrics.use.counts import UseCount
from analytics.metrics.use.retention import retention_of
from analytics.stats import NotComputable, share
from onboarding.usage.periods import Grain
from tests.analytics.climbs import NOW, UTC_ZONE

pytestmark = pytest.mark.pure

AS_OF = AsOf.now(NOW, zone=UTC_ZONE)
WORLDS = 120
# A claim is made at 99%: about one in these, and more than six in hardly one of a thousand such tests.
MOST_CLAIMS = 6
DAY = timedelta(days=1)


def worlds():
    return (random.Random(seed) for seed in range(WORLDS))


def test_accounts_of_which_as_many_grow_as_shrink():
    def claims(rng):
        moved = [rng.choice((4, 5, 5, 5, 6)) for _ in range(150)]
        told = [Account(n, "", AS_OF.until - 40 * DAY, 5, later) for n, later in enumerate(moved)]
        return expansion("seats", told, AS_OF).clearly is not None

    assert sum(map(claims, worlds())) <= MOST_CLAIMS


def test_features_that_are_taken_up_alike():
    def claims(rng):
        used = [sum(rng.random() < 0.4 for _ in range(120)) for _ in range(4)]
        found = [FeatureAdoption(str(n), 14, 120, share(n, 120), 0, NotComputable("")) for n in used]
        return features._gap(sorted(found, key=lambda one: -one.share.value))

    assert sum(map(claims, worlds())) <= MOST_CLAIMS


def test_cohorts_that_come_back_alike():
    """Both claims of retention: the newer half against the earlier, and the period against the one before."""
    halves, periods = 0, 0
    for rng in worlds():
        rows, cells = [], []
        for ago in range(0, 180, 4):
            day = AS_OF.day - timedelta(days=ago)
            rows.append(UseCount(day, 0, 0, 12))
            if back := sum(rng.random() < 0.5 for _ in range(12)):
                cells.append(UseCount(day, 4, -1, back))
        now, before = (
            retention_of(
                [row for row in rows if row.cohort_on in days],
                [cell for cell in cells if cell.cohort_on in days],
                AS_OF,
                grain=Grain.WEEK,
            )
            for days in (
                Days(AS_OF.day - timedelta(days=89), AS_OF.day),
                Days(AS_OF.day - timedelta(days=179), AS_OF.day - timedelta(days=90)),
            )
        )
        change = retention._change(now.rows, 4)
        halves += is_clear(change)
        periods += is_clear(still_active._change(now.at(4), before.at(4)))
    assert halves <= MOST_CLAIMS
    assert periods <= MOST_CLAIMS
