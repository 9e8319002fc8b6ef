"""What was sent and what was answered: the senders' own account, by which the log is judged in the end."""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass
class Sent:
    """One message, and between which moments it was under way: from its first attempt to its first 200."""

    workspace: str
    message: dict[str, Any]
    good: bool  # whether it is a message that can be taken at all
    first_tried_at: datetime
    accepted_at: datetime | None = None


class Ledger:
    """Shared by all senders."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.sent: dict[str, Sent] = {}
        self.requests = 0
        self.retries: dict[str, int] = {}
        self.faults: list[str] = []
        self.answers_at: list[float] = []  # of each 200, by the monotonic clock

    def begin(self, workspace: str, messages: list[dict[str, Any]], bad: set[str], now: datetime) -> None:
        with self._lock:
            for message in messages:
                key = message["messageId"]
                assert key not in self.sent, key
                self.sent[key] = Sent(workspace, message, key not in bad, now)

    def accept(self, messages: list[dict[str, Any]], now: datetime, moment: float) -> None:
        with self._lock:
            self.requests += 1
            self.answers_at.append(moment)
            for message in messages:
                sent = self.sent[message["messageId"]]
                sent.accepted_at = sent.accepted_at or now

    def retry(self, why: str) -> None:
        with self._lock:
            self.retries[why] = self.retries.get(why, 0) + 1

    def fault(self, sentence: str) -> None:
        with self._lock:
            self.faults.append(sentence)

    def of(self, workspace: str) -> dict[str, Sent]:
        return {key: sent for key, sent in self.sent.items() if sent.workspace == workspace}

    @property
    def accepted(self) -> int:
        return sum(sent.accepted_at is not None and sent.good for sent in self.sent.values())

    @property
    def in_doubt(self) -> int:
        return sum(sent.accepted_at is None for sent in self.sent.values())
