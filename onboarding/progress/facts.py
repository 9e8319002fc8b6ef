"""What is known of a person, as far as ladders ask for it. Pure values."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from milestones.library.operators import MISSING


class Moment(NamedTuple):
    """One event that counts for a signal. Sorts by time, then by messageId, so that equal times have one order."""

    at: datetime
    message_id: str


class Saying(NamedTuple):
    """One value that a trait was said to have, from `at` until the next saying."""

    at: datetime
    message_id: str
    value: Any


class Ruled(NamedTuple):
    """What members' rulings make of one rung (rulings.py).

    What happened up to `revoked_until` does not count for it; at `completed_at` it was completed by hand, which the
    ruling `ruling_id` says.
    """

    revoked_until: datetime | None = None
    completed_at: datetime | None = None
    ruling_id: int | None = None


UNRULED = Ruled()
RungKey = tuple[int, str]  # the ladder's id, and the rung's key


@dataclass(frozen=True)
class Account:
    """An account's evidence, as far as criteria by account and segments ask for it, in ascending order.

    One value for everybody in the account. Of a signal there may be only its first moments, see Plan.account_needs.
    """

    key: str
    moments: Mapping[str, Sequence[Moment]] = field(default_factory=dict)
    sayings: Mapping[str, Sequence[Saying]] = field(default_factory=dict)


class Membership(NamedTuple):
    """A person belongs to an account, since one of their senders was first seen in it."""

    since: datetime
    account: Account


@dataclass(frozen=True)
class Facts:
    """A person's evidence: per signal its moments, per trait its sayings, each in ascending order; and what members
    ruled.

    `accounts` are in the order in which they were joined; of those joined at once, in the order of their keys.
    `afresh`: what was said before is left out, so that a trait never said in it is not known to be missing.
    """

    seen_at: datetime
    moments: Mapping[str, Sequence[Moment]] = field(default_factory=dict)
    sayings: Mapping[str, Sequence[Saying]] = field(default_factory=dict)
    accounts: Sequence[Membership] = ()

    rulings: Mapping[RungKey, Ruled] = field(default_factory=dict)
    afresh: bool = False

    def after(self, moment: datetime | None) -> "Facts":
        """What happened after the moment, to the person and in their accounts; everything, where there is none."""
        if moment is None:
            return self
        return replace(
            self,
            moments=_moments_after(self.moments, moment),
            sayings=_sayings_after(self.sayings, moment),
            accounts=tuple(
                Membership(
                    since,
                    Account(
                        account.key,
                        _moments_after(account.moments, moment),
                        _sayings_after(account.sayings, moment),
                    ),
                )
                for since, account in self.accounts
            ),
            afresh=True,
        )

    def without_ruling(self, ladder_id: int, rung_key: str) -> "Facts":
        if (ladder_id, rung_key) not in self.rulings:
            return self
        others = {rung: ruled for rung, ruled in self.rulings.items() if rung != (ladder_id, rung_key)}
        return replace(self, rulings=others)

    def in_order(self) -> "Facts":
        """The same with everything in ascending order, and each message once."""
        return replace(
            self,
            moments={signal: sorted(set(found)) for signal, found in self.moments.items()},
            sayings={
                name: [saying for _, saying in sorted({said[:2]: said for said in told}.items())]
                for name, told in self.sayings.items()
            },
        )

    def joined(self, other: "Facts") -> "Facts":
        """What both say of one person, taken together; the rest is the other's."""
        return replace(
            other,
            seen_at=min(self.seen_at, other.seen_at),
            moments={
                signal: [*self.moments.get(signal, ()), *other.moments.get(signal, ())]
                for signal in self.moments.keys() | other.moments.keys()
            },
            sayings={
                name: [*self.sayings.get(name, ()), *other.sayings.get(name, ())]
                for name in self.sayings.keys() | other.sayings.keys()
            },
        ).in_order()

    def trait_at_start(self, name: str, start: datetime) -> Any:
        """The value at the start of a journey; where none was said by then, the first one said after it.

        Products commonly send the sign-up event just before the identify call that describes who signed up.
        """
        return value_at_start(self.sayings.get(name, ()), start)

    def account_trait_at_start(self, name: str, start: datetime) -> Any:
        """The same of a trait of the account that they joined first, whenever that was."""
        return value_at_start(self.accounts[0].account.sayings.get(name, ()), start) if self.accounts else MISSING


def _moments_after(moments: Mapping[str, Sequence[Moment]], moment: datetime) -> dict[str, list[Moment]]:
    return {signal: [one for one in found if one.at > moment] for signal, found in moments.items()}


def _sayings_after(sayings: Mapping[str, Sequence[Saying]], moment: datetime) -> dict[str, list[Saying]]:
    return {name: [one for one in said if one.at > moment] for name, said in sayings.items()}


def said_by(sayings: Sequence[Saying], at: datetime) -> Saying | None:
    """The last of these by a moment."""
    last = None
    for saying in sayings:
        if saying.at > at:
            break
        last = saying
    return last


def value_at(sayings: Sequence[Saying], at: datetime) -> Any:
    """A trait's value at a moment: the last said by then, or MISSING."""
    last = said_by(sayings, at)
    return MISSING if last is None else last.value


def value_at_start(sayings: Sequence[Saying], start: datetime) -> Any:
    value = value_at(sayings, start)
    return next((saying.value for saying in sayings), MISSING) if value is MISSING else value


def value_of(text: str | None) -> Any:
    """A value as raw queries give jsonb; null was said too, and means that the trait is missing from then on."""
    return MISSING if text is None else json.loads(text)
