"""How a customer's server signs who its user is, in each language: whole files, which the tests run."""

import functools
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent


class Sample(NamedTuple):
    key: str
    language: str
    code: str


FILES = {
    "python": ("Python", "python.py"),
    "node": ("Node", "node.mjs"),
    "ruby": ("Ruby", "ruby.rb"),
    "php": ("PHP", "php.php"),
    "go": ("Go", "go.go"),
    "java": ("Java", "FirstmileToken.java"),
}


@functools.cache
def all_samples() -> tuple[Sample, ...]:
    return tuple(
        Sample(key, language, (HERE / name).read_text(encoding="utf-8").strip())
        for key, (language, name) in FILES.items()
    )
