"""The slow, obvious reading of an event log, independent of the engine: for every rung, try every moment in turn."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from milestones.library.conditions import All, Any_, EventCondition, TraitCondition, rule_matches
from milestones.library.operators import MISSING, lookup
from onboarding.intake.message import Message

A_CLOCK_MAY_BE_AHEAD_BY = timedelta(hours=1)


@dataclass(frozen=True)
class Step:
    at: datetime
    in_order_at: datetime | None
    unlocks: tuple[str, ...] = ()
    ruling: int | None = None  # by which it was completed by hand


@dataclass(frozen=True)
class Word:
    """A member's word on a sender's rung; `until` is of revocations. None of them was withdrawn."""

    number: int
    sender: str
    ladder: str
    rung: str
    verdict: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Way:
    """Somebody's way up a ladder: the numbers of the versions that they began on and are shown, and what is done."""

    began: int
    shown: int
    start: datetime
    done: dict[str, Step]
    first_value_at: datetime | None
    finished_at: datetime | None


def people(log: list[Message]) -> dict[str, list[Message]]:
    """The messages of each person, by the person's root sender."""
    root, grouped = roots(log), {}
    for m in log:
        grouped.setdefault(root(m.sender), []).append(m)
    return grouped


def roots(log: list[Message]):
    """A function from a sender to the one at its root."""
    saying: dict[str, tuple[datetime, str, str]] = {}
    names = set()
    for m in log:
        names.add(m.sender)
        linked = []
        if m.sender.startswith("u:") and m.anonymous_id:
            linked.append("a:" + m.anonymous_id)
        if m.type == "alias" and m.previous_id:
            linked += ["u:" + m.previous_id, "a:" + m.previous_id]
        for name in linked:
            if name == m.sender:
                continue
            names.add(name)
            new = (m.occurred_at, m.message_id, m.sender)
            if name not in saying or new[:2] < saying[name][:2]:
                saying[name] = new

    def root(name: str) -> str:
        way = [name]
        while way[-1] in saying:
            target = saying[way[-1]][2]
            if target in way:
                ring = way[way.index(target) :]
                users = sorted(x for x in ring if x.startswith("u:"))
                return users[0] if users else min(ring)
            way.append(target)
        return way[-1]

    return root


@dataclass(frozen=True)
class Belonging:
    """Somebody in an account: since when, all messages that count for it, and the group calls that describe it."""

    since: datetime
    key: str
    messages: list[Message]
    calls: list[Message]


def accounts(log: list[Message], own: list[Message]) -> list[Belonging]:
    """The accounts of the person whose messages `own` are: the first joined first."""
    found = []
    for key in {m.group_id for m in own} - {""}:
        members = {m.sender for m in log if m.group_id == key}
        found.append(
            Belonging(
                min(m.occurred_at for m in own if m.group_id == key),
                key,
                [m for m in log if m.group_id == key or (m.group_id == "" and m.sender in members)],
                [m for m in log if m.type == "group" and m.group_id == key],
            )
        )
    return sorted(found, key=lambda b: (b.since, b.key))


def trait(messages: list[Message], name: str, at: datetime, *, call: str = "identify"):
    said = [(m.occurred_at, m.message_id, m) for m in messages if m.type == call and name in m.traits]
    said.sort(key=lambda s: s[:2])
    known = [m for when, _, m in said if when <= at]
    return lookup(known[-1].traits, name) if known else MISSING


def trait_at_start(messages: list[Message], name: str, start: datetime):
    value = trait(messages, name, start)
    if value is not MISSING:
        return value
    said = sorted(
        ((m.occurred_at, m.message_id, m) for m in messages if m.type == "identify" and name in m.traits),
        key=lambda s: s[:2],
    )
    return lookup(said[0][2].traits, name) if said else MISSING


def holds(criterion, messages, account, start, opened, since, now, without, revoked):
    """Whether the criterion is fulfilled at `now` by what happened from `since`; with the messages that it took.

    What happened up to `revoked` counts for nothing: a trait must have been said after it.
    """
    more = (messages, account, start, opened, since, now, without, revoked)
    if isinstance(criterion, All):
        parts = [holds(c, *more) for c in criterion.children]
        return set().union(*parts) if all(p is not None for p in parts) else None
    if isinstance(criterion, Any_):
        parts = [holds(c, *more) for c in criterion.children]
        return next((p for p in parts if p is not None), None)
    if criterion.by == "account":
        return holds_of_account(criterion, account, start, opened, since, now, without, revoked)
    if isinstance(criterion, TraitCondition):
        moments = [since] + [m.occurred_at for m in messages if since < m.occurred_at <= now]
        if revoked is not None:
            heard = [m.occurred_at for m in messages if m.type == "identify" and criterion.trait in m.traits]
            moments = [t for t in moments if any(revoked < at <= t for at in heard)]
        return set() if any(criterion.holds(trait(messages, criterion.trait, t)) for t in moments) else None
    assert isinstance(criterion, EventCondition)
    origin = opened if criterion.of == "opening" else start
    counted = [
        m.message_id
        for m in sorted(messages, key=lambda m: (m.occurred_at, m.message_id))
        if m.event == criterion.event
        and criterion.matches(m.properties)
        and max(since, origin) <= m.occurred_at <= now
        and (criterion.within is None or m.occurred_at <= origin + criterion.within)
        and m.message_id not in without
        and (revoked is None or m.occurred_at > revoked)
    ]
    return set(counted[: criterion.at_least]) if len(counted) >= criterion.at_least else None


def holds_of_account(criterion, account, start, opened, since, now, without, revoked):
    if account is None or now < (earliest := max(since, account.since)):
        return None
    if isinstance(criterion, TraitCondition):
        moments = [earliest] + [m.occurred_at for m in account.calls if earliest < m.occurred_at <= now]
        if revoked is not None:
            heard = [m.occurred_at for m in account.calls if criterion.trait in m.traits]
            moments = [t for t in moments if any(revoked < at <= t for at in heard)]
        told = [trait(account.calls, criterion.trait, t, call="group") for t in moments]
        return set() if any(criterion.holds(value) for value in told) else None
    counted = [
        m
        for m in sorted(account.messages, key=lambda m: (m.occurred_at, m.message_id))
        if m.event == criterion.event
        and criterion.matches(m.properties)
        and (criterion.of == "start" or m.occurred_at >= opened)
        and m.occurred_at <= now
        and m.message_id not in without
        and (revoked is None or m.occurred_at > revoked)
    ][: criterion.at_least]
    if len(counted) < criterion.at_least:
        return None
    if criterion.within is not None:
        end = (opened if criterion.of == "opening" else start) + criterion.within
        if max(earliest, counted[-1].occurred_at) > end:
            return None
    return {m.message_id for m in counted}


def first_moment(criterion, messages, joined, start, opened, since, without=frozenset(), revoked=None):
    """By the messages and, one after the other, by each of the accounts that were joined."""
    moments = {m.occurred_at for m in messages} | {b.since for b in joined}
    moments |= {m.occurred_at for b in joined for m in b.messages}
    for now in sorted({since, *(moment for moment in moments if moment >= since)}):
        for account in joined or [None]:
            used = holds(criterion, messages, account, start, opened, since, now, without, revoked)
            if used is not None:
                return now, used
    return None


def progress(log: list[Message], versions, words=()) -> dict[tuple[str, str], Way]:
    """By person's key and ladder's key."""
    found, root = {}, roots(log)
    for key, messages in people(log).items():
        if not key.startswith("u:"):
            continue
        for ladder in {v.ladder_key for v in versions}:
            numbered = {v.number: v for v in versions if v.ladder_key == ladder}
            for number in sorted(numbered):
                v, later = numbered[number], [numbered[n] for n in sorted(numbered) if n > number]
                start = began(v, messages)
                if start is None or (v.closed_at is not None and start >= v.closed_at):
                    continue
                if v.effective_from is not None and start < v.effective_from:
                    continue
                if later and start >= later[0].effective_from:
                    continue
                if role(messages, start, versions) == v.role_key:
                    said = [w for w in words if root(w.sender) == key and w.ladder == ladder]
                    course = [v, *(w for w in later if w.moves)]
                    found[key, ladder] = climb(course, messages, accounts(log, messages), start, said)
                break
    return found


def began(version, messages) -> datetime | None:
    if version.start is None:
        return min(m.occurred_at for m in messages)
    starts = sorted(
        m.occurred_at for m in messages if m.event == version.start.event and version.start.matches(m.properties)
    )
    return starts[version.start.at_least - 1] if len(starts) >= version.start.at_least else None


def role(messages, start, versions) -> str:
    """Of the roles in force at the start that match the smallest precedence; else the first that came later."""
    traits = {n: trait_at_start(messages, n, start) for n in ("role", "plan")}
    traits = {n: value for n, value in traits.items() if value is not MISSING}
    known = in_force(start, versions)
    changes = {v.published_at for v in versions} | {reopened for v in versions for _, reopened in v.closures}
    to_try = [known] + [in_force(at, versions) for at in sorted(changes) if at > start]
    heard = set()
    for roles in to_try:
        for v in sorted(roles.values(), key=lambda v: (v.role_precedence, v.role_key)):
            if v.role_key not in heard:
                heard.add(v.role_key)
                if rule_matches(v.rule, traits):
                    return v.role_key
    return ""


def in_force(at, versions) -> dict:
    """Every role that the newest version of a ladder in use is for, as its latest publication said it."""
    roles = {}
    for ladder in {v.ladder_id for v in versions}:
        published = [v for v in versions if v.ladder_id == ladder and v.published_at <= at]
        if not published or any(closed <= at < reopened for closed, reopened in published[0].closures):
            continue
        if published[0].closed_at is not None and published[0].closed_at <= at:
            continue
        key = max(published, key=lambda v: v.number).role_key
        said = [v for v in versions if v.role_key == key and v.published_at <= at]
        roles[key] = max(said, key=lambda v: v.published_at)
    return roles


def said_of(rung: str, words):
    """Up to when a rung's evidence was revoked, and by which word after the last revocation it was done first."""
    words = sorted((w for w in words if w.rung == rung), key=lambda w: (w.at, w.number))
    revocations = [place for place, w in enumerate(words) if w.verdict == "revoked"]
    by_hand = words[revocations[-1] + 1 :] if revocations else words
    return max((words[place].until for place in revocations), default=None), by_hand[0] if by_hand else None


def climb(versions, messages, joined, start, words) -> Way:
    # By rung key: when, the rung as it was judged, when it opened, what it unlocked, by which word.
    kept: dict[str, tuple] = {}
    value, finish, shown = None, None, versions[-1].number
    for place, version in enumerate(versions):
        done: dict[str, tuple] = {}
        for r in version.rungs:
            own, opened = None, None
            revoked, word = said_of(r.key, words)
            if all(p in done for p in r.prerequisites):
                opened = max([start, *(done[p][0] for p in r.prerequisites)])
                hit = first_moment(r.criterion, messages, joined, start, opened, start, revoked=revoked)
                own = (max(hit[0], opened), r, opened, (), None) if hit else None
            if word and (own is None or max(word.at, start) < own[0]):
                own = (max(word.at, start), r, opened, (), word.number)
            best = the_one_that_holds(kept.get(r.key), own, version)
            if best is not None:
                unlocked = kept[r.key][3] if r.key in kept else ()
                done[r.key] = (*best[:3], (*unlocked, r.unlock), best[4])
        if place + 1 < len(versions):
            last = versions[place + 1].published_at + A_CLOCK_MAY_BE_AHEAD_BY
            done = {k: d for k, d in done.items() if d[0] <= last}
        kept.update(done)
        marked = next((r.key for r in version.rungs if r.first_value), None)
        value = the_one_that_holds(value, (done[marked][0],) if marked in done else None, version)
        if all(r.key in done for r in version.rungs):
            end = (max(d[0] for d in done.values()), version.number)
            finish = the_one_that_holds(finish, end, version)
        if finish:
            shown = finish[1]
    order: dict[str, datetime] = {}
    since, used = start, set()
    for k in versions[0].funnel:
        if k not in kept:
            break
        _, r, opened, _, _ = kept[k]
        revoked, word = said_of(k, words)
        hit = first_moment(r.criterion, messages, joined, start, opened, since, used, revoked) if opened else None
        ways = [(max(hit[0], opened), hit[1])] if hit else []
        if word and max(word.at, start) >= since:
            ways.append((max(word.at, start), set()))
        if not ways:
            break
        since, took = min(ways, key=lambda way: way[0])
        used = used | took
        order[k] = since
    return Way(
        versions[0].number,
        shown,
        start,
        {k: Step(d[0], order.get(k), tuple(sorted(set(filter(None, d[3])))), d[4]) for k, d in kept.items()},
        value[0] if value else None,
        finish[0] if finish else None,
    )


def the_one_that_holds(before, now, version):
    """What there was when people were moved to the version; what lies after that moment only if it was earlier."""
    if before is None or now is None:
        return before or now
    if before[0] <= version.published_at:
        return before
    return min(before, now, key=lambda one: one[0])
