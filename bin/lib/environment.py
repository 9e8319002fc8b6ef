"""The project's own Python environment: .venv, holding exactly what requirements.lock says.

Standard library only: this runs before anything is installed, under whatever Python 3.11+ there is.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LOCK = ROOT / "requirements.lock"
UV_LOCK = ROOT / "bin" / "lib" / "uv-requirements.lock"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.lock"
TOOLS = ROOT / ".tools"


class SetUpFailed(Exception):
    """What could not be prepared, and what to do about it."""


def enter() -> None:
    """Make sure that this program runs in the project's environment, preparing it first when necessary.

    Comes back when this is .venv's Python; otherwise replaces the process by the same program there.
    """
    try:
        prepare()
    except SetUpFailed as failure:
        sys.exit(f"bin/{Path(sys.argv[0]).stem}: {failure}")
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), *sys.argv])


def prepare() -> None:
    """Bring .venv to requirements.lock. Costs nothing when it is there; two at once wait for each other."""
    if _up_to_date():
        return
    with _alone():
        if _up_to_date():
            return
        print("Setting up: installing the locked requirements (once).", file=sys.stderr, flush=True)
        uv = find_uv()
        if not _runs(PYTHON):
            if VENV.exists():
                shutil.rmtree(VENV)
            _run([uv, "venv", "--quiet", "--python", _base_python(), str(VENV)], "The environment .venv")
        STAMP.unlink(missing_ok=True)
        _run(
            [uv, "pip", "sync", "--quiet", "--require-hashes", "--python", str(PYTHON), str(LOCK)],
            "The packages of requirements.lock",
        )
        shutil.copyfile(LOCK, STAMP)


def find_uv() -> str:
    """The uv of the PATH, else one of the project's own in .tools, installed from its hashes."""
    own = TOOLS / "uv" / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(own)):
        if candidate and _runs(candidate):
            return candidate
    shutil.rmtree(TOOLS / "uv", ignore_errors=True)
    made = subprocess.run(
        [_base_python(), "-m", "venv", str(TOOLS / "uv")], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise SetUpFailed(
            f"{_base_python()} cannot make a virtual environment. Install its venv module "
            "(on Debian and Ubuntu: apt-get install python3-venv), or put uv on the PATH, and try again."
        )
    pip = [str(TOOLS / "uv" / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--require-hashes", "-r", str(UV_LOCK)], "uv, the package installer")
    return str(own)


def uv_environment() -> dict[str, str]:
    """The environment for uv: the Python that is here, and the certificates that this machine trusts."""
    # Two names for one wish: uv renamed it. Behind a company's proxy nothing could be fetched otherwise.
    wishes = {"UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1", "UV_PYTHON_DOWNLOADS": "never"}
    return {**wishes, **os.environ}


def _up_to_date() -> bool:
    return STAMP.exists() and STAMP.read_bytes() == LOCK.read_bytes() and _runs(PYTHON)


def _runs(program: str | Path) -> bool:
    # A virtual environment whose base Python was removed is still there as files, but does not start.
    try:
        return subprocess.run([str(program), "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _base_python() -> str:
    return os.path.realpath(getattr(sys, "_base_executable", sys.executable))


def _run(command: list[str], what: str) -> None:
    done = subprocess.run(command, env=uv_environment(), stdout=sys.stderr, check=False)
    if done.returncode:
        raise SetUpFailed(
            f"{what} could not be installed (the reason is above). "
            "Check that the package registry is reached, and try again."
        )


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    try:
        TOOLS.mkdir(exist_ok=True)
        lock = (TOOLS / "set-up.lock").open("w")
    except OSError as error:
        raise SetUpFailed(f"The project's folder {ROOT} cannot be written ({error.strerror}).") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
