"""Answers for the description, as they were really given: examples.json, written by the test that sees them.

Of what differs from time to time (ids, moments, secrets) stand-ins are kept; of a list its first item. How they come
about, and that they are still what is answered, see tests/workspaces/api/examples.py.
"""

import functools
import json
from pathlib import Path
from typing import Any

PATH = Path(__file__).with_name("examples.json")


@functools.cache
def answers() -> dict[str, Any]:
    """By an operation's name, the body of a successful answer."""
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return found
