"""What a message is for a single condition of a step. Pure. A new kind of condition is explained here."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from milestones.library.conditions import Criterion, EventCondition, TraitCondition, leaves
from milestones.library.operators import lookup
from milestones.library.sentences import condition_words, describe
from onboarding.debugger.fates import PRECEDENCE, Check, Fate, Part
from onboarding.debugger.situation import Case, Said
from onboarding.intake.steps import AHEAD
from onboarding.progress.facts import Membership, Moment, Saying
from onboarding.progress.replay import Hit

Leaf = EventCondition | TraitCondition


def looking(criterion: Criterion, said: Said) -> Iterator[Leaf]:
    """The conditions that look at messages like this one."""
    for leaf in leaves(criterion):
        if isinstance(leaf, EventCondition):
            if said.event and leaf.event == said.event:
                yield leaf
        elif said.type == ("group" if leaf.by == "account" else "identify") and said.says(leaf.trait):
            yield leaf


def checks_of(leaf: Leaf, said: Said) -> tuple[Check, ...]:
    if isinstance(leaf, TraitCondition):
        value = lookup(said.traits, leaf.trait)
        words = condition_words(leaf.trait, leaf)
        return (Check(leaf.trait, leaf.operator, leaf.operand, words, value, leaf.holds(value)),)
    return tuple(
        Check(
            where.property,
            where.operator,
            where.operand,
            condition_words(where.property, where),
            lookup(said.properties, where.property),
            where.holds(said.properties),
        )
        for where in leaf.where
    )


def matching(leaf: Leaf, said: Said) -> Part:
    """The condition with its checks: as counted, or as no match. For whichever account it counts, it says the first."""
    checks = checks_of(leaf, said)
    holds = all(check.holds for check in checks)
    needed = leaf.at_least if isinstance(leaf, EventCondition) else 1
    by_account = leaf.by == "account"
    account = said.accounts[0] if by_account and said.accounts else ""
    fate = Fate.COUNTED if holds else Fate.NO_MATCH
    return Part(describe(leaf), checks, fate, needed=needed, by_account=by_account, account=account)


def telling(parts: Sequence[Part]) -> Part:
    """The part that says most; of several that say as much the first."""
    return min(parts, key=lambda part: PRECEDENCE.index(part.fate))


def part_of(leaf: Leaf, case: Case) -> Part:
    """What the message is for the condition; of several accounts, for the one for which it is most."""
    part = matching(leaf, case.said)
    if not part.matches:
        return part
    if not case.read_yet:
        return replace(part, fate=Fate.NOT_READ)
    if leaf.by == "person":
        return _single(leaf, part, case, None)
    if not case.memberships:
        return replace(part, fate=Fate.NO_ACCOUNT, account="")
    return telling(
        [
            _single(leaf, replace(part, account=membership.account.key), case, membership)
            for membership in case.memberships
        ]
    )


def _single(leaf: Leaf, part: Part, case: Case, membership: Membership | None) -> Part:
    """What it is for the person, or for this account of theirs."""
    said = case.said
    if membership is not None and said.at < (comes_at := case.comes_to_them_at(membership)):
        part = replace(part, counts_at=comes_at, joined=membership.since > case.start)
    if isinstance(leaf, TraitCondition):
        return _trait(leaf, part, case, membership)
    return _event(leaf, part, case, membership)


def _event(leaf: EventCondition, part: Part, case: Case, membership: Membership | None) -> Part:
    said, judged, start = case.said, case.judged, case.start
    whole = membership.account if membership else case.facts
    moments = list(whole.moments.get(leaf.signal, ()))
    moment = Moment(said.at, said.message_id)
    if moment not in moments:
        # Of an account only so many of the first moments are looked at as can ever count.
        beyond = membership is not None and len(moments) >= leaf.at_least and moment > moments[-1]
        return replace(part, fate=Fate.ENOUGH if beyond else _unknown(said))
    if _is_revoked(case):
        return replace(part, fate=Fate.REVOKED)
    origin = start
    if leaf.of == "opening":
        if judged.opened is None:
            return replace(part, fate=Fate.NOT_OPEN)
        origin = judged.opened
    if said.at < origin and (leaf.of == "opening" or membership is None):
        fate = Fate.BEFORE_OPENING if leaf.of == "opening" and said.at >= start else Fate.BEFORE_START
        return replace(part, fate=fate, at=origin)
    at = part.counts_at or said.at
    if leaf.within is not None and at > origin + leaf.within:
        fate = Fate.TOO_LATE if said.at > origin + leaf.within else Fate.JOINED_LATE
        return replace(part, fate=fate, at=origin + leaf.within, within=leaf.within)
    if judged.until is not None and at > judged.until:
        fate = Fate.AFTER_MOVE if said.at > judged.until else Fate.JOINED_LATE
        return replace(part, fate=fate, at=judged.until - AHEAD)
    nth = _place(leaf, moments, case, membership)
    return replace(part, fate=Fate.ENOUGH) if nth is None else replace(part, nth=nth)


def _unknown(said: Said) -> Fate:
    """Why the engine knows nothing of a message that it has passed: it is too old, or history is still looked for."""
    return Fate.BEFORE_LOG if said.lies_before else Fate.NOT_READ


def _is_revoked(case: Case) -> bool:
    until = case.ruled.revoked_until
    return until is not None and case.said.at <= until


def _place(leaf: EventCondition, moments: list[Moment], case: Case, membership: Membership | None) -> int | None:
    """Which of those that count the message is; None when there were enough before it.

    The engine says when the condition would be fulfilled if fewer were needed; the messages that it names are in
    ascending order.
    """
    comes_at = case.comes_to_them_at(membership) if membership else case.start
    places: dict[tuple[datetime, str], int] = {}
    for place, moment in enumerate(moments):
        places.setdefault((max(moment.at, comes_at), moment.message_id), place)

    def place_of(hit: Hit) -> int:
        return places[hit.at, hit.message_id]

    wanted = places[max(case.said.at, comes_at), case.said.message_id]
    low, high = 1, leaf.at_least
    while low <= high:
        middle = (low + high) // 2
        hit = case.hit(replace(leaf, at_least=middle), membership)
        if hit is None or place_of(hit) > wanted:
            high = middle - 1
        elif place_of(hit) == wanted:
            return middle
        else:
            low = middle + 1
    return None


def _trait(leaf: TraitCondition, part: Part, case: Case, membership: Membership | None) -> Part:
    said, judged = case.said, case.judged
    whole = membership.account if membership else case.facts
    sayings = whole.sayings.get(leaf.trait, ())
    if not any(saying[:2] == (said.at, said.message_id) for saying in sayings):
        # Of an account a saying that repeats the one before it is left out.
        return replace(part, fate=Fate.UNCHANGED if _repeats(leaf, sayings, said) else _unknown(said))
    if _is_revoked(case):
        return replace(part, fate=Fate.REVOKED)
    begins = case.comes_to_them_at(membership) if membership else case.start
    if said.at <= begins:
        last = [saying for saying in sayings if saying.at <= begins][-1].message_id == said.message_id
        return replace(part, fate=Fate.AT_START if last else Fate.BEFORE_START, at=begins)
    if judged.until is not None and said.at > judged.until:
        return replace(part, fate=Fate.AFTER_MOVE, at=judged.until - AHEAD)
    hit = case.hit(leaf, membership)
    if hit is not None and (hit.at, hit.message_id) == (said.at, said.message_id):
        return replace(part, nth=1)
    return replace(part, fate=Fate.UNCHANGED if _repeats(leaf, sayings, said) else Fate.ENOUGH)


def _repeats(leaf: TraitCondition, sayings: Sequence[Saying], said: Said) -> bool:
    before = [saying for saying in sayings if saying[:2] < (said.at, said.message_id)]
    return leaf.by == "account" and bool(before) and before[-1].value == lookup(said.traits, leaf.trait)
