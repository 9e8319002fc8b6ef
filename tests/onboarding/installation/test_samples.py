"""The code that the guide shows signs tokens that the widget takes; what runs here is run for real."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

import pytest

from onboarding.installation.samples import FILES, HERE, all_samples
from onboarding.widget.embed.identity import identify

pytestmark = pytest.mark.pure

SECRET = "fm_identity_not-so-secret-but-long-enough-for-this"
USER = 'dora "D" \\ é'

JAVA = """public class Main {
  public static void main(String[] names) throws Exception { System.out.print(FirstmileToken.of(names[0])); }
}"""
GO = """package main

import ("fmt"; "os"; firstmile "sample")

func main() { token, _ := firstmile.Token(os.Args[1]); fmt.Print(token) }
"""


def run(command: list[str], folder) -> str:
    environment = {**os.environ, "FIRSTMILE_IDENTITY_SECRET": SECRET, "GOFLAGS": "-mod=mod", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def python(folder) -> str:
    shutil.copy(HERE / "python.py", folder / "sample.py")
    return run([sys.executable, "-c", "import sample, sys; print(sample.firstmile_token(sys.argv[1]))", USER], folder)


def node(folder) -> str:
    code = f"import {{ firstmileToken }} from {json.dumps(str(HERE / 'node.mjs'))};"
    code += "console.log(firstmileToken(process.argv.at(-1)))"
    return run(["node", "--input-type=module", "-e", code, "--", USER], folder)


def ruby(folder) -> str:
    return run(["ruby", "-r", str(HERE / "ruby.rb"), "-e", "print firstmile_token(ARGV[0])", USER], folder)


def php(folder) -> str:
    return run(["php", "-r", f"require '{HERE / 'php.php'}'; echo firstmile_token($argv[1]);", USER], folder)


def go(folder) -> str:
    (folder / "cmd").mkdir()
    shutil.copy(HERE / "go.go", folder / "token.go")
    (folder / "go.mod").write_text("module sample\n\ngo 1.18\n")
    (folder / "cmd" / "main.go").write_text(GO)
    return run(["go", "run", "./cmd", USER], folder)


def java(folder) -> str:
    shutil.copy(HERE / "FirstmileToken.java", folder)
    (folder / "Main.java").write_text(JAVA)
    run(["javac", "-encoding", "UTF-8", "Main.java", "FirstmileToken.java"], folder)
    return run(["java", "-cp", ".", "-Dsun.jnu.encoding=UTF-8", "Main", USER], folder)


NEEDS = {python: sys.executable, node: "node", ruby: "ruby", php: "php", go: "go", java: "javac"}
# Python is what the tests themselves run on, and the browser tests and the SDK's need Node; of the others those that
# are here are run.
RUN = [sample for sample, program in NEEDS.items() if sample in (python, node) or shutil.which(program)]


@pytest.mark.parametrize("sample", RUN, ids=lambda sample: sample.__name__)
def test_its_token_lets_in_the_user_it_names_for_ten_minutes(sample, tmp_path):
    identity = identify(USER, sample(tmp_path), secrets={7: SECRET.encode()}, enforced=True)
    assert (identity.user, identity.secret_id) == (USER, 7)
    assert 590 < identity.expires_at.timestamp() - time.time() <= 600


@pytest.mark.parametrize("sample", all_samples(), ids=lambda sample: sample.key)
def test_each_names_the_claims_and_reads_the_secret_from_the_environment(sample):
    assert set(FILES) == {one.key for one in all_samples()} == {one.__name__ for one in NEEDS}
    assert re.search(r"\bsub\b", sample.code)
    assert re.search(r"\bexp\b", sample.code)
    assert "FIRSTMILE_IDENTITY_SECRET" in sample.code
    assert "HS256" in sample.code
    assert max(len(line) for line in sample.code.splitlines()) < 120
