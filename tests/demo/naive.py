"""A naive reading of the raw stream, for tests of what is planted in it: no engine, no cubes, no criteria parser."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import yaml

LADDERS = Path(__file__).parents[2] / "config" / "demo" / "ladders"


@dataclass
class Someone:
    id: str
    traits: dict = field(default_factory=dict)  # as they were at the start
    started_at: datetime | None = None
    events: list = field(default_factory=list)  # (when, name, properties)


def people(messages) -> dict[str, Someone]:
    found: dict[str, Someone] = {}
    for message in messages:
        if "userId" not in message:
            continue
        someone = found.setdefault(message["userId"], Someone(message["userId"]))
        at = datetime.fromisoformat(message["timestamp"])
        if message["type"] == "identify" and someone.started_at is None:
            someone.traits |= message["traits"]
        elif message["type"] == "track":
            if message["event"] == "Signed Up":
                someone.started_at = at
            someone.events.append((at, message["event"], message["properties"]))
    return found


def said_of_accounts(messages, trait) -> dict[str, list]:
    """By account, (when, value) of the trait, in the order of time."""
    found = defaultdict(list)
    for message in messages:
        if message["type"] == "group" and trait in message["traits"]:
            found[message["groupId"]].append((datetime.fromisoformat(message["timestamp"]), message["traits"][trait]))
    return {account: sorted(said) for account, said in found.items()}


def funnel_of(file: str) -> tuple[list[dict], str]:
    """The funnel's rungs as (key, event, where, at_least), and the key of first value, from the YAML itself."""
    ladder = yaml.safe_load((LADDERS / file).read_text())["ladder"]
    rungs = {rung["milestone"]["key"]: rung for rung in ladder["rungs"]}
    (first_value,) = (key for key, rung in rungs.items() if rung.get("first_value"))
    return [{"key": key, **rungs[key]["milestone"]["criterion"]} for key in ladder["funnel"]], first_value


def reached(someone: Someone, step: dict, since: datetime) -> datetime | None:
    """When the step's event happened often enough, counting from `since`."""
    count = 0
    for at, event, properties in sorted(someone.events, key=lambda told: told[0]):
        if event == step["event"] and at >= since and all(_holds(c, properties) for c in step.get("where", [])):
            count += 1
            if count == step.get("at_least", 1):
                return at
    return None


def _holds(condition: dict, properties: dict) -> bool:
    value = properties.get(condition["property"])
    if "equals" in condition:
        return value == condition["equals"]
    if "in" in condition:
        return value in condition["in"]
    return value > condition["greater_than"]


def climb(someone: Someone, steps: list[dict]) -> list[datetime]:
    """When each step of the ordered funnel was reached, up to the first that was not."""
    times, since = [], someone.started_at
    for step in steps:
        at = reached(someone, step, since)
        if at is None:
            break
        times.append(at)
        since = at
    return times


def losses(group, steps: list[dict], *, now: datetime, window: timedelta) -> dict[str, int]:
    """How many who were observed for the whole window were lost at each step."""
    mature = [someone for someone in group if someone.started_at + window <= now]
    counts = [len(mature)] + [0] * len(steps)
    for someone in mature:
        for n, at in enumerate(climb(someone, steps), 1):
            counts[n] += at <= someone.started_at + window
    return {step["key"]: counts[n] - counts[n + 1] for n, step in enumerate(steps)}


def days_to(group, step: dict, *, now: datetime) -> list[tuple[float, bool]]:
    """(days, reached?) of everybody: days to the step, or, where it was not reached, days observed so far."""
    found = []
    for someone in group:
        at = reached(someone, step, someone.started_at)
        found.append((((at or now) - someone.started_at) / timedelta(days=1), at is not None))
    return found


def median(times: list[tuple[float, bool]]) -> float | None:
    """The product-limit median: the first time at which the share not yet there falls to a half."""
    by_time: dict[float, list[int]] = defaultdict(lambda: [0, 0])
    for days, there in times:
        by_time[days][0 if there else 1] += 1
    waiting, survival = len(times), 1.0
    for days in sorted(by_time):
        there, censored = by_time[days]
        survival *= 1 - there / waiting
        if survival <= 0.5:
            return days
        waiting -= there + censored
    return None
