"""The starter packs: whole ladders for common kinds of product, written as files beside this one. No database.

pack: {product, product_name, summary}    # which kind of product; the file is called <product>-<role>.yaml
ladder: {…}                               # see docs/ladders-yaml.md
"""

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from milestones.ladders.document import Document, DocumentError, read
from milestones.ladders.yaml_text import load_as
from milestones.library.problems import Problems

CONTENT = Path(__file__).parent / "content"
FIELDS = ("product", "product_name", "summary")


@dataclass(frozen=True)
class Pack:
    """`document` is canonical; whoever changes it changes a copy."""

    key: str
    product: str
    product_name: str
    summary: str
    document: Document

    @property
    def name(self) -> str:
        return str(self.document["name"])

    @property
    def role(self) -> str:
        return str(self.document["role"]["key"])

    @property
    def role_name(self) -> str:
        return str(self.document["role"]["name"])

    @property
    def milestones(self) -> list[Document]:
        return [rung["milestone"] for rung in self.document["rungs"]]

    @property
    def first_value(self) -> str:
        """The name of the milestone at which a user has got real value."""
        return next(str(rung["milestone"]["name"]) for rung in self.document["rungs"] if rung.get("first_value"))


@functools.cache
def all_packs() -> tuple[Pack, ...]:
    """Every pack, by kind of product and there in the order of the roles. DocumentError if a file is wrong."""
    packs = [read_pack(path.stem, path.read_text(encoding="utf-8")) for path in sorted(CONTENT.glob("*.yaml"))]
    return tuple(sorted(packs, key=lambda pack: (pack.product_name, pack.document["role"]["precedence"], pack.key)))


def pack_named(key: str) -> Pack | None:
    return next((pack for pack in all_packs() if pack.key == key), None)


def read_pack(key: str, text: str) -> Pack:
    """The pack that a file holds. Raises DocumentError with every problem and its line."""
    about: dict[str, str] = {}

    def whole(data: Any) -> Document:
        problems = Problems()
        if problems.mapping(data, "", known=("pack", "ladder")) is not None:
            head = problems.mapping(data.get("pack"), "pack", known=FIELDS) or {}
            about.update({name: problems.text(head.get(name), f"pack.{name}", longest=1_000) for name in FIELDS})
        if problems:
            raise DocumentError(problems)
        return read({"ladder": data.get("ladder")})

    document = load_as(text, whole)
    return Pack(key=key, document=document, **about)
