"""The demo's events: a company's story told as messages in Segment's shape. Pure and deterministic.

Every account and every person draws from a random stream of its own, seeded by a text (which Python hashes with
SHA-512 whatever PYTHONHASHSEED says), so the same story, seed and `now` always give the same messages.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from config.demo import growth, names
from config.demo.story import Choice, Company, Extra, Role, Way

Message = dict[str, Any]

SPREAD = 0.7  # of the logarithm of a time: two thirds lie within half and twice the median
JOIN_DAYS = 12.0  # mean time until a colleague follows the first person of an account
UPGRADES = 0.06  # share of accounts that move up a plan
VISITS = 0.12  # share of people who looked around before they signed up
WORK = (7, 18)  # hours of a working day, in the region's time
WEEKEND_WORK = 0.4  # docks run at the weekend too, with fewer people


@dataclass(frozen=True)
class Account:
    key: str
    name: str
    domain: str
    began_at: datetime
    people: int
    plan: str
    industry: str
    size: str
    region: str
    hours_from_utc: int
    upgraded_at: datetime | None
    values: tuple[growth.Said, ...]


def messages(company: Company, *, now: datetime) -> list[Message]:
    """Everything that the company's people did in the `company.days` before `now`, in the order of time."""
    found: list[tuple[datetime, str, Message]] = []
    for account in _accounts(company, now):
        for number in range(account.people):
            found += _Person(company, account, number, now).tell()
    found.sort(key=lambda told: (told[0], told[1]))
    return [message for _, _, message in found]


def _accounts(company: Company, now: datetime) -> Iterator[Account]:
    first_day = now - timedelta(days=company.days)
    for number in range(company.accounts):
        random = Random(f"{company.seed}/account/{number}")
        size = _chosen(random, company.sizes)
        industry = _chosen(random, company.industries)
        region = _chosen(
            random, Choice(tuple(company.regions), tuple(weight for weight, _ in company.regions.values()))
        )
        hours = company.regions[region][1]
        name = names.firm(random, industry)
        # The power makes later days busier: the company grows.
        began_at = _at_work(random, first_day + timedelta(days=company.days * random.random() ** 0.8), hours)
        upgrade_days = random.uniform(20, 90) if random.random() < UPGRADES else None
        account = Account(
            key=f"acc-{number:04d}",
            name=name,
            domain=names.plain(name).replace(" ", ""),
            began_at=began_at,
            people=1 + _poisson(random, company.people[size] - 1),
            plan=_chosen(random, company.plans),
            industry=industry,
            size=size,
            region=region,
            hours_from_utc=hours,
            upgraded_at=began_at + timedelta(days=upgrade_days) if upgrade_days else None,
            values=(),
        )
        yield replace(account, values=_values(company, account))


def _values(company: Company, account: Account) -> tuple[growth.Said, ...]:
    # From a stream of its own, so that nothing else is told otherwise.
    random = Random(f"{company.seed}/{account.key}/values")
    return growth.values(company.grows, random, account.size, account.began_at) if company.grows else ()


class _Person:
    """Tells one person's messages."""

    def __init__(self, company: Company, account: Account, number: int, now: datetime) -> None:
        self.company, self.account, self.now = company, account, now
        self.random = Random(f"{company.seed}/{account.key}/{number}")
        self.id = f"{account.key}-{number:03d}"
        self.number = number
        self.name = names.person(self.random)
        self.role = self._role()
        self.pace = company.pace[account.plan]
        self.signed_up_at = self._signed_up_at()
        self.told: list[tuple[datetime, str, Message]] = []

    def tell(self) -> list[tuple[datetime, str, Message]]:
        if self.signed_up_at >= self.now:
            return []
        self._introduce()
        valued_at = self._climb(self._way())
        self._use(valued_at)
        # From a stream of its own, so that nothing before it is told otherwise.
        self.random = Random(f"{self.company.seed}/{self.id}/afterwards")
        self._take_up()
        self._come_besides()
        self._grow()
        return self.told

    def _role(self) -> Role:
        roles = self.company.roles
        if self.number == 0:
            return roles[0]
        return self.random.choices(roles, weights=[role.share for role in roles])[0]

    def _signed_up_at(self) -> datetime:
        if self.number == 0:
            return self.account.began_at
        later = timedelta(days=self.random.expovariate(1 / JOIN_DAYS))
        return _at_work(self.random, self.account.began_at + later, self.account.hours_from_utc)

    def _way(self) -> Way:
        changed_at = self.now - timedelta(days=self.company.changed_days_ago)
        new = self.role.new_way
        return new if new is not None and self.signed_up_at >= changed_at else self.role.way

    def _introduce(self) -> None:
        account, at = self.account, self.signed_up_at
        visitor = f"visitor-{self.id}" if self.random.random() < VISITS else ""
        if visitor:
            seen_at = _at_work(self.random, at - timedelta(days=self.random.uniform(1.5, 6)), account.hours_from_utc)
            self._send(min(seen_at, at - timedelta(minutes=9)), type="page", name="Pricing", anonymousId=visitor)
        traits = {
            "name": self.name,
            "email": names.address(self.name, self.number, account.domain),
            "role": self.role.key,
            "plan": account.plan,
            "industry": account.industry,
            "size": account.size,
            "region": account.region,
        }
        self._send(
            at - timedelta(milliseconds=40),
            type="identify",
            traits=traits,
            **({"anonymousId": visitor} if visitor else {}),
        )
        firm: dict[str, Any] = {
            "name": account.name,
            "plan": account.plan,
            "industry": account.industry,
            "size": account.size,
        }
        if self.number == 0 and account.values:
            firm = {**firm, **account.values[0][1]}
        self._send(at - timedelta(milliseconds=20), type="group", groupId=account.key, traits=firm)
        if self.number == 0:
            self._track(at - timedelta(milliseconds=10), "Account Created")
        self._track(at, "Signed Up")
        if account.upgraded_at and account.upgraded_at > at:
            better = self.company.plans.values.index(account.plan) + 1
            if better < len(self.company.plans.values):
                self._send(account.upgraded_at, type="identify", traits={"plan": self.company.plans.values[better]})

    def _climb(self, way: Way) -> datetime | None:
        """The way to first value and what happens besides. When first value was reached, if it was."""
        at, valued = self.signed_up_at, True
        for step in way.steps:
            if self.random.random() >= step.share:
                valued = False
                break
            for _ in range(step.times):
                at = self._after(at, step.days * self.pace / step.times)
                self._track(at, step.event, step.properties)
        thorough = self.random.random() < 0.35
        for extra in way.extras:
            share = extra.share if valued else extra.share / 4
            if self.random.random() < (max(share, 0.93) if thorough and valued else share):
                self._besides(extra)
        return at if valued and at < self.now else None

    def _besides(self, extra: Extra) -> None:
        at = self.signed_up_at
        for _ in range(extra.times):
            at = self._after(at, extra.days * self.pace / extra.times)
            self._track(at, extra.event, extra.properties)
        if extra.traits:
            self._send(at + timedelta(seconds=2), type="identify", traits=extra.traits)

    def _use(self, valued_at: datetime | None) -> None:
        """Weeks in which the person comes back: often and for long with first value, seldom and briefly without."""
        likely, keep = (0.85, 0.95) if valued_at else (0.42, 0.55)
        week = valued_at or self.signed_up_at
        while (week := week + timedelta(days=7)) < self.now:
            if self.random.random() < likely:
                at = _at_work(
                    self.random, week - timedelta(days=self.random.uniform(0, 6.5)), self.account.hours_from_utc
                )
                self._track(at, "Signed In")
                if valued_at:
                    self._track(self._after(at, 0.01), self.random.choice(self.role.usage), _USED)
            likely *= keep

    def _take_up(self) -> None:
        """Features that were unlocked: used by some, after a while."""
        for uptake in self.role.uptakes:
            unlocked = min(
                (at for at, _, message in self.told if message.get("event") == uptake.unlocked_by), default=None
            )
            if unlocked is not None and self.random.random() < uptake.share:
                self._track(self._after(unlocked, uptake.days), uptake.event)

    def _come_besides(self) -> None:
        """In some industries people look in besides, in many weeks."""
        often = self.company.loyal.get(self.account.industry, 0.0)
        week = self.signed_up_at
        while often and (week := week + timedelta(days=7)) < self.now:
            if self.random.random() < often:
                self._track(week + timedelta(days=self.random.uniform(0.5, 6)), "Signed In")

    def _grow(self) -> None:
        """Who began the account says later what has become of it."""
        for said in self.account.values[1:] if self.number == 0 else ():
            self._send(said.at, type="group", groupId=self.account.key, traits=said.traits)

    def _after(self, at: datetime, days: float) -> datetime:
        later = at + timedelta(days=days * self.random.lognormvariate(0, SPREAD))
        return _at_work(self.random, later, self.account.hours_from_utc)

    def _track(self, at: datetime, event: str, properties: dict[str, Any] | None = None) -> None:
        self._send(at, type="track", event=event, properties=dict(properties or {}))

    def _send(self, at: datetime, **message: Any) -> None:
        if at >= self.now:
            return
        key = f"{self.id}-{len(self.told):03d}"
        who = {} if message["type"] == "page" else {"userId": self.id}
        context = {} if message["type"] in ("page", "group") else {"context": {"groupId": self.account.key}}
        told = {"messageId": key, **who, "timestamp": _text(at), **context, **message}
        self.told.append((at, key, told))


# Usage says where it was done, as real events do; no criterion asks for it.
_USED = {"device": "desktop"}


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _at_work(random: Random, at: datetime, hours_from_utc: int) -> datetime:
    """`at`, or a later time of work in the region if that is in the night or, mostly, at the weekend."""
    there = at + timedelta(hours=hours_from_utc)
    opens, closes = WORK
    if opens <= there.hour < closes and (there.weekday() < 5 or random.random() < WEEKEND_WORK):
        return at
    if there.hour >= opens:
        there += timedelta(days=1)
    while there.weekday() >= 5 and random.random() >= WEEKEND_WORK:
        there += timedelta(days=1)
    # Early in the day more often than late; somewhere in it, so that whole days after one another don't pile up.
    hours = random.triangular(0, closes - opens, 1.5)
    begins = there.replace(hour=opens, minute=0, second=0, microsecond=0)
    return begins + timedelta(hours=hours - hours_from_utc)


def _chosen(random: Random, choice: Choice) -> str:
    return random.choices(choice.values, weights=choice.weights)[0]


def _poisson(random: Random, mean: float) -> int:
    """The number of arrivals in time `mean`, at one per unit of time."""
    count, waited = 0, random.expovariate(1)
    while waited < mean:
        count, waited = count + 1, waited + random.expovariate(1)
    return count
