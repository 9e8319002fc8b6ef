"""docs/installing-the-widget.md names what there is."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEXT = (ROOT / "docs" / "installing-the-widget.md").read_text()
TYPES = (ROOT / "static" / "sdk" / "firstmile.d.ts").read_text()
MODULE = (ROOT / "static" / "sdk" / "firstmile.mjs").read_text()
EMBED = "".join(path.read_text() for path in (ROOT / "onboarding" / "widget" / "embed").glob("*.py"))

pytestmark = pytest.mark.pure


def table_after(heading: str) -> str:
    return TEXT.partition(heading)[2].partition("\n\n")[2].partition("\n\n")[0]


def names_in(text: str) -> set[str]:
    return {name for cell in re.findall(r"(?m)^\| ([^|]+) \|", text) for name in re.findall(r"`(\w+)[(`]", cell)}


def test_every_call_and_no_other_is_told_with_its_types():
    told = names_in(TEXT.partition("## The calls")[2].partition("Options:")[0])
    typed = set(re.findall(r"(?m)^  (\w+)(?:<[^>]*>)?\(", TYPES))
    made = set(re.findall(r"(?m)^    (\w+)(?:\(|:|,$)", MODULE.partition("const calls = {")[2].partition("\n  };")[0]))
    assert told | {"push"} == typed
    assert told == made


def test_every_event_and_no_other_is_told_with_its_types():
    told = names_in(TEXT.partition("### What happens")[2].partition("A step's button")[0])
    typed = set(re.findall(r"(?m)^  (\w+):", TYPES.partition("interface Events")[2].partition("\n}")[0]))
    assert told - {"on"} == typed


def test_every_code_that_is_explained_can_come():
    codes = re.findall(r"\(`(\w+)`\)", TEXT)
    assert len(codes) >= 8
    for code in codes:
        assert f'"{code}"' in EMBED + MODULE, code
    for sentence in re.findall(r"(?m)^\| `([^`]+?) ?(?:…|https://…) ?`", TEXT.partition("## When something")[2]):
        start = sentence.replace("https://… ", "").strip("… ")
        assert start in re.sub(r'"\s*\n\s*f?"', "", EMBED + MODULE), start
