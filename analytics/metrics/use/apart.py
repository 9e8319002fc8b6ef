"""What may be told of parts of the people, where everybody stands beside them. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from analytics.metrics.sizes import WITHHELD_BELOW
from analytics.metrics.use.answer import Use
from analytics.metrics.use.retention import parts_withheld
from analytics.stats import withhold


def told_apart(everybody: Use, parts: Mapping[str, Use], people: Mapping[str, int]) -> dict[str, Use]:
    """The same parts by their values, with the periods marked in which nothing may be told of who stays.

    `people` began with each value, also those of no part. A part of few is not told, nor is another that it takes to
    keep it unknown; then each period by itself, of those who have been watched for it.
    """
    ranked = sorted(people, key=lambda value: (-people[value], value))
    hidden = withhold([max(people[value], 0) for value in ranked], WITHHELD_BELOW)
    kept = {value for value, is_hidden in zip(ranked, hidden.groups, strict=True) if not (is_hidden or hidden.total)}
    apart = [value for value in parts if value in kept]
    found = {}
    marks = {
        key: dict(zip(apart, parts_withheld(whole, [parts[value].retention[key] for value in apart]), strict=True))
        for key, whole in everybody.retention.items()
    }
    for value, part in parts.items():
        found[value] = replace(
            part,
            retention={
                key: replace(one, withheld=marks[key].get(value, frozenset(cell.period for cell in one.overall)))
                for key, one in part.retention.items()
            },
        )
    return found
