"""bin/chaos [--minutes N] [--seed S] [--senders N] [--once] [--keep DIR]: does anything get lost, doubled or stuck?

1. A Firstmile of its own, durable as in production, in a folder that is thrown away: PostgreSQL, Redis, web, two
   workers, beat; two workspaces with ladders in which every kind of criterion occurs.
2. Senders deliver batches and single calls as SDKs do, with retries, while everything is killed, paused and restarted
   in turn, and sometimes two at once.
3. In the end: every message that was answered with 200 is in the log once; progress and cubes are what the raw log
   says, and what the senders' own account says; every process lived or came back by itself. Else status 1.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import NoReturn

import datafolder
import environment
from embedded import ServersFailed

MOST_MINUTES = 30


class Stopped(BaseException):
    """Someone asked for the end."""


class Arguments(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        datafolder.refuse("chaos", f"{message}; bin/chaos --help tells what is possible.")
        raise AssertionError


def main() -> None:
    options = arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stopped)
    environment.enter()
    # Only here is everything installed that the trial imports.
    from trial.course import Trial
    from trial.house import TrialFailed

    folder = Path(tempfile.mkdtemp(prefix="firstmile-chaos-"))
    folder.chmod(0o711)  # so that servers started by root, which run as nobody, get through
    reasons: list[str] = []
    try:
        with ExitStack() as running:
            reasons = Trial(options, folder, running).run()
    except Stopped:
        sys.exit("bin/chaos: stopped before it could tell anything.")
    except (TrialFailed, ServersFailed) as failure:
        reasons = [str(failure)]
    finally:
        if options.keep and (folder / "logs").exists():
            shutil.copytree(folder / "logs", options.keep, dirs_exist_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
    for reason in reasons:
        print(f"WRONG: {reason}", flush=True)
    print("Something is wrong." if reasons else "Nothing was lost, doubled or stuck.", flush=True)
    sys.exit(1 if reasons else 0)


def arguments() -> argparse.Namespace:
    parser = Arguments(prog="bin/chaos", description="Kill everything in turn while senders send; see what is lost.")
    parser.add_argument("--minutes", type=float, default=5, metavar="N", help=f"how long (5; at most {MOST_MINUTES})")
    parser.add_argument("--seed", default="", help="what decides when what happens (random; it is printed)")
    parser.add_argument("--senders", type=int, default=4, metavar="N", help="patient senders at once (4)")
    parser.add_argument("--once", action="store_true", help="every kind of failure once, and then the end")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="copy the processes' logs there")
    options = parser.parse_args()
    if not 0 < options.minutes <= MOST_MINUTES:
        parser.error(f"--minutes is more than 0 and at most {MOST_MINUTES}")
    if not 1 <= options.senders <= 32:
        parser.error("--senders is 1 to 32")
    options.seed = options.seed or os.urandom(4).hex()
    return options


def _stopped(number: int, frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    main()
