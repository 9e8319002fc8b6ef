"""How fast the engine turns the log into progress, as a ratio to a plain COPY of the same rows into the log's table in
the same run; whether an event costs more when the history behind it is longer; and how long it is from the 200 to the
visible completion while a web server takes events at half its limit and one worker follows, as a ratio to a second.

    bin/bench progress
"""

import os
import random
import statistics
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from _lag import lags  # noqa: E402
from intake import line, parts, seconds, throwaway_log  # noqa: E402

from milestones.ladders.exchange import import_ladder  # noqa: E402
from milestones.ladders.yaml_text import load  # noqa: E402
from onboarding.intake import log  # noqa: E402
from onboarding.intake.message import Message  # noqa: E402
from onboarding.progress import engine  # noqa: E402
from workspaces.scope import scope  # noqa: E402
from workspaces.tenants.models import Workspace  # noqa: E402

PEOPLE = 5_000
EVENTS = 60_000
ROUNDS = 3
WAVES = 4
LADDER = """
ladder:
  key: bench
  name: Bench
  role: {key: everyone, name: Everyone, rule: {everyone: true}}
  title: Bench
  value_proposition: Bench.
  done_looks_like: Bench.
  start: {event: Signed Up}
  rungs:
    - milestone: {key: connect, name: Connect, purpose: Connect., criterion: {event: Connected}}
      phase: quick wins
    - milestone: {key: share, name: Share, purpose: Share., criterion: {event: Shared, at_least: 3, within: 14 days}}
      phase: core
      first_value: true
    - milestone:
        key: invite
        name: Invite
        purpose: Invite.
        criterion: {event: Invited, where: [{property: kind, equals: team}]}
      phase: core
"""


def main() -> None:
    workspace = make_workspace("ratio")
    messages = events(0)
    now = datetime.now(UTC)
    ratios = []
    with throwaway_log(workspace.pk, messages) as (copy, empty):
        rows = "".join(map(line(workspace.pk, now), messages))
        copies = [timed(lambda: copy(rows), after=empty) for _ in range(ROUNDS)]
    for number in range(ROUNDS):
        elapsed = advance(make_workspace(f"round-{number}"), messages)
        ratios.append(copies[number] / elapsed)
    print(
        f"log to progress: ratio to COPY {statistics.median(ratios):.2f} "
        f"(of {', '.join(f'{ratio:.2f}' for ratio in sorted(ratios))}), {EVENTS / elapsed:,.0f} events/s at last"
    )
    workspace = make_workspace("waves")
    waves = [advance(workspace, events(number)) for number in range(WAVES)]
    print(
        f"the same people's events again, {WAVES} times: ratio of the last wave's time to the second's "
        f"{waves[-1] / waves[1]:.2f} (1.00 is flat; the first, in which everybody is new, took {waves[0]:.1f} s, "
        f"the last {waves[-1]:.1f} s)",
        flush=True,
    )
    for lag in lags(make_workspace("lag")):
        print(lag, flush=True)


def events(wave: int) -> list[Message]:
    """EVENTS messages of PEOPLE, a month a wave."""
    rng = random.Random(wave)
    start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=30 * wave)
    names = ["Connected", "Shared", "Invited", "Looked", "Looked", "Looked"]
    found = []
    for number in range(EVENTS):
        person = number % PEOPLE
        first = wave == 0 and number < PEOPLE
        at = start + timedelta(seconds=person if first else 5_000 + rng.randrange(29 * 86_400), microseconds=number)
        found.append(
            Message(
                type="track",
                message_id=f"wave-{wave}-{number}",
                event="Signed Up" if first else rng.choice(names),
                sender=f"u:{person}",
                client_at=at,
                occurred_at=at,
                properties={"kind": rng.choice(["team", "guest"])},
            )
        )
    return found


def make_workspace(name: str) -> Workspace:
    workspace = Workspace.objects.create(name=name, slug=name)
    with scope(workspace):
        import_ladder(load(LADDER), by=None).ladder.publish(by=None, at=datetime.now(UTC))
    return workspace


def advance(workspace: Workspace, messages: list[Message]) -> float:
    """Put the messages into the log; the seconds that the engine then takes."""
    for part in parts(messages, 5_000):
        log.append(workspace.pk, part)
    return seconds(lambda: engine.settle(workspace.pk))


def timed(work: Callable[[], object], *, after: Callable[[], object]) -> float:
    elapsed = seconds(work)
    after()
    return elapsed


if __name__ == "__main__":
    main()
