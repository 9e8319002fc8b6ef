"""What must be true in the end. Every check returns sentences about what is wrong; none when all is well."""

import importlib
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from trial.ledger import Sent

MOST_TOLD = 10
# The senders and the house read one clock, but its readings lie around the work, not at it.
SLACK = timedelta(seconds=1)
PAGE_NAMES = {"page": "Page Viewed", "screen": "Screen Viewed"}

Row = Mapping[str, Any]


def of_the_log(sent: Mapping[str, Sent], rows: Iterable[Row]) -> list[str]:
    """Every message that was answered with 200 is there once, as it was sent; nothing else is."""
    found: dict[str, Row] = {}
    times: Counter[str] = Counter()
    for row in rows:
        found[row["message_id"]] = row
        times[row["message_id"]] += 1
    lost = [key for key, one in sent.items() if one.good and one.accepted_at is not None and key not in found]
    foreign = [key for key in found if key not in sent or not sent[key].good]
    doubled = [key for key, count in times.items() if count > 1]
    told = [f"{key} was accepted and is not in the log." for key in lost]
    told += [f"{key} is in the log and was never sent here, or not as one that can be taken." for key in foreign]
    told += [f"{key} is in the log {times[key]} times." for key in doubled]
    for key in found.keys() & sent.keys():
        told += [f"{key}: {difference}" for difference in _unlike(sent[key], found[key])]
    return told


def _unlike(sent: Sent, row: Row) -> Iterable[str]:
    """In what the row says something else than what was sent."""
    for name, wanted in as_logged(sent.message).items():
        if row[name] != wanted:
            yield f"{name} was sent as {wanted!r} and is kept as {row[name]!r}."
    earliest, latest = _bounds(sent)
    if not earliest <= row["occurred_at"] <= latest:
        yield f"it happened between {earliest} and {latest}, and is kept as {row['occurred_at']}."


def as_logged(message: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of the log that a message determines, by the documentation and not by intake's own steps."""
    user, visitor, kind = message.get("userId", ""), message.get("anonymousId", ""), message["type"]
    context = message.get("context", {})
    named = {"name": message["name"]} if kind in PAGE_NAMES else {}
    return {
        "type": kind,
        "event": message.get("event") or PAGE_NAMES.get(kind, ""),
        "sender": f"u:{user}" if user else f"a:{visitor}",
        "anonymous_id": visitor,
        "previous_id": message.get("previousId", ""),
        "group_id": message.get("groupId") or context.get("groupId", ""),
        "properties": {**named, **message.get("properties", {})},
        "traits": message.get("traits", {}),
        "context": context,
    }


def _bounds(sent: Sent) -> tuple[datetime, datetime]:
    """Between which moments the message may be kept as having happened."""
    under_way = sent.first_tried_at - SLACK, (sent.accepted_at or datetime.now(UTC)) + SLACK
    message = sent.message
    if "timestamp" in message:
        stated = datetime.fromisoformat(message["timestamp"])
        return under_way if stated > sent.first_tried_at + timedelta(hours=1) else (stated, stated)
    if "originalTimestamp" in message:  # corrected by the time between sending and receipt
        stated = datetime.fromisoformat(message["originalTimestamp"])
        return stated - SLACK, stated + timedelta(seconds=60)
    return under_way


def of_progress(
    sent: Mapping[str, Sent], rows: Iterable[Row], workspace_id: int, *, people: int, seed: str
) -> list[str]:
    """The ways of some people are what the tests' naive reading of the senders' own account makes of it."""
    from milestones.ladders.specs import published_specs
    from workspaces.scope import scope

    naive = importlib.import_module("tests.onboarding.progress.naive")
    occurred_at = {row["message_id"]: row["occurred_at"] for row in rows}
    everybody = naive.people([_message(one, occurred_at[key]) for key, one in sent.items() if key in occurred_at])
    known = sorted(key for key in everybody if key.startswith("u:"))
    chosen = set(random.Random(seed).sample(known, min(people, len(known))))
    with scope(workspace_id):
        wanted = naive.progress([message for key in chosen for message in everybody[key]], published_specs())
        kept = _kept(naive)
    kept = {key: way for key, way in kept.items() if key[0] in chosen}
    told = [f"{key}: kept {kept.get(key)}, should be {wanted.get(key)}." for key in sorted(kept.keys() | wanted.keys())
            if kept.get(key) != wanted.get(key)]  # fmt: skip
    if not wanted:
        told.append("Nobody climbed anything, so nothing was tried.")
    return told


def _message(sent: Sent, occurred_at: datetime) -> Any:
    from onboarding.intake.message import Message

    columns = as_logged(sent.message)
    return Message(message_id=sent.message["messageId"], occurred_at=occurred_at, **columns)


def _kept(naive: Any) -> dict[tuple[str, str], Any]:
    """By person's key and ladder's key the way as it is kept, in the form of the naive reading."""
    from onboarding.progress.models import Journey

    related = Journey.objects.select_related("person", "ladder", "version", "began_version")
    ways = {}
    for journey in related.prefetch_related("completions", "unlocks"):
        unlocked: dict[str, list[str]] = {}
        for unlock in journey.unlocks.all():
            unlocked.setdefault(unlock.rung_key, []).append(unlock.feature)
        ways[journey.person.key, journey.ladder.key] = naive.Way(
            journey.began_version.number,
            journey.version.number,
            journey.started_at,
            {
                done.rung_key: naive.Step(
                    done.completed_at, done.in_order_at, tuple(sorted(unlocked.get(done.rung_key, ())))
                )
                for done in journey.completions.all()
            },
            journey.first_value_at,
            journey.finished_at,
        )
    return ways


def some_of(told: list[str]) -> list[str]:
    """The first few of many sentences, and how many more there are."""
    more = [f"… and {len(told) - MOST_TOLD} more like these."] if len(told) > MOST_TOLD else []
    return [*islice(told, MOST_TOLD), *more]
