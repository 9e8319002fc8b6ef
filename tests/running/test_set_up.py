"""The start from a bare machine: what is looked for, and what is said when it is not there."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.running.conftest import ROOT

COMMANDS = ["bench", "demo", "lock", "manage", "test"]


@pytest.fixture
def path(tmp_path) -> Path:
    """A folder to be the whole PATH, with the few ordinary programs that a shell script needs."""
    for name in ("dirname", "basename", "sh"):
        (tmp_path / name).symlink_to(shutil.which(name))
    return tmp_path


@pytest.fixture
def fresh_copy(tmp_path) -> Path:
    """The commands as a fresh clone has them: without .venv."""
    copy = tmp_path / "clone"
    shutil.copytree(ROOT / "bin", copy / "bin", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.lock", copy)
    return copy


@pytest.mark.parametrize("command", COMMANDS)
def test_without_python_every_command_says_which_one_it_needs(run, fresh_copy, path, command):
    status, output = run.finish("/bin/sh", fresh_copy / "bin" / command, PATH=str(path))
    assert (status, output) == (
        2,
        f"bin/{command}: Python 3.11 or later is needed and none was found on the PATH; install it and try again.\n",
    )


def test_a_python_that_is_too_old_is_passed_over(run, fresh_copy, path):
    old = path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    status, output = run.finish("/bin/sh", fresh_copy / "bin" / "demo", PATH=str(path))
    assert status == 2
    assert "Python 3.11 or later is needed" in output


def test_without_uv_and_without_pip_and_venv_it_says_what_to_install(run, fresh_copy, path):
    # A Python as Debian ships it without python3-pip and python3-venv.
    python = path / "python3"
    python.write_text('#!/bin/sh\n[ "$1" = "-m" ] && exit 1\nexec "$REAL" "$@"\n')
    python.chmod(0o755)
    wrapped = fresh_copy / "bin" / "lib" / "sitecustomize.py"
    wrapped.write_text(f"import sys\nsys._base_executable = {str(python)!r}\n")
    real = os.path.realpath(ROOT / ".venv" / "bin" / "python")
    status, output = run.finish(
        "/bin/sh", fresh_copy / "bin" / "manage", PATH=str(path), REAL=real, PYTHONPATH=str(wrapped.parent)
    )
    assert status == 1
    assert "has neither pip nor venv, so uv cannot be installed" in output
    assert "apt-get install python3-venv" in output


def test_when_everything_is_there_nothing_is_installed_again(monkeypatch):
    import environment

    monkeypatch.setattr(environment, "find_uv", lambda: pytest.fail("looked for an installer"))
    environment.prepare()
    assert environment.STAMP.read_bytes() == (ROOT / "requirements.lock").read_bytes()


def test_a_changed_lock_is_installed_and_a_half_done_installation_is_not_taken_for_done(monkeypatch, tmp_path):
    import environment

    stamp, lock, calls = tmp_path / "stamp", tmp_path / "lock", []
    stamp.write_text("old")
    lock.write_text("new")
    for name, value in {"STAMP": stamp, "LOCK": lock, "TOOLS": tmp_path, "find_uv": lambda: "uv"}.items():
        monkeypatch.setattr(environment, name, value)

    def fail(command: list[str], what: str) -> None:
        calls.append(command[:3])
        raise environment.SetUpFailed(what)

    monkeypatch.setattr(environment, "_run", fail)
    with pytest.raises(environment.SetUpFailed):
        environment.prepare()
    assert not stamp.exists()
    monkeypatch.setattr(environment, "_run", lambda command, what: calls.append(command[:3]))
    environment.prepare()
    assert calls == [["uv", "pip", "sync"]] * 2
    assert stamp.read_text() == "new"


@pytest.mark.parametrize("own", ["", "/their/own"])
def test_where_no_bytecode_may_lie_beside_its_source_it_is_kept_elsewhere(monkeypatch, own):
    import environment

    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", own) if own else monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    monkeypatch.setattr("sys.pycache_prefix", None)
    environment.keep_bytecode()
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
    assert os.environ["PYTHONPYCACHEPREFIX"] == (own or str(ROOT / ".tools" / "bytecode"))
    assert (sys.dont_write_bytecode, sys.pycache_prefix) == (False, os.environ["PYTHONPYCACHEPREFIX"])


def test_a_browser_that_is_named_but_is_none_is_refused(monkeypatch):
    import chromium

    monkeypatch.setenv("FIRSTMILE_CHROMIUM", "/dev/null")
    with pytest.raises(chromium.NoChromium, match="FIRSTMILE_CHROMIUM names /dev/null, which is no program"):
        chromium.path()


def test_without_a_browser_and_without_the_right_to_install_one_it_says_how(monkeypatch, tmp_path):
    import chromium

    monkeypatch.delenv("FIRSTMILE_CHROMIUM", raising=False)
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(chromium, "APPLICATIONS", [])
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(chromium.NoChromium, match=r"apt-get install chromium; elsewhere: \.venv/bin/playwright"):
        chromium.path()


def test_only_one_of_the_two_addresses_is_refused(run, tmp_path):
    status, output = run.finish(ROOT / "bin" / "manage", "--data", tmp_path, "check", REDIS_URL="redis://localhost")
    assert (status, output) == (
        2, "bin/manage: Only REDIS_URL is set; set both DATABASE_URL and REDIS_URL, or neither.\n"
    )  # fmt: skip
