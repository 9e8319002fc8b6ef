"""What is said of an account's size when it begins and, if it changes, within its first month. Pure."""

from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

from config.demo.story import Growth


class Said(NamedTuple):
    at: datetime
    traits: dict[str, int]


def values(growth: Growth, random: Random, size: str, began_at: datetime) -> tuple[Said, ...]:
    """One saying, or two: the second on a day before the thirtieth."""
    much = random.randint(*growth.starts[size])
    start = Said(began_at, {growth.trait: much})
    way = random.choices((1, -1, 0), weights=(growth.more, growth.less, 1 - growth.more - growth.less))[0]
    if not way:
        return (start,)
    changed = max(1, much + way * max(1, round(much * random.uniform(0.1, 0.6))))
    return start, Said(began_at + timedelta(days=random.uniform(4, 26)), {growth.trait: changed})
