"""Processes that end with the one that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 15


def die_with_parent(number: int) -> Callable[[], None] | None:
    """A preexec_fn by which Linux signals the child when its parent dies, even of SIGKILL (None elsewhere)."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died meanwhile
            os.kill(os.getpid(), number)

    return ask


class Child:
    """A program of our own in a process group of its own, so that Ctrl-C reaches it through us, once and in order."""

    def __init__(self, name: str, command: list[str], *, env: Mapping[str, str], cwd: Path, log: Path) -> None:
        self.name = name
        self.log = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def ended(self) -> bool:
        return self.process.poll() is not None


def stop(children: list[Child]) -> None:
    """End all children and whatever they started: politely, then for good."""
    for child in children:
        _signal(child, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            continue
    for child in children:
        _kill_group(child)
        child.process.wait()


def _signal(child: Child, number: int) -> None:
    if not child.ended():
        child.process.send_signal(number)


def _kill_group(child: Child) -> None:
    # Also when the child itself has ended: what it left behind in its group goes too.
    try:
        os.killpg(child.process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
