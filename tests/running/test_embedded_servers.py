"""One data folder, its PostgreSQL and Redis, and any number of processes that use them and end as they like."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest
import redis

PROGRAM = Path(__file__).with_name("attached.py")


class User:
    """A process that is attached to a data folder."""

    def __init__(self, data: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.facts = json.loads(self.process.stdout.readline())

    def leave(self) -> None:
        self.process.communicate("", timeout=60)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A data folder that the tests of this file share, one after the other."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture
def attach(folder) -> Iterator[Callable[..., User]]:
    users = []

    def start(data: Path = folder) -> User:
        users.append(User(data))
        return users[-1]

    yield start
    for user in users:
        if user.process.poll() is None:
            user.leave()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def _any_runs(user: User) -> bool:
    return any(_runs(pid) for pid in user.facts["pids"].values())


def _ask(url: str, query: str) -> tuple:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()


def test_the_application_is_an_ordinary_role_that_owns_nothing_and_the_owner_owns_the_database(attach):
    facts = attach().facts
    powers = "SELECT current_user, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = {}"
    assert _ask(facts["DATABASE_URL"], powers.format("current_user")) == ("firstmile_app", False, False, False, False)
    assert _ask(facts["DATABASE_OWNER_URL"], powers.format("current_user")) == (
        "firstmile_owner", False, False, False, True,
    )  # fmt: skip
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert _ask(facts["DATABASE_URL"], owner) == ("firstmile_owner",)


def test_both_are_real_servers_that_listen_on_no_network(attach):
    facts = attach().facts
    assert _ask(facts["DATABASE_URL"], "SHOW listen_addresses") == ("",)
    assert _ask(facts["DATABASE_URL"], "SELECT current_setting('server_version_num')::int / 10000") == (18,)
    assert redis.Redis.from_url(facts["REDIS_URL"]).config_get("port") == {"port": "0"}


def test_users_share_the_servers_and_the_last_to_leave_stops_them(attach):
    first, second = attach(), attach()
    assert first.facts["pids"] == second.facts["pids"]
    first.leave()
    assert _any_runs(second)
    assert _ask(second.facts["DATABASE_URL"], "SELECT 1") == (1,)
    second.leave()
    assert not _any_runs(second)


def test_a_user_that_is_killed_leaves_nothing_running(attach, eventually):
    user = attach()
    user.kill()
    eventually(lambda: not _any_runs(user))


def test_data_stays_from_one_start_to_the_next(attach):
    first = attach()
    with closing(psycopg2.connect(first.facts["DATABASE_OWNER_URL"])) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (42)")
        connection.commit()
    first.leave()
    assert _ask(attach().facts["DATABASE_OWNER_URL"], "SELECT n FROM kept") == (42,)


def test_servers_that_were_all_killed_do_not_keep_new_ones_from_starting(attach, eventually):
    before = attach()
    for pid in (_keeper(before), *before.facts["pids"].values()):
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not _any_runs(before))
    before.kill()
    assert _ask(attach().facts["DATABASE_URL"], "SELECT 1") == (1,)


def test_a_process_that_got_the_number_of_a_dead_server_is_left_alone(attach, folder):
    attach().leave()
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (folder / "postgres" / "postmaster.pid").write_text(f"{bystander.pid}\n{folder}/postgres\n")
    leftover = {"sockets": str(folder / "sockets"), "pids": {"postgres": bystander.pid, "redis": bystander.pid}}
    (folder / "servers" / "running.json").write_text(json.dumps(leftover))
    assert _ask(attach().facts["DATABASE_URL"], "SELECT 1") == (1,)
    assert bystander.poll() is None
    bystander.communicate(b"\n")


def test_a_folder_too_long_for_a_socket_or_with_odd_characters_works(attach, tmp_path):
    deep = tmp_path / ("a folder, with % and ? " * 5)
    user = attach(deep)
    assert _ask(user.facts["DATABASE_URL"], "SELECT 1") == (1,)
    assert redis.Redis.from_url(user.facts["REDIS_URL"]).ping()
    sockets = Path(user.facts["sockets"])
    assert sockets.exists()
    user.leave()
    assert not sockets.exists()


@pytest.mark.parametrize("folder", ["/dev/null/data", "/proc/nowhere"])
def test_a_folder_that_cannot_be_written_is_named_in_one_sentence(folder):
    import embedded

    with pytest.raises(embedded.DataFolderUnusable, match=rf"^The data folder {folder} cannot be written \("):
        embedded.attach(Path(folder))


def _keeper(user: User) -> int:
    stat = Path(f"/proc/{user.facts['pids']['postgres']}/stat").read_text()
    return int(stat.rsplit(")", 1)[1].split()[1])
