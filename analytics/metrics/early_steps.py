"""The people of a landmark analysis, from their journeys: the latest to begin who have been watched long enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from analytics.metrics.landmark import Early, Watched, early, landmark_days
from analytics.metrics.question import Asks
from workspaces.scope import current_workspace_id

MOST_PEOPLE = 5_000

PEOPLE = """
WITH latest AS MATERIALIZED (
    SELECT id, started_at, CASE WHEN first_value_at < %(until)s THEN first_value_at END AS first_value_at
    FROM progress_journey
    WHERE workspace_id = %(workspace)s AND began_version_id = ANY(%(versions)s)
      AND cohort_on BETWEEN %(first)s AND %(last)s AND started_at <= %(watched_from)s
    ORDER BY cohort_on DESC, started_at DESC LIMIT %(most)s
)
SELECT extract(epoch FROM j.first_value_at - j.started_at)::float, extract(epoch FROM %(until)s - j.started_at)::float,
    done.keys, done.after, (SELECT count(*) FROM latest)
FROM latest j
LEFT JOIN LATERAL (
    SELECT array_agg(c.rung_key) AS keys, array_agg(extract(epoch FROM c.completed_at - j.started_at)::float) AS after
    FROM progress_completion c
    WHERE c.workspace_id = %(workspace)s AND c.journey_id = j.id AND c.completed_at <= j.started_at + %(landmark)s
) done ON true
WHERE j.first_value_at IS NULL OR j.first_value_at > j.started_at + %(landmark)s
"""

# Whoever began later than can have been watched until the landmark.
TOO_NEW = """
SELECT count(*) FROM progress_journey
WHERE workspace_id = %(workspace)s AND began_version_id = ANY(%(versions)s)
  AND cohort_on BETWEEN %(first)s AND %(last)s AND started_at > %(watched_from)s AND started_at < %(until)s
"""


@dataclass(frozen=True)
class EarlySteps:
    """`steps` of the latest version but first value's, by what was done by day `landmark`; `people` are compared.

    `immature` are too new to be; `is_cut`: only the latest MOST_PEOPLE were looked at.
    """

    landmark: int
    steps: tuple[tuple[str, Early], ...]  # with the rung's name
    people: int
    is_cut: bool
    immature: int

    @property
    def clear(self) -> list[tuple[str, Early]]:
        """The clearest first."""
        return sorted((one for one in self.steps if one[1].clear), key=lambda one: one[1].p or 0)


def early_steps(asked: Asks) -> EarlySteps:
    """Of those who began in the asked days. Inside a scope."""
    landmark = landmark_days(asked.window_days)
    rungs = [rung for rung in asked.subject.latest.rungs if not rung.first_value]
    people, is_cut, immature = _people(asked, landmark)
    found = early(people, [rung.key for rung in rungs], landmark=landmark, window=asked.window_days)
    names = {rung.key: rung.name for rung in rungs}
    steps = tuple((names[one.key], one) for one in found)
    return EarlySteps(landmark, steps, len(people), is_cut, immature)


def _people(asked: Asks, landmark: int) -> tuple[Sequence[Watched], bool, int]:
    """Whoever is compared, whether only the latest were looked at, and how many are too new to be."""
    values: dict[str, Any] = {
        "workspace": current_workspace_id(),
        # Steps of another order would compare people who were asked for different things.
        "versions": [version.version_id for version in asked.subject.same_funnel],
        "first": asked.begun.first,
        "last": asked.begun.last,
        "until": asked.as_of.until,
        "watched_from": asked.as_of.until - timedelta(days=landmark),
        "landmark": timedelta(days=landmark),
        "most": MOST_PEOPLE,
    }
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, values)
        rows = cursor.fetchall()
        cursor.execute(TOO_NEW, values)
        ((immature,),) = cursor
    people = [
        Watched(value_s, followed_s, dict(zip(keys or (), after or (), strict=True)))
        for value_s, followed_s, keys, after, _ in rows
    ]
    return people, bool(rows) and rows[0][-1] >= MOST_PEOPLE, immature
