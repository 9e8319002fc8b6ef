"""What is to be changed so that what is kept is what the log says, as plain values that travel between processes."""

import pickle
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import Any

from onboarding.progress.cells import JourneyState

Row = dict[str, Any]  # attributes as for insert_rows; senders, accounts and persons are named by their keys


@dataclass(slots=True)
class Fix:
    """What is wrong about the senders that are one person by the log (`root` is theirs), or are in no log at all."""

    root: str
    keys: tuple[str, ...] = ()  # of every sender concerned
    persons: list[Row] = field(default_factory=list)
    senders: list[Row] = field(default_factory=list)
    memberships: list[Row] = field(default_factory=list)
    activity: list[Row] = field(default_factory=list)
    sayings: list[Row] = field(default_factory=list)
    journeys: list[JourneyState] | None = None  # all that the person at the root has; None: they are right
    strangers: list[int] = field(default_factory=list)  # persons that climb nothing by the log, and kept journeys
    # What is there and should not be. Rows are named by their keys' values, senders in them by their ids.
    gone_senders: list[int] = field(default_factory=list)
    gone_memberships: list[tuple[int, str]] = field(default_factory=list)
    gone_activity: list[tuple[int, str, Any, str]] = field(default_factory=list)
    gone_sayings: list[tuple[int, str, Any, str]] = field(default_factory=list)
    gone_unlocks: list[tuple[int, str, str]] = field(default_factory=list)
    deserted: list[int] = field(default_factory=list)  # persons that lose a sender, and go when it was the last
    found: Counter[str] = field(default_factory=Counter)  # how many differences of each kind


class Circles:
    """Senders and accounts. In one circle are those whose wrongs may spread to one another.

    While a sender counts as somebody else, whatever makes the engine look at the one may make it write of the other;
    and what somebody does may count for everybody in their accounts.
    """

    def __init__(self) -> None:
        self._above: dict[str, str] = {}
        self._wrong: set[str] = set()

    def add(self, key: str) -> None:
        """Note that something is wrong about this one."""
        self._above.setdefault(key, key)
        self._wrong.add(key)

    def join(self, one: str, other: str) -> None:
        self._above.setdefault(one, one)
        self._above.setdefault(other, other)
        self._above[self._top(one)] = self._top(other)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._above))

    def wrong(self) -> set[str]:
        """Everybody in a circle in which anything is wrong."""
        tops = {self._top(key) for key in self._wrong}
        return {key for key in self._above if self._top(key) in tops} if tops else set()

    def around(self, keys: Iterable[str]) -> set[str]:
        """Of those everybody in a circle with one of these."""
        tops = {self._top(key) for key in keys if key in self._above} & {self._top(key) for key in self._wrong}
        return {key for key in self._above if self._top(key) in tops} if tops else set()

    def _top(self, key: str) -> str:
        while (above := self._above[key]) != key:
            self._above[key] = self._above[above]
            key = above
        return key


def account(key: str) -> str:
    """What an account is called in a circle; senders begin with "u:" or "a:"."""
    return f"g:{key}"


class Spool:
    """Fixes on disk until they are needed: a rebuild from nothing finds millions."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115  # closed by close
        self.circles = Circles()

    def add(self, fixes: Iterable[Fix]) -> None:
        fixes = list(fixes)
        if not fixes:
            return
        for fix in fixes:
            self.circles.add(fix.root)
            for key in fix.keys:
                self.circles.add(key)
                self.circles.join(key, fix.root)
        pickle.dump(fixes, self._file, protocol=pickle.HIGHEST_PROTOCOL)

    def __iter__(self) -> Iterator[list[Fix]]:
        """The fixes, in the portions in which they were added."""
        self._file.seek(0)
        while True:
            try:
                yield pickle.load(self._file)  # noqa: S301  # our own, in a file that has no name
            except EOFError:
                return

    def close(self) -> None:
        self._file.close()
