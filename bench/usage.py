"""What counting use costs for each event, as a ratio to a plain COPY of the same rows and to the engine, in one run;
and how long the cards' data take for 90 days of many people.

    bin/bench usage
    FIRSTMILE_BENCH_PEOPLE=500000 bin/bench usage     cells as they would be of so many people a year
"""

import os
import random
import statistics
import sys
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from intake import line, seconds, throwaway_log  # noqa: E402
from progress import EVENTS, advance, events, make_workspace, timed  # noqa: E402

from analytics.metrics import fetch  # noqa: E402
from analytics.metrics.as_of import AsOf  # noqa: E402
from analytics.metrics.tally import Days  # noqa: E402
from analytics.metrics.use.counts import UseCounts  # noqa: E402
from analytics.metrics.use.retention import retention_of  # noqa: E402
from onboarding.usage import counting, projection  # noqa: E402
from onboarding.usage.cells import Cell, Measure, cells_of  # noqa: E402
from onboarding.usage.models import KeyEvent  # noqa: E402
from onboarding.usage.periods import Grain  # noqa: E402
from onboarding.usage.standing import ANY, Standing  # noqa: E402
from workspaces.scope import scope  # noqa: E402

PEOPLE = int(os.environ.get("FIRSTMILE_BENCH_PEOPLE", "50000"))
PLANS = ("free", "team", "pro", "scale", "trial")
ROUNDS = 3
LAST = date(2026, 6, 30)


def main() -> None:
    messages, now = events(0), datetime.now(UTC)
    workspace = make_workspace("usage-copy")
    with throwaway_log(workspace.pk, messages) as (copy, empty):
        rows = "".join(map(line(workspace.pk, now), messages))
        copies = [timed(lambda: copy(rows), after=empty) for _ in range(ROUNDS)]
    engine_s, use_s = [], []
    for number in range(ROUNDS):
        workspace = make_workspace(f"usage-{number}")
        with scope(workspace):
            KeyEvent.objects.create(key="share", name="Share", criterion={"event": "Shared"})
        engine_s.append(advance(workspace, messages))
        use_s.append(seconds(lambda: projection.advance(workspace.pk)))  # noqa: B023
    use, engine, copied = map(statistics.median, (use_s, engine_s, copies))
    print(
        f"log to use: ratio to COPY {copied / use:.2f}, to the engine {engine / use:.2f} (more is faster), "
        f"{EVENTS / use:,.0f} events/s, {1e6 * use / EVENTS:.0f} µs an event"
    )
    again = seconds(lambda: projection.advance(workspace.pk))
    print(f"nothing new: {1000 * again:.0f} ms")
    cards(workspace)


def cards(workspace) -> None:
    """Cells of so many people a year, of whom a quarter begins in the 90 days asked about; five plans."""
    rng, began = random.Random(1), PEOPLE * 90 // 365
    with scope(workspace):
        subject = fetch.subjects()[0]
        version = subject.latest.version_id
        cells: Counter[Cell] = Counter()
        for _ in range(began):
            start = LAST - timedelta(days=rng.randrange(90))
            stays = rng.choice([0, 0, 1, 1, 2, 4, 8, 13])
            days = sorted({0, *(rng.randrange(1 + 7 * stays) for _ in range(3 * stays))})
            days = tuple(day for day in days if start + timedelta(days=day) <= LAST)
            segment = f'{{"plan":"{rng.choice(PLANS)}"}}'
            cells.update(cells_of(Standing(version, segment, start, {ANY: days})))
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM usage_usagecell WHERE workspace_id = %s", [workspace.pk])
        counting.add(cells)
    as_of = AsOf.of(LAST, now=datetime(2027, 1, 1, tzinfo=UTC), zone=workspace.zone)
    counts = UseCounts(subject, Days(LAST - timedelta(days=89), LAST))
    for grain in (Grain.WEEK, Grain.DAY):
        times = []
        for _ in range(20):
            started = time.perf_counter()
            with scope(workspace):
                whole = counts.of(Measure.BEGAN), counts.of(grain.value, ANY)
                retention_of(*whole, as_of, grain=grain, periods=12)
            times.append(time.perf_counter() - started)
        kept = sum(1 for cell in cells if cell.measure == grain.value)
        print(
            f"retention by {grain.value}, {began:,} people in 90 days, {kept:,} cells: median "
            f"{1000 * statistics.median(times):.0f} ms, p95 {1000 * sorted(times)[18]:.0f} ms"
        )


if __name__ == "__main__":
    main()
