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


class Spool:
    """Fixes on disk until they are needed: a rebuild from nothing finds millions."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115  # closed by close
        self.keys: dict[str, str] = {}  # of every sender that anything is wrong about: the root that it was found under

    def add(self, fixes: Iterable[Fix]) -> None:
        fixes = list(fixes)
        if not fixes:
            return
        for fix in fixes:
            self.keys[fix.root] = fix.root
            self.keys.update((key, fix.root) for key in fix.keys)
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
