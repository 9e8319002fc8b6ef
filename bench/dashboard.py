"""What the adoption page's numbers cost, and that they cost the size of the answer, not of the history.

    bin/bench dashboard

Two workspaces get the same people in the last 180 days; one of them ten times as long a history before. For both,
the page's query and arithmetic are timed; their ratio should stay near 1. As a plain measure, one SELECT that only
counts the same cells runs in turn. Figures are medians and 95th percentiles of the rounds.
"""

import os
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.http import QueryDict  # noqa: E402

from analytics.dashboards import asked as asking  # noqa: E402
from analytics.dashboards.board import board  # noqa: E402
from analytics.metrics import fetch  # noqa: E402
from milestones.ladders.exchange import import_ladder  # noqa: E402
from milestones.ladders.yaml_text import load  # noqa: E402
from workspaces.scope import scope  # noqa: E402
from workspaces.tenants.models import Workspace  # noqa: E402

PEOPLE_A_DAY = 30
RECENT_DAYS = 180
ROUNDS = 40
LADDER = (ROOT / "tests" / "analytics" / "ladder.yaml").read_text()

# Of each day's people, 70% complete each rung, spread over two weeks; half on one plan.
FILL = """
INSERT INTO cubes_cell (workspace_id, version_id, measure, rung_key, segment, segment_hash, cohort_on, reached_on,
                        elapsed_s, n)
SELECT %(workspace)s, %(version)s, measure, rung, segment, md5(segment::text)::uuid, day,
       day + (elapsed / 86400)::int, elapsed, count(*)
FROM (
    SELECT day::date AS day, reached.measure, reached.rung,
           jsonb_build_object('plan', CASE WHEN person %% 2 = 0 THEN 'pro' ELSE 'free' END) AS segment,
           CASE WHEN reached.measure = 'began' THEN 0
                ELSE (1 + abs(hashint8(person * 977 + extract(epoch FROM day)::bigint + reached.place))
                      %% 1200) * 1008 END AS elapsed
    FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') day,
         generate_series(1, %(people)s) person,
         (VALUES (0, 'began', ''), (1, 'completed', 'connect'), (2, 'completed', 'invite'), (3, 'completed', 'report'),
                 (1, 'in_order', 'connect'), (2, 'in_order', 'invite'), (3, 'in_order', 'report'),
                 (3, 'value', '')
         ) reached(place, measure, rung)
    WHERE reached.measure = 'began'
       OR abs(hashint8(person * 31 + extract(epoch FROM day)::bigint + reached.place)) %% 10 < 7
) people
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""
PLAIN = "SELECT count(*), sum(n) FROM cubes_cell WHERE workspace_id = %s AND cohort_on BETWEEN %s AND %s"


def main() -> None:
    today = datetime.now(UTC).date()
    short, long = filled("short", today, RECENT_DAYS), filled("long", today, RECENT_DAYS * 10)
    times: dict[str, list[float]] = {"short": [], "long": [], "plain": []}
    for number in range(ROUNDS + 3):
        for workspace in (short, long):
            took, plain = page(workspace, today)
            if number >= 3:  # the first rounds warm the caches
                times[workspace.name].append(took)
                times["plain"].append(plain)
    for name, values in times.items():
        ordered = sorted(values)
        print(f"{name}: median {1e3 * statistics.median(ordered):.1f} ms, p95 {1e3 * p95(ordered):.1f} ms")
    print(f"ten times the history: ratio {p95(sorted(times['long'])) / p95(sorted(times['short'])):.2f} of p95")
    print(f"page to one plain SELECT: ratio {statistics.median(times['long']) / statistics.median(times['plain']):.1f}")


def filled(name: str, today: date, days: int) -> Workspace:
    workspace = Workspace.objects.create(name=name, slug=f"bench-{name}-{os.getpid()}", segments=["plan"])
    with scope(workspace), connection.cursor() as cursor:
        version = import_ladder(load(LADDER), by=None).ladder.publish(by=None)
        values = {
            "workspace": workspace.pk,
            "version": version.pk,
            "first": today - timedelta(days=days - 1),
            "last": today,
            "people": PEOPLE_A_DAY,
        }
        cursor.execute(FILL, values)
        print(f"{name}: {days * PEOPLE_A_DAY:,} people in {cursor.rowcount:,} cells")
    return workspace


def page(workspace: Workspace, today: date) -> tuple[float, float]:
    """Seconds for the page's numbers, and for one plain SELECT over the same cells."""
    with scope(workspace):
        begun = time.perf_counter()
        asked = asking.read(workspace, QueryDict("period=90"), now=datetime.now(UTC))
        assert asked is not None
        found = board(asked, fetch.counts(asked.subject, asked.fetched, as_of=asked.as_of), workspace.segments)
        took = time.perf_counter() - begun
        assert found.people == 90 * PEOPLE_A_DAY
        begun = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(PLAIN, [workspace.pk, *asked.fetched])
            cursor.fetchone()
        return took, time.perf_counter() - begun


def p95(ordered: list[float]) -> float:
    return ordered[int(0.95 * (len(ordered) - 1))]


if __name__ == "__main__":
    main()
