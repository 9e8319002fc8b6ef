"""How soon the house is back: a connection of its own looks several times a second at how far progress has come."""

import threading
import time
from contextlib import closing, suppress
from itertools import pairwise

import psycopg2

EVERY_SECONDS = 0.25
COUNT = "SELECT count(*) FROM progress_completion WHERE workspace_id = %s"


class Watch(threading.Thread):
    """Notes by the monotonic clock when completions were seen to have changed, per workspace."""

    def __init__(self, url: str, workspaces: dict[str, int]) -> None:
        super().__init__(name="watch", daemon=True)
        self.url, self.workspaces = url, workspaces
        self.changed_at: dict[str, list[float]] = {name: [] for name in workspaces}
        self.ending = threading.Event()
        self._before: dict[str, int] = {}

    def run(self) -> None:
        while not self.ending.is_set():
            with suppress(psycopg2.Error), closing(psycopg2.connect(self.url, connect_timeout=5)) as connection:
                connection.autocommit = True
                self._look(connection)
            self.ending.wait(EVERY_SECONDS)

    def _look(self, connection: psycopg2.extensions.connection) -> None:
        while not self.ending.is_set():
            for name, workspace_id in self.workspaces.items():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('app.workspace_id', %s, false)", [str(workspace_id)])
                    cursor.execute(COUNT, [workspace_id])
                    now = cursor.fetchone()[0]
                if self._before.get(name, now) != now:
                    self.changed_at[name].append(time.monotonic())
                self._before[name] = now
            self.ending.wait(EVERY_SECONDS)


def first_after(moments: list[float], moment: float) -> float | None:
    """Seconds from `moment` to the first of `moments` after it."""
    return next((found - moment for found in moments if found > moment), None)


def longest_gap(moments: list[float]) -> float:
    """The longest time between two of these."""
    ordered = sorted(moments)
    return max((later - sooner for sooner, later in pairwise(ordered)), default=0.0)
