"""Two tiers of tests (docs/decisions/0147): what runs before every change, and what exhausts.

`bin/test --exhaustive` runs both, and tries properties with all of their examples; every day it is a fifth of them, and
others each time.
"""

import os

EXHAUSTIVE = bool(os.environ.get("FIRSTMILE_EXHAUSTIVE"))
FEWEST = 5


def examples(number: int) -> int:
    """How many examples to try where so many exhaust a property."""
    return number if EXHAUSTIVE else max(number // 5, FEWEST)
