"""The account that the embedded servers run under: PostgreSQL refuses to run as root.

Started by an ordinary user, the servers run as that user and nothing here does anything. Started by root, they run
as `nobody`, which must be let through to the data folder and to the programs.
"""

import os
import pwd
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Account:
    """Whom to become (None: stay who you are), and what had to be opened for it, in sentences."""

    user: int | None = None
    group: int | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def popen(self) -> dict[str, Any]:
        """Arguments for subprocess to start a program under this account."""
        if self.user is None:
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Make `folder` (created when missing) private to this account."""
        folder.mkdir(exist_ok=True)
        if self.user is not None and self.group is not None:
            os.chown(folder, self.user, self.group)
            self._let_through(folder)
        folder.chmod(0o700)

    def allow(self, program: Path, package: Path) -> None:
        """Let the account run `program` of the installed `package`."""
        if self.user is None:
            return
        self._let_through(package)
        if not self._runs(program):
            for path in _files(package):
                _add(path, stat.S_IROTH | (stat.S_IXOTH if path.stat().st_mode & stat.S_IXUSR else 0))

    def _runs(self, program: Path) -> bool:
        try:
            command = [str(program), "--version"]
            return not subprocess.run(command, cwd="/", capture_output=True, check=False, **self.popen).returncode
        except PermissionError:
            return False

    def _let_through(self, path: Path) -> None:
        for folder in path.resolve().parents:
            if _add(folder, stat.S_IXOTH):
                self.notes.append(
                    f"PostgreSQL cannot run as root; so that it can run as nobody, "
                    f"other accounts may now pass through {folder} (chmod o+x)."
                )


def choose(database: Path) -> Account:
    """The account for the servers: whoever owns the `database` folder already, else nobody; never root."""
    if os.geteuid() != 0:
        return Account()
    if database.exists() and database.stat().st_uid != 0:
        owner = database.stat()
        return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _files(package: Path) -> Iterator[Path]:
    # A wheel keeps the libraries that its programs need in a folder beside the package.
    for tree in (package, package.with_name(f"{package.name}.libs")):
        if tree.exists():
            yield tree
            yield from (path for path in tree.rglob("*") if not path.is_symlink())


def _add(path: Path, bits: int) -> bool:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & bits == bits:
        return False
    path.chmod(mode | bits)
    return True
