"""bin/bench [NAME…]: runs bench/NAME.py, or all of them, each with fresh and durable embedded servers.

A benchmark prints lines of the form "what: ratio …", measured against something plain in the same run.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import datafolder
import environment
from embedded import ServersFailed

FOLDER = environment.ROOT / "bench"


def main() -> None:
    environment.enter()
    known = sorted(file.stem for file in FOLDER.glob("*.py") if not file.stem.startswith("_"))
    asked = sys.argv[1:] or known
    for name in asked:
        if name not in known:
            datafolder.refuse("bench", f"There is no benchmark {name!r}; there are: {', '.join(known) or 'none'}.")
    sys.exit(max([run(name) for name in asked], default=0))


def run(name: str) -> int:
    folder = Path(tempfile.mkdtemp(prefix="firstmile-bench-"))
    folder.chmod(0o711)  # so that servers started by root, which run as nobody, get through
    attachment = None
    try:
        attachment = datafolder.servers(folder)
        variables = datafolder.variables(folder, attachment)
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=environment.ROOT, env=variables, check=True)
        print(f"== {name}", flush=True)
        command = [sys.executable, str(FOLDER / f"{name}.py")]
        return subprocess.run(command, cwd=environment.ROOT, env=variables, check=False).returncode
    except (ServersFailed, subprocess.CalledProcessError) as failure:
        print(f"bin/bench: {name}: {failure}", file=sys.stderr)
        return 1
    finally:
        if attachment:
            attachment.leave()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
