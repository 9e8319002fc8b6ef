"""Finds the Chromium that the browser tests drive, or installs it, or says how to."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
APPLICATIONS = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
DOWNLOADED = ["chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*"]


class NoChromium(Exception):
    """There is no Chromium and it could not be installed; the message says what to do."""


def path() -> str:
    """The path of a Chromium: FIRSTMILE_CHROMIUM, the PATH's, playwright's own, or (Debian, as root) a new one."""
    found = _found()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser tests (once).", file=sys.stderr, flush=True)
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(["apt-get", "-qq", *command], env=variables, stdout=sys.stderr, check=False)
        found = _found()
        if found:
            return found
    raise NoChromium(
        "The browser tests need Chromium and there is none. Install it (on Debian and Ubuntu: apt-get install "
        "chromium; elsewhere: .venv/bin/playwright install chromium), or name one in FIRSTMILE_CHROMIUM, "
        "or leave these tests out with: bin/test -m 'not browser'"
    )


def _found() -> str | None:
    named = os.environ.get("FIRSTMILE_CHROMIUM")
    if named:
        if not os.access(named, os.X_OK):
            raise NoChromium(f"FIRSTMILE_CHROMIUM names {named}, which is no program.")
        return named
    for name in NAMES:
        if program := shutil.which(name):
            return program
    folders = [Path.home() / ".cache" / "ms-playwright", Path.home() / "Library" / "Caches" / "ms-playwright"]
    if chosen := os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        folders.insert(0, Path(chosen))
    downloads = [str(file) for folder in folders for pattern in DOWNLOADED for file in sorted(folder.glob(pattern))]
    return next((file for file in [*APPLICATIONS, *downloads] if os.access(file, os.X_OK)), None)
