"""bin/demo says in one sentence what cannot work, with the status of a wrong call, before it starts anything."""

import re
import socket
from collections.abc import Iterator

import pytest

from tests.running.conftest import ROOT


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def _refused(run, *arguments) -> str:
    status, output = run.finish(ROOT / "bin" / "demo", *arguments)
    assert status == 2, output
    assert run.names() == []
    (line,) = output.splitlines()
    return line


def test_a_taken_port(run, taken_port, tmp_path):
    line = _refused(run, "--port", taken_port, "--data", tmp_path / "data")
    assert line == f"bin/demo: Port {taken_port} is taken; choose another with --port."
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("folder", ["/proc/nowhere", "/dev/null/data"])
def test_a_data_folder_that_cannot_be_written(run, folder):
    line = _refused(run, "--port", 0, "--data", folder)
    assert re.fullmatch(
        rf"bin/demo: The data folder {folder} cannot be written \(.+\); choose another with --data.", line
    )


def test_a_data_folder_in_which_another_demo_runs(run, tmp_path):
    import fcntl

    import embedded

    folder = embedded.Folder(tmp_path)
    folder.make()
    assert embedded.lock_at_once(folder.lock("demo"), fcntl.LOCK_EX)
    line = _refused(run, "--port", 0, "--data", tmp_path)
    assert line == f"bin/demo: Another bin/demo runs in {tmp_path}; choose another folder with --data."


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--port", "99999"], "99999 is no port; choose one from 1 to 65535 with --port."),
        (["--port", "http"], "argument --port: invalid int value: 'http'; bin/demo --help tells what is possible."),
        (["--prot", "1"], "unrecognized arguments: --prot 1; bin/demo --help tells what is possible."),
        (["--ready", "/dev/null/x"], "/dev/null/x cannot be written (Not a directory)."),
    ],
)
def test_arguments_that_mean_nothing(run, tmp_path, arguments, sentence):
    assert _refused(run, "--data", tmp_path, *arguments) == f"bin/demo: {sentence}"
