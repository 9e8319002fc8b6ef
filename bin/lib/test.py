"""bin/test [--exhaustive] [pytest's arguments]: all set-up, servers in a folder thrown away afterwards, then pytest.

--exhaustive also runs what takes too long for every change (docs/decisions/0147). Without pytest's arguments the files
of tests run side by side, in a process for each core but four at most, with servers of their own: a long
transaction holds back what every engine of the same PostgreSQL may read (docs/decisions/0009).
Its exit status is pytest's, and pytest's closing lines are the last that it prints.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType

import chromium
import datafolder
import environment
from children import die_with_parent
from embedded import Attachment, ServersFailed

EXHAUSTIVE = "--exhaustive"
CORES = os.cpu_count() or 1
GIGABYTES = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
PROCESSES = max(1, min(CORES, GIGABYTES // 2, 4))  # twice as many were slower, and late for what tests wait for
SIDE_BY_SIDE = ["-p", "tests.side_by_side", "--dist", "loadfile", "--no-loadscope-reorder"]
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


def main() -> None:
    environment.enter()
    folder = Path(tempfile.mkdtemp(prefix="firstmile-test-"))
    folder.chmod(0o711)  # so that servers started by root, which run as nobody, get through
    arguments = [argument for argument in sys.argv[1:] if argument != EXHAUSTIVE]
    if EXHAUSTIVE in sys.argv[1:]:
        os.environ["FIRSTMILE_EXHAUSTIVE"] = "1"
    try:
        status = run(folder, arguments)
    except (ServersFailed, chromium.NoChromium) as failure:
        datafolder.refuse("test", failure)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(status)


def run(folder: Path, arguments: list[str]) -> int:
    browser = {} if "not browser" in arguments else {"FIRSTMILE_CHROMIUM": chromium.path()}
    attachments: list[Attachment] = []
    try:
        environments = []
        for number in range(1 if arguments else PROCESSES):
            own = folder / str(number)
            attachment = datafolder.servers(own, throw_away=True)
            environments.append(datafolder.variables(own, attachment))
            if attachment is None:
                break  # servers that the caller named are one pair
            attachments.append(attachment)
        variables = {**environments[0], **browser, **_side_by_side(environments)}
        abreast = ["-n", str(len(environments)), *SIDE_BY_SIDE] if len(environments) > 1 else []
        # In pytest's usual place every other pytest of the same user that starts shuts out other accounts again, while
        # servers that tests start as root run as nobody.
        temporary = ["--basetemp", str(folder / "pytest")]
        tests = subprocess.Popen(
            [sys.executable, "-m", "pytest", *temporary, *abreast, *arguments],
            cwd=environment.ROOT,
            env=variables,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        return _wait(tests)
    finally:
        for attachment in attachments:
            attachment.leave()


def _side_by_side(environments: list[dict[str, str]]) -> dict[str, str]:
    """The servers of each process, for tests/side_by_side.py."""
    servers = [{name: variables[name] for name in SERVERS if name in variables} for variables in environments]
    return {"FIRSTMILE_TEST_SERVERS": json.dumps(servers)} if len(servers) > 1 else {}


def _wait(tests: subprocess.Popen[bytes]) -> int:
    """Wait for pytest to end by itself: Ctrl-C reaches it directly, other signals are handed on."""

    def hand_on(number: int, frame: FrameType | None) -> None:
        tests.send_signal(signal.SIGINT)  # pytest tears its fixtures down on this one

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, hand_on)
    return tests.wait()


if __name__ == "__main__":
    main()
