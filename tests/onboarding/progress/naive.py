"""The slow, obvious reading of an event log, independent of the engine: for every rung, try every moment in turn."""

from dataclasses import dataclass
from datetime import datetime

from milestones.library.conditions import All, Any_, EventCondition, TraitCondition, rule_matches
from milestones.library.operators import MISSING, lookup
from onboarding.intake.message import Message


@dataclass(frozen=True)
class Step:
    at: datetime
    in_order_at: datetime | None


def people(log: list[Message]) -> dict[str, list[Message]]:
    """The messages of each person, by the person's root sender."""
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

    grouped: dict[str, list[Message]] = {}
    for m in log:
        grouped.setdefault(root(m.sender), []).append(m)
    return grouped


def trait(messages: list[Message], name: str, at: datetime):
    said = [(m.occurred_at, m.message_id, m) for m in messages if m.type == "identify" and name in m.traits]
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


def holds(criterion, messages, start, opened, since, now, without):
    """Whether the criterion is fulfilled at `now` by what happened from `since`; with the messages that it took."""
    if isinstance(criterion, All):
        parts = [holds(c, messages, start, opened, since, now, without) for c in criterion.children]
        return set().union(*parts) if all(p is not None for p in parts) else None
    if isinstance(criterion, Any_):
        parts = [holds(c, messages, start, opened, since, now, without) for c in criterion.children]
        return next((p for p in parts if p is not None), None)
    if isinstance(criterion, TraitCondition):
        moments = [since] + [m.occurred_at for m in messages if since < m.occurred_at <= now]
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
    ]
    return set(counted[: criterion.at_least]) if len(counted) >= criterion.at_least else None


def first_moment(criterion, messages, start, opened, since, without=frozenset()):
    for now in sorted({since, *(m.occurred_at for m in messages if m.occurred_at >= since)}):
        used = holds(criterion, messages, start, opened, since, now, without)
        if used is not None:
            return now, used
    return None


def progress(log: list[Message], versions) -> dict[tuple[str, str], tuple[int, datetime, dict[str, Step]]]:
    """(person's key, ladder's key) → version number, start, and the complete rungs."""
    found = {}
    roles = {}
    for v in sorted(versions, key=lambda v: v.number):
        roles[v.role_key] = (v.role_precedence, v.role_key, v.rule)
    for key, messages in people(log).items():
        if not key.startswith("u:"):
            continue
        for ladder in {v.ladder_key for v in versions}:
            chosen = None
            for v in sorted((v for v in versions if v.ladder_key == ladder), key=lambda v: -v.number):
                if v.start is None:
                    start = min(m.occurred_at for m in messages)
                else:
                    starts = sorted(
                        m.occurred_at for m in messages if m.event == v.start.event and v.start.matches(m.properties)
                    )
                    start = starts[v.start.at_least - 1] if len(starts) >= v.start.at_least else None
                if start is not None and (v.effective_from is None or start >= v.effective_from):
                    chosen = v
                    break
            if chosen is None:
                continue
            names = ("role", "plan")
            traits = {n: trait_at_start(messages, n, start) for n in names}
            traits = {n: value for n, value in traits.items() if value is not MISSING}
            role = next(
                (k for _, k, rule in sorted(roles.values(), key=lambda r: r[:2]) if rule_matches(rule, traits)), ""
            )
            if role != chosen.role_key:
                continue
            found[key, ladder] = (chosen.number, start, climb(chosen, messages, start))
    return found


def climb(version, messages, start) -> dict[str, Step]:
    rungs = {r.key: r for r in version.rungs}
    done: dict[str, datetime] = {}
    for _ in version.rungs:
        for r in version.rungs:
            if r.key in done or not all(p in done for p in r.prerequisites):
                continue
            opened = max([start, *(done[p] for p in r.prerequisites)]) if r.prerequisites else start
            hit = first_moment(r.criterion, messages, start, opened, start)
            if hit:
                done[r.key] = max(hit[0], opened)
    order: dict[str, datetime] = {}
    since, used = start, set()
    for k in version.funnel:
        r = rungs[k]
        if not all(p in done for p in r.prerequisites):
            break
        opened = max([start, *(done[p] for p in r.prerequisites)]) if r.prerequisites else start
        hit = first_moment(r.criterion, messages, start, opened, since, used)
        if not hit:
            break
        since, used = max(hit[0], opened), used | hit[1]
        order[k] = since
    return {k: Step(at, order.get(k)) for k, at in done.items()}
