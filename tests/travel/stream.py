"""The travel stream (../shared/data/travel.jsonl.gz), slices of it, a small one of our own in its shape, and what is
true of any of them by a plain count that knows nothing of the engine.
"""

import gzip
import json
import os
import random
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

EVENT_OF = {
    "fill-profile": "Profile Completed",
    "take-tour": "Tour Completed",
    "ask-question": "Question Asked",
    "get-answer": "Answer Received",
    "first-vote": "First Upvote Cast",
    "accept-answer": "First Answer Accepted",
    "ten-comments": "Tenth Comment Posted",
}
FUNNEL = ("ask-question", "get-answer", "accept-answer")


def whole_file() -> Path | None:
    """The file, where FIRSTMILE_TRAVEL says, or beside the project; None where it is not there."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data" / "travel.jsonl.gz"
    path = Path(os.environ.get("FIRSTMILE_TRAVEL") or beside)
    return path if path.is_file() else None


def lines_of(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return file.read().splitlines()


def every(lines: Iterable[str], nth: int) -> list[str]:
    """The messages of every nth person."""
    return [line for line in lines if int(json.loads(line)["userId"][1:]) % nth == 0]


def own(people: int = 400, seed: int = 5) -> list[str]:
    """Messages of our own in the stream's shape, with its dirt: events before the sign-up, in one instant, repeated."""
    rng = random.Random(seed)
    lines = []
    for number in range(people):
        start = datetime(2016, 1, 1, tzinfo=UTC) + timedelta(seconds=rng.randrange(500 * 86_400), microseconds=123_456)
        lines.append(_line(f"own-{number}-i", number, start, traits={"createdAt": start.isoformat()}))
        lines.append(_line(f"own-{number}", number, start, event="Signed Up"))
        for rung, event in EVENT_OF.items():
            if rng.random() < 0.5:
                wait = timedelta(days=rng.choice([-3, 0, 0, 1, 7, 7, 40]) * rng.choice([1, 1, rng.random()]))
                lines.append(_line(f"own-{number}-{rung}", number, start + wait, event=event))
                if rng.random() < 0.3:
                    lines.append(_line(f"own-{number}-{rung}-2", number, start + wait * 2, event=event))
        lines += [_line(f"own-{number}-c{c}", number, start, event="Comment Posted") for c in range(rng.randrange(4))]
    return lines


def _line(message_id: str, number: int, at: datetime, *, event: str = "", traits: dict | None = None) -> str:
    call = {"type": "identify", "traits": traits} if traits else {"type": "track", "event": event, "properties": {}}
    return json.dumps({"messageId": message_id, "userId": f"u{number}", "timestamp": at.isoformat(), **call})


@dataclass(frozen=True)
class Truth:
    began: int
    funnel: dict[int, list[int]]  # window in days → people who reached each step of FUNNEL in order within it
    reached: dict[str, int]
    median_s: dict[str, float]


def count(lines: Iterable[str], windows: Iterable[int] = (1, 7, 90)) -> Truth:
    """Count people plainly: the first event of a kind at or after the sign-up; the funnel each step after the last."""
    people: dict[str, dict[str, list[datetime]]] = {}
    for line in lines:
        message = json.loads(line)
        if message["type"] == "track":
            at = datetime.fromisoformat(message["timestamp"].replace("Z", "+00:00"))
            people.setdefault(message["userId"], {}).setdefault(message["event"], []).append(at)
    started = [(min(events["Signed Up"]), events) for events in people.values() if "Signed Up" in events]
    reached = {
        rung: [
            min(later) - start
            for start, events in started
            if (later := [at for at in events.get(event, ()) if at >= start])
        ]
        for rung, event in EVENT_OF.items()
    }
    funnel = {}
    for days in windows:
        steps = [0] * len(FUNNEL)
        for start, events in started:
            last = start
            for place, rung in enumerate(FUNNEL):
                later = [at for at in events.get(EVENT_OF[rung], ()) if at >= last]
                if not later or min(later) - start > timedelta(days=days):
                    break
                last = min(later)
                steps[place] += 1
        funnel[days] = steps
    return Truth(
        began=len(started),
        funnel=funnel,
        reached={rung: len(times) for rung, times in reached.items()},
        median_s={
            rung: statistics.median(t.total_seconds() for t in times) for rung, times in reached.items() if times
        },
    )
