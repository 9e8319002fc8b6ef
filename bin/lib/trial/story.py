"""What people do: random messages in the form in which SDKs send them.

Many senders speak about the same few people at a time, so that what is said of one person arrives at once, out of
order and through several connections. New people keep coming, so that there is always something left to complete.
"""

import itertools
import random
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

AT_ONCE = 30  # people that are spoken about at a time
MESSAGES_A_PERSON = 24
EVENTS = ["Signed Up", "Signed Up", "Connected", "Connected", "Connected", "Invited", "Invited", "Invited", "Reported",
          "Reported", "Reported", "Reported", "Noise"]  # fmt: skip
KINDS = ["track"] * 12 + ["identify"] * 4 + ["page", "page", "screen", "screen", "group", "alias"]

Message = dict[str, Any]


class Story:
    """One workspace's people. Shared by all senders; each brings a random generator of its own."""

    def __init__(self, name: str, *, began_at: datetime) -> None:
        self.name = name
        self.began_at = began_at
        self._numbers = itertools.count()
        self._lock = threading.Lock()

    def message(self, rng: random.Random, *, now: datetime) -> Message:
        """A message that can be taken."""
        with self._lock:
            number = next(self._numbers)
        newest = number // MESSAGES_A_PERSON
        person = max(0, newest - rng.randrange(AT_ONCE))
        kind = rng.choice(KINDS)
        message: Message = {"type": kind, "messageId": f"{self.name}-{number}-{rng.getrandbits(32):08x}"}
        self._say_who(message, person, kind, rng)
        self._say_when(message, person, rng, now)
        self._say_what(message, person, kind, rng)
        if rng.random() < 0.1:
            message["context"] = {"groupId": f"company-{person // 7}", "library": {"name": "chaos", "version": "1"}}
        return message

    def bad_message(self, rng: random.Random) -> Message:
        """One that no SDK would send and that is refused by itself."""
        with self._lock:
            number = next(self._numbers)
        return {"type": "track", "event": "", "userId": "nobody", "messageId": f"{self.name}-{number}-bad"}

    def _say_who(self, message: Message, person: int, kind: str, rng: random.Random) -> None:
        visitor = f"visitor-{person}-{rng.randrange(2)}"
        known = f"user-{person}"
        if kind == "alias":
            message["userId"], message["previousId"] = known, rng.choice([visitor, f"lead-{person}"])
            return
        draw = rng.random()
        if draw < 0.12:
            message["anonymousId"] = visitor
        elif draw < 0.16:
            message["userId"] = f"lead-{person}"  # a name that an alias joins to the person, sooner or later or never
        else:
            message["userId"] = known
            if draw < 0.35:
                message["anonymousId"] = visitor

    def _say_when(self, message: Message, person: int, rng: random.Random, now: datetime) -> None:
        """Mostly at a random moment of the person's own ten hours, some days back; at times in other forms."""
        draw = rng.random()
        if draw < 0.05:
            return  # no time at all: the moment of receipt
        if draw < 0.07:
            message["timestamp"] = _iso(now + timedelta(days=2))  # a clock far ahead: clamped to receipt
            return
        epoch = self.began_at - timedelta(hours=12 + person * 7 % 60)
        at = _iso(epoch + timedelta(microseconds=rng.randrange(10 * 3600 * 1_000_000)))
        message["originalTimestamp" if draw < 0.1 else "timestamp"] = at

    def _say_what(self, message: Message, person: int, kind: str, rng: random.Random) -> None:
        match kind:
            case "track":
                message["event"] = rng.choice(EVENTS)
                message["properties"] = _properties(rng)
            case "identify":
                roles = ["administrator", "operator", "clerk", "nobody", None]
                role = roles[person % 5] if rng.random() < 0.8 else rng.choice(roles)
                message["traits"] = {"role": role, "plan": rng.choice(["free", "free", "pro", "team"]), "seats": person}
                if rng.random() < 0.2:
                    del message["traits"]["role"]
            case "page" | "screen":
                message["name"] = rng.choice(["Board", "Notice Board", "Orders", "Zürich ✓"])
            case "group":
                message["groupId"] = f"company-{person // 7}"
                message["traits"] = {"name": f"Company {person // 7}", "size": rng.randrange(500)}


def _properties(rng: random.Random) -> Message:
    return {
        "kind": rng.choice(["crm", "erp", "wms", "draft", "team", None]),
        "to": {"kind": rng.choice(["team", "team", "guest"])},
        "rows": rng.choice([1, 12, 20.5, 100, "many"]),
        "tags": rng.sample(["vip", "new", "old"], k=rng.randrange(3)),
        "test": rng.random() < 0.1,
        "text": "é☃" * rng.randrange(20),
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
