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
    keep_bytecode()
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), *sys.argv])


def keep_bytecode() -> None:
    """Where bytecode must not lie beside its source (as images of containers like to say), keep it in .tools.

    Without any, every process compiles Django and all the rest anew: seven seconds instead of two and a half.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(TOOLS / "bytecode"))
        sys.dont_write_bytecode, sys.pycache_prefix = False, os.environ["PYTHONPYCACHEPREFIX"]


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
        shutil.rmtree(
            TOOLS / "bytecode", ignore_errors=True
        )  # of other versions, whose files may have the same size and time
        shutil.copyfile(LOCK, STAMP)


def find_uv() -> str:
    """The uv of the PATH, else one of the project's own in .tools, installed from its hashes."""
    own = TOOLS / "uv" / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(own)):
        if candidate and _runs(candidate):
            return candidate
    if not _installed_by_own_pip():
        _install_by_pip_of_a_venv()
    return str(own)


INSTALL = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(UV_LOCK)]


def _installed_by_own_pip() -> bool:
    """Whether the Python that is here has a pip that could fetch uv. (Three seconds quicker than a venv.)"""
    shutil.rmtree(TOOLS / "uv", ignore_errors=True)
    command = [_base_python(), *INSTALL, "--no-compile", "--target", str(TOOLS / "uv")]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def _install_by_pip_of_a_venv() -> None:
    shutil.rmtree(TOOLS / "uv", ignore_errors=True)
    command = [_base_python(), "-m", "venv", str(TOOLS / "uv")]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        raise SetUpFailed(
            f"{_base_python()} has neither pip nor venv, so uv cannot be installed. Install them "
            "(on Debian and Ubuntu: apt-get install python3-venv), or put uv on the PATH, and try again."
        )
    _run([str(TOOLS / "uv" / "bin" / "python"), *INSTALL], "uv, the package installer")


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
