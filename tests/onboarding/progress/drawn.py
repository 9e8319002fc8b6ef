"""Ladders and sayings of every kind, drawn by a seed for property tests: dense, so that much happens in each."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from milestones.ladders.document import Document, read
from onboarding.intake.message import Message

CRITERIA = [
    {"event": "Connected"},
    {"event": "Connected", "at_least": 2},
    {"event": "Invited", "where": [{"property": "kind", "equals": "team"}]},
    {"event": "Reported", "at_least": 2, "within": "3 hours"},
    {"event": "Reported", "at_least": 2, "within": "2 hours", "of": "opening"},
    {"event": "Reported", "of": "opening"},
    {"trait": "plan", "in": ["pro", "team"]},
    {"event": "Invited", "where": [{"property": "kind", "matches": "^(team|crew)$"}]},
    {"event": "Connected", "by": "account"},
    {"event": "Reported", "at_least": 3, "by": "account"},
    {"event": "Reported", "at_least": 2, "within": "2 hours", "by": "account"},
    {"event": "Reported", "at_least": 2, "within": "3 hours", "of": "opening", "by": "account"},
    {"event": "Reported", "of": "opening", "by": "account"},
    {"trait": "plan", "matches": "^(pro|team)$", "by": "account"},
    {"trait": "plan", "not_equals": "free", "by": "account"},
    {"all": [{"trait": "plan", "equals": "pro", "by": "account"}, {"event": "Connected", "by": "account"}]},
    {"all": [{"event": "Invited", "by": "account"}, {"event": "Reported"}]},
    {"any": [{"event": "Invited", "at_least": 2, "by": "account"}, {"event": "Connected", "by": "account"}]},
    {"trait": "plan", "not_equals": "free"},
    {
        "any": [
            {"trait": "plan", "equals": "pro"},
            {"all": [{"event": "Connected", "at_least": 2}, {"event": "Invited"}]},
        ]
    },
]
BY_ACCOUNT = [criterion for criterion in CRITERIA if "'by': 'account'" in repr(criterion)]
RULES = [
    {"everyone": True},
    {"everyone": True},
    {"trait": "role", "equals": "admin"},
    {"trait": "plan", "equals": "pro"},
]
STARTS = [None, {"event": "Signed Up"}, {"event": "Signed Up"}, {"event": "Arrived"}]
RUNGS = ["connect", "invite", "report", "grow"]
ROLES = {"first": ["admin", "admin", "power"], "second": ["other", "other", "admin"]}
LADDERS = sorted(ROLES)
DOINGS = ["publish"] * 6 + ["roll back", "archive", "archive", "use again"]
EVENTS = ["Signed Up", "Arrived", "Connected", "Connected", "Invited", "Reported", "Reported", "Reported"]


ACCOUNTS = ("acme", "bolt")


class Doing(NamedTuple):
    """What a product manager does to a ladder; `document` and `moves` are for publishing."""

    what: str
    key: str
    document: Document
    moves: bool


def doing(rng: random.Random, *, criteria: Sequence[Any] = CRITERIA) -> Doing:
    key = rng.choice(["first", "first", "second"])
    return Doing(rng.choice(DOINGS), key, document(rng, key, criteria=criteria), rng.random() < 0.6)


def document(rng: random.Random, key: str, *, criteria: Sequence[Any] = CRITERIA) -> Document:
    """A whole ladder under this key, ready to be published: some rungs in some order, by some of these criteria."""
    keys = rng.sample(RUNGS, k=rng.randint(1, len(RUNGS)))
    role, valued = rng.choice(ROLES[key]), rng.choice(keys)
    start = rng.choice(STARTS)
    ladder = {
        "key": key,
        "name": key.title(),
        "role": {
            "key": role,
            "name": role.title(),
            "rule": rng.choice(RULES),
            "precedence": rng.choice([10, 50, 90]),
        },
        "title": key.title(),
        **({"start": start} if start else {}),
        "funnel": rng.sample(keys, k=rng.randint(1, len(keys))),
        "rungs": [
            {
                "milestone": {
                    "key": rung,
                    "name": rung.title(),
                    "criterion": rng.choice(criteria),
                    "unlock": rng.choice(["", "boards", "limits"]),
                },
                "phase": "core",
                "first_value": rung == valued,
                # What stands above a rung may come before it.
                "prerequisites": [above for above in keys[:place] if rng.random() < 0.3],
            }
            for place, rung in enumerate(keys)
        ],
    }
    return read({"ladder": ladder})


class Judging(NamedTuple):
    """What a member rules: on which sender's rung of which ladder, and when. `until` is of revocations."""

    sender: str
    ladder: str
    rung_key: str
    verdict: str
    at: datetime
    until: datetime | None


def judging(rng: random.Random, sender: str, at: datetime) -> Judging:
    verdict = rng.choice(["completed", "revoked"])
    until = at + timedelta(minutes=rng.choice([0, 0, 0, 20])) if verdict == "revoked" else None
    return Judging(sender, rng.choice(["first", "first", "second"]), rng.choice(RUNGS), verdict, at, until)


def saying(
    rng: random.Random, user: str, at: datetime, message_id: str, *, accounts: tuple[str, ...] = ACCOUNTS
) -> Message:
    """One message of theirs: an event, or now and then another plan, their own or their account's."""
    message = Message("track", message_id, rng.choice(EVENTS), f"u:{user}", client_at=at, occurred_at=at)
    message.properties = {"kind": rng.choice(["team", "team", "guest"])}
    message.group_id = rng.choice(["", "", *accounts])
    if rng.random() < 0.2:
        message.type, message.event, message.properties = rng.choice(["identify", "group"]), "", {}
        message.traits = {"plan": rng.choice(["free", "pro", "team", None])}
    if message.type == "group":
        message.group_id = rng.choice(accounts)
    return message


def introduction(rng: random.Random, user: str, at: datetime) -> Message:
    """All that roles read of them, and which account they are in."""
    traits = {"role": rng.choice(["admin", "admin", "user"]), "plan": rng.choice(["free", "free", "pro"])}
    return Message(
        "identify", f"first-{user}", sender=f"u:{user}", client_at=at, occurred_at=at, traits=traits, group_id="acme"
    )
