"""bin/test [pytest's arguments]: all set-up, embedded servers in a folder thrown away afterwards, then pytest.

Its exit status is pytest's, and pytest's closing lines are the last that it prints.
"""

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
from embedded import ServersFailed


def main() -> None:
    environment.enter()
    folder = Path(tempfile.mkdtemp(prefix="firstmile-test-"))
    folder.chmod(0o711)  # so that servers started by root, which run as nobody, get through
    try:
        status = run(folder, sys.argv[1:])
    except (ServersFailed, chromium.NoChromium) as failure:
        datafolder.refuse("test", failure)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(status)


def run(folder: Path, arguments: list[str]) -> int:
    browser = {} if "not browser" in arguments else {"FIRSTMILE_CHROMIUM": chromium.path()}
    attachment = datafolder.servers(folder, throw_away=True)
    try:
        variables = {**datafolder.variables(folder, attachment), **browser}
        tests = subprocess.Popen(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=environment.ROOT,
            env=variables,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        return _wait(tests)
    finally:
        if attachment:
            attachment.leave()


def _wait(tests: subprocess.Popen[bytes]) -> int:
    """Wait for pytest to end by itself: Ctrl-C reaches it directly, other signals are handed on."""

    def hand_on(number: int, frame: FrameType | None) -> None:
        tests.send_signal(signal.SIGINT)  # pytest tears its fixtures down on this one

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, hand_on)
    return tests.wait()


if __name__ == "__main__":
    main()
