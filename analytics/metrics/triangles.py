"""Which cells of a triangle may be told: cohorts in rows, ages in columns, few people in some of them. Pure."""

from collections.abc import Sequence

from analytics.metrics.sizes import WITHHELD_BELOW
from analytics.stats import NotComputable, withhold

WITHHELD = NotComputable("withheld: fewer than five people, or they could be reckoned from it")


def withheld(rows: Sequence[Sequence[int]]) -> list[list[bool]]:
    """For each cell of rows of people, whether it is withheld; 0 is a cell of which nothing is told anyway.

    The total of a column stands elsewhere on the page, so each is a table of its own (stats.withhold): a cell of few
    people takes the next smallest of its column with it. Later columns have fewer people, and may need other rows.
    """
    if not rows:
        return []
    columns = [withhold(column, WITHHELD_BELOW).groups for column in zip(*rows, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)] or [[] for _ in rows]
