"""Entries as a file, read and written bit by bit: CSV for spreadsheets, with formulas defused, and JSON by lines.

Some entries keep whole documents, so a file may be larger than what a process should hold.
"""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from workspaces.audit.csv_text import csv_text
from workspaces.audit.models import Entry

COLUMNS = ("at", "actor", "action", "target_type", "target_id", "target", "means", "name", "address", "details")


def as_csv(found: QuerySet[Entry]) -> Iterator[str]:
    head = csv_text(COLUMNS, [])
    yield head
    for row in _rows(found):
        row["details"] = json.dumps(row["details"], cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
        yield csv_text(COLUMNS, [row]).removeprefix(head)


def as_json(found: QuerySet[Entry]) -> Iterator[str]:
    """One entry a line (JSON Lines)."""
    for row in _rows(found):
        yield json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False) + "\n"


def _rows(found: QuerySet[Entry]) -> Iterator[dict[str, Any]]:
    return found.values(*COLUMNS).iterator(chunk_size=200)
