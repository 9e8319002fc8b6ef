"""Whether two pieces of plain data say the same. Python's == is no help: to it 1 and true are equal. Pure."""

import json
from typing import Any


def exact(data: Any) -> str:
    """One spelling of plain data: two pieces have the same one exactly when they say the same."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(", ", ": "))


def same(before: Any, after: Any) -> bool:
    return exact(before) == exact(after)
