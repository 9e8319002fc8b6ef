"""The commands in bin/ are run as a person would: as programs, with nothing of this test run in their environment."""

import contextlib
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "bin" / "lib"))

OF_THIS_RUN = ("DATABASE_", "REDIS_", "FIRSTMILE_", "DJANGO_", "PYTHONPATH", "PYTEST_")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(ROOT / "tests" / "running"):
            item.add_marker(pytest.mark.pure)


class Run:
    """Programs that carry a mark in their environment, so that everything they start can be found again."""

    def __init__(self) -> None:
        self.mark = uuid.uuid4().hex
        own = {name: value for name, value in os.environ.items() if not name.startswith(OF_THIS_RUN)}
        self.environment = {**own, "FIRSTMILE_TEST_MARK": self.mark}

    def start(self, *command: object, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, *command: object, seconds: float = 60, **variables: str) -> tuple[int, str]:
        """Run to the end; return the status and what was printed."""
        process = self.start(*command, **variables)
        output, _ = process.communicate(timeout=seconds)
        return process.returncode, output

    def processes(self) -> list[psutil.Process]:
        """Everything that carries the mark and still runs."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                marked = process.environ().get("FIRSTMILE_TEST_MARK") == self.mark
                if marked and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def names(self) -> list[str]:
        found = []
        for process in self.processes():
            with contextlib.suppress(psutil.Error):  # it may end between the two looks
                found.append(" ".join(process.cmdline()))
        return found


@pytest.fixture
def run() -> Iterator[Run]:
    """Programs of a test; whatever it leaves running is killed."""
    programs = Run()
    yield programs
    for process in programs.processes():
        with contextlib.suppress(psutil.Error):
            process.kill()


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Wait until something holds; fail with what it was instead."""

    def wait(holds: Callable[[], object], *, seconds: float = 15, otherwise: Callable[[], object] = lambda: "") -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, otherwise()
            time.sleep(0.05)

    return wait
