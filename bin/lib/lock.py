"""bin/lock [--upgrade | --upgrade-package NAME]: write the lists of locked packages from pyproject.toml anew.

Without an argument the versions in the lists stay where they still fit. The lists name packages, versions and
hashes but no registry, so that they install the same from any mirror (docs/decisions/0001).
"""

import os
import subprocess
import sys

import environment

COMPILE = ["pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
COMPILE += ["--no-emit-index-url", "--no-emit-find-links", *sys.argv[1:]]

LISTS = {
    "requirements.lock": ["--group", "embedded", "--group", "dev", "pyproject.toml"],
    "requirements-production.lock": ["pyproject.toml", "--constraint", "requirements.lock"],  # what was tested
    str(environment.UV_LOCK.relative_to(environment.ROOT)): ["-"],
}


def main() -> None:
    try:
        uv = environment.find_uv()
    except environment.SetUpFailed as failure:
        sys.exit(f"bin/lock: {failure}")
    variables = {**environment.uv_environment(), "UV_CUSTOM_COMPILE_COMMAND": "bin/lock"}
    os.chdir(environment.ROOT)
    for target, source in LISTS.items():
        command = [uv, *COMPILE, *source, "--output-file", target]
        done = subprocess.run(
            command, env=variables, input="uv>=0.5\n", text=True, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            sys.exit(f"bin/lock: {target} could not be written (the reason is above).")
        print(f"wrote {target}")


if __name__ == "__main__":
    main()
