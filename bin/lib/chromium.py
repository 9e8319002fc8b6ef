"""Finds the Chromium that the browser tests drive, or installs it, or says how to.

Best is the build without windows (chromium-headless-shell): in the same engine a page opens at less than half the cost,
since the ordinary one keeps a whole browser around each, even without a head.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SHELLS = ["chromium-headless-shell", "chrome-headless-shell"]
NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]
APPLICATIONS = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
DOWNLOADED_SHELLS = ["chromium_headless_shell-*/chrome-*/*headless*shell"]
DOWNLOADED = ["chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/*.app/Contents/MacOS/*"]


class NoChromium(Exception):
    """There is no Chromium and it could not be installed; the message says what to do."""


def path() -> str:
    """The path of a Chromium: FIRSTMILE_CHROMIUM, else one without windows (as root on Debian a new one), else any."""
    found = _named() or _without_windows()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium without windows for the browser tests (once).", file=sys.stderr, flush=True)
        _install("chromium-headless-shell")
        found = _without_windows()
        if not found and not _any():
            _install("chromium")
    found = found or _any()
    if found:
        return found
    raise NoChromium(
        "The browser tests need Chromium and there is none. Install it (on Debian and Ubuntu: apt-get install "
        "chromium; elsewhere: .venv/bin/playwright install chromium), or name one in FIRSTMILE_CHROMIUM, "
        "or leave these tests out with: bin/test -m 'not browser'"
    )


def _install(package: str) -> None:
    """With apt-get, as far as that goes: whether the program is there now is for the caller to see."""
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", package]):
        quick = ["-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20"]
        subprocess.run(["apt-get", "-qq", *quick, *command], env=variables, stdout=sys.stderr, check=False)


def _named() -> str | None:
    named = os.environ.get("FIRSTMILE_CHROMIUM")
    if named and not os.access(named, os.X_OK):
        raise NoChromium(f"FIRSTMILE_CHROMIUM names {named}, which is no program.")
    return named


def _without_windows() -> str | None:
    return _on_the_path(SHELLS) or _downloaded(DOWNLOADED_SHELLS)


def _any() -> str | None:
    installed = (file for file in APPLICATIONS if os.access(file, os.X_OK))
    return _on_the_path(NAMES) or next(installed, None) or _downloaded(DOWNLOADED)


def _on_the_path(names: list[str]) -> str | None:
    return next((program for name in names if (program := shutil.which(name))), None)


def _downloaded(patterns: list[str]) -> str | None:
    """What playwright has downloaded."""
    folders = [Path.home() / ".cache" / "ms-playwright", Path.home() / "Library" / "Caches" / "ms-playwright"]
    if chosen := os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        folders.insert(0, Path(chosen))
    files = [str(file) for folder in folders for pattern in patterns for file in sorted(folder.glob(pattern))]
    return next((file for file in files if os.access(file, os.X_OK)), None)
