"""How the people of a fictional company behave: the shape that a company's story is told in. Pure.

A `Way` leads through `steps` to first value: each is taken by a share of those who took the one before, some time
after it, and whoever doesn't take a step takes none of the later ones. `extras` happen besides, `usage` again and
again. Times are medians; every single time is drawn log-normally around them.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Step:
    event: str
    share: float  # of those who took the step before
    days: float  # median time after the step before
    times: int = 1
    properties: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Extra:
    event: str
    share: float  # of those who reach first value; of the others a quarter of it
    days: float  # median time after signing up
    times: int = 1
    properties: dict[str, Any] = field(default_factory=dict)
    traits: dict[str, Any] = field(default_factory=dict)  # said by an identify shortly after


@dataclass(frozen=True)
class Way:
    steps: tuple[Step, ...]  # the last one is first value
    extras: tuple[Extra, ...]


@dataclass(frozen=True)
class Uptake:
    """A feature that a step unlocks, and the event by which it is used: by a share of those who got it."""

    feature: str
    unlocked_by: str  # the step's event, the first of which unlocks it
    event: str
    share: float
    days: float  # median time after the unlock


@dataclass(frozen=True)
class Role:
    key: str  # the value of the trait "role"
    share: float  # of everybody but the first person of an account, who is of the first role
    way: Way
    usage: tuple[str, ...]  # what they do again and again once they have got value
    new_way: Way | None = None  # for those who sign up after `Company.changed_days_ago`
    uptakes: tuple[Uptake, ...] = ()


@dataclass(frozen=True)
class Growth:
    """A value of accounts: what it is at first, by size, and how many accounts have more or less a month later."""

    trait: str
    starts: dict[str, tuple[int, int]]
    more: float
    less: float


@dataclass(frozen=True)
class Choice:
    """The values that a trait can have, with their weights."""

    values: tuple[str, ...]
    weights: tuple[float, ...]


@dataclass(frozen=True)
class Company:
    """A workspace of the demo: a company that offers a product to accounts."""

    slug: str
    name: str
    time_zone: str
    product_manager: str
    executive: str
    ladders: tuple[str, ...]  # files, in the order of publication; a second version comes `changed_days_ago`
    seed: str
    days: int
    accounts: int
    changed_days_ago: float
    roles: tuple[Role, ...]
    plans: Choice
    industries: Choice
    sizes: Choice
    people: dict[str, float]  # mean number of people by size
    regions: dict[str, tuple[float, int]]  # weight, and hours from UTC
    pace: dict[str, float]  # by plan: factor on every time on the way
    playbooks: tuple[str, ...] = ()  # files of what people wrote
    languages: tuple[str, ...] = ()  # further ones for end users
    connected: bool = False  # whether its product uses features and webhooks
    recommends: dict[str, tuple[float, float, float]] = field(default_factory=dict)  # by plan: 9–10, 7–8, 0–6
    drafted: str = ""  # key of the ladder whose next version is under way
    tried_out: str = ""  # file of the ladder whose next version comes from the environment for tests
    workflows: dict[str, str] = field(default_factory=dict)  # key workflows: what each is called, and its event
    uses: dict[str, str] = field(default_factory=dict)  # by feature: the event of it among what they do anyway
    grows: Growth | None = None
    loyal: dict[str, float] = field(default_factory=dict)  # by industry: share of weeks in which they come besides
