"""What a run needs from its data folder: the servers' addresses, and a signing secret of the folder's own."""

import contextlib
import os
import secrets
import sys
from pathlib import Path

from embedded import Attachment, ServersFailed, attach
from environment import ROOT

TRAVEL = ROOT.parent / "shared" / "data" / "travel.jsonl.gz"


def default() -> Path:
    """FIRSTMILE_DATA, else .data in the project."""
    return Path(os.environ.get("FIRSTMILE_DATA") or ROOT / ".data")


def servers(data: Path, *, throw_away: bool = False) -> Attachment | None:
    """Attach to the folder's servers, or None when DATABASE_URL and REDIS_URL name real ones."""
    named = [name for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)]
    if len(named) == 1:
        raise ServersFailed(f"Only {named[0]} is set; set both DATABASE_URL and REDIS_URL, or neither.")
    return None if named else attach(data, throw_away=throw_away)


def variables(data: Path, attachment: Attachment | None) -> dict[str, str]:
    """The environment for Firstmile's own processes: what the caller set, else a development of this folder's."""
    own = {"FIRSTMILE_ENV": "development", "DJANGO_SETTINGS_MODULE": "config.settings", "PYTHONPATH": str(ROOT)}
    if data.exists() and not os.environ.get("FIRSTMILE_SECRET_KEY"):
        own["FIRSTMILE_SECRET_KEY"] = secret_key(data)
    if TRAVEL.exists():
        own["FIRSTMILE_TRAVEL"] = str(TRAVEL)
    return {**own, **os.environ, **(attachment.environment if attachment else {})}


def secret_key(data: Path) -> str:
    """The folder's signing secret, made on first use and readable by its owner alone."""
    file, new = data / "secret-key", data / f"secret-key.{os.getpid()}"
    if not file.exists():
        data.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as output:
            output.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):  # another first use was quicker: its secret counts
            os.link(new, file)
        new.unlink()
    return file.read_text()


def refuse(program: str, sentence: object) -> None:
    """End with one sentence and the status of a wrong call."""
    print(f"bin/{program}: {sentence}", file=sys.stderr)
    sys.exit(2)
