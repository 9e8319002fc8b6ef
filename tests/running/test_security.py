"""What a security questionnaire asks of the project itself: production's checks, secrets in files, rules on code."""

import re
import subprocess
import sys

import pytest

from tests.processes import environment
from tests.running.conftest import ROOT

PRODUCTION = {
    "FIRSTMILE_ENV": "production",
    "FIRSTMILE_SECRET_KEY": "not-a-real-one-but-long-enough-" + "a1B2" * 10,
    "FIRSTMILE_ALLOWED_HOSTS": "firstmile.example",
    "FIRSTMILE_BASE_URL": "https://firstmile.example",
    "FIRSTMILE_LOG_LEVEL": "WARNING",
}

# What secrets of services look like, and our own keys.
SECRETS = re.compile(
    r"AKIA[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36}|xox[abprs]-[A-Za-z0-9-]{20,}|sk_live_[A-Za-z0-9]{16,}|AIza[\w-]{35}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}"
    r"|fm_(?:write|secret|flags|identity)_[\w-]{24,}|whsec_[A-Za-z0-9+/]{32,}={0,2}"
    r"|postgres(?:ql)?://\w+:(?!password|secret|\$|%)[^@\s\"'{}$<>]{12,}@"
)
ASSIGNED = re.compile(r"(?i)(?:secret|password|passwd|api_?key|token)\w*\s*[:=]\s*[\"']([A-Za-z0-9+/_=-]{32,})[\"']")


def tracked():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and not name.startswith("static/vendor/") and not name.endswith((".lock", ".png", ".woff2")):
            yield name, path.read_bytes().decode("utf-8", "replace")


def is_random(text):
    """Letters of both cases and figures, without a word to read: as a generator makes it."""
    return len(set(text)) >= 16 and all(re.search(kind, text) for kind in ("[a-z]", "[A-Z]", "[0-9]"))


@pytest.mark.pure
def test_no_secret_stands_in_a_file_of_the_project():
    found = []
    for name, text in tracked():
        found += [
            (name, match[0][:40])
            for match in SECRETS.finditer(text)
            if not match[0].startswith("fm_") or is_random(match[0])  # made up for a test, and to be read
        ]
        found += [(name, match[0][:60]) for match in ASSIGNED.finditer(text) if is_random(match[1])]
    assert found == []


@pytest.mark.pure
def test_the_scan_finds_what_it_should():
    assert SECRETS.search("key = " + "AKIA" + "ABCDEFGHIJKLMNOP")
    assert SECRETS.search("-----BEGIN RSA " + "PRIVATE KEY-----")
    assert SECRETS.search("postgresql://app:" + "Tr0ub4dor-and-3" + "@db/x")
    match = ASSIGNED.search('API_KEY = "' + "q8Zr2Lw9Xc4Vb7Nm1Kj6Hg3Fd5Sa0PoIu" + '"')
    assert match
    assert is_random(match[1])


def test_djangos_checks_for_deployment_find_nothing_under_productions_settings():
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT, env={**environment(), **PRODUCTION}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout
