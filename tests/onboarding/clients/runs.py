"""Running all clients of a file at once, each into a workspace of its own through a proxy of its own."""

import json
import os
import subprocess
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from onboarding.intake.models import LoggedEvent, Rejection
from tests.onboarding.clients import scenario
from tests.onboarding.clients.faults import EVERY, Fault, Proxy, proxy
from tests.processes import ROOT
from workspaces.keys.models import ApiKey
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

SECONDS = 120


@dataclass
class Run:
    """One client's run: what it was, what it said, and what the proxy saw."""

    name: str
    command: list[str]
    plan: Sequence[Fault] = EVERY
    order: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    workspace: Any = None
    proxy: Any = None
    began_at: datetime | None = None
    failures: list[str] = field(default_factory=list)

    def logged(self) -> list[Any]:
        with scope(self.workspace):
            return list(LoggedEvent.objects.order_by("id"))

    def rejections(self) -> list[str]:
        with scope(self.workspace):
            return list(Rejection.objects.values_list("sentence", flat=True))

    def encodings(self) -> set[str]:
        return {encoding for method, path, _, encoding in self.proxy.seen if method == "POST" and "flags" not in path}


def run_all(runs: list[Run], web_port: int) -> dict[str, Run]:
    """Let all clients send at once, and wait for them."""
    with ExitStack() as stack:
        threads = []
        for run in runs:
            run.workspace = Workspace.objects.create(name=run.name, slug=f"{run.name}-{os.getpid()}")
            _, key = ApiKey.issue(run.workspace, kind="write", name="client")
            run.proxy = stack.enter_context(proxy(web_port, run.plan))
            order = {"host": run.proxy.address, "key": key, "calls": scenario.calls(), **run.order}
            threads.append(threading.Thread(target=_run, args=(run, json.dumps(order))))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return {run.name: run for run in runs}


def _run(run: Run, order: str) -> None:
    run.began_at = timezone.now()
    try:
        done = subprocess.run(
            run.command,
            input=order,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            cwd=ROOT,
            env={**os.environ, **run.environment},
            check=False,
        )
    except subprocess.TimeoutExpired:
        run.failures = [f"It had not ended after {SECONDS} s."]
        return
    if done.returncode:
        run.failures = [done.stderr[-2000:]]
    else:
        run.failures = json.loads(done.stdout.splitlines()[-1])


def assert_every_fault_happened(server: Proxy) -> None:
    for fault, times in server.planned.items():
        assert server.happened[fault] >= times, f"{fault}: {server.happened}"
