"""What a message of the log did for its person, or why nothing. Pure.

The engine's own functions decide; this only asks them. How many of those needed a message is, for example, is found by
asking the engine for the moment at which the same condition with a smaller number is fulfilled. So what replay learns
to count, this explains.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, NamedTuple

from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.conditions import All, Criterion, EventCondition, TraitCondition, leaves
from milestones.library.operators import MISSING, lookup
from milestones.library.sentences import condition_words, describe
from onboarding.debugger.fates import (
    EFFECTIVE,
    PRECEDENCE,
    Check,
    Explanation,
    Fate,
    LadderFate,
    Part,
    StepFate,
    TraitUse,
    WhyNot,
)
from onboarding.intake.steps import AHEAD
from onboarding.progress.assign import begun
from onboarding.progress.cells import JourneyState
from onboarding.progress.facts import Facts, Moment
from onboarding.progress.plan import Course, Plan
from onboarding.progress.replay import Hit, Reached, fulfilled, opened_at, replay, start_of

MOST_SIMILAR = 3
ALIKE = 0.8
NEVER = datetime(9000, 1, 1, tzinfo=UTC)  # leaves room for a period after it


class Said(NamedTuple):
    """A message of the log, as far as ladders can read it."""

    type: str
    event: str
    at: datetime
    message_id: str
    properties: Mapping[str, Any]
    traits: Mapping[str, Any]


@dataclass(frozen=True)
class Situation:
    """A person as the engine knows them: their facts, and their journeys by ladder. `known`: they have a userId."""

    facts: Facts | None
    journeys: Mapping[int, JourneyState]
    known: bool


class Judged(NamedTuple):
    """A rung as one version asks for it, with what was complete on that version and when the rung opened.

    `until`: when the person was moved on from that version, clocks that run ahead allowed for.
    """

    version: VersionSpec
    rung: RungSpec
    complete: Mapping[str, Reached]
    opened: datetime | None
    until: datetime | None = None


def explain(said: Said, plan: Plan, situation: Situation, *, read_yet: bool) -> Explanation:
    """`read_yet`: whether the engine's watermark lies beyond the message."""
    ladders = tuple(
        fate
        for ladder_id, courses in plan.courses.items()
        if (fate := _ladder(said, plan, situation, ladder_id, courses, read_yet=read_yet)) is not None
    )
    reading = {condition.event for condition in plan.signals.values()}
    return Explanation(
        read_yet,
        ladders,
        tuple(_traits(said, plan, situation.facts)),
        _similar(said.event, reading) if said.event and said.event not in reading else (),
    )


def _similar(event: str, known: set[str]) -> tuple[str, ...]:
    names = {name.casefold(): name for name in sorted(known)}
    return tuple(names[name] for name in difflib.get_close_matches(event.casefold(), names, MOST_SIMILAR, ALIKE))


def _ladder(
    said: Said, plan: Plan, situation: Situation, ladder_id: int, courses: Sequence[Course], *, read_yet: bool
) -> LadderFate | None:
    """What it did for one ladder; None where no version that matters looks at such messages."""
    state, facts = situation.journeys.get(ladder_id), situation.facts
    course = plan.course_of.get(state.began_version_id) if state else None
    newest = plan.ladders[ladder_id][-1]
    tried, started_at = begun(list(courses), facts) if facts else (None, None)
    began = course.began if course else (tried.began if tried else newest)
    start = _start_part(said, began, facts, started_at, read_yet=read_yet)
    begins = facts is not None and started_at is not None and _begins(said, began, facts, started_at)
    if course is None or state is None or facts is None:
        steps = tuple(_unclimbed(said, newest, read_yet=read_yet))
    else:
        steps = tuple(_climbed(said, course, state, facts, read_yet=read_yet))
    if not (start or begins or steps):
        return None
    fate = LadderFate(
        ladder_id,
        began.ladder_key,
        (course.versions[-1] if course else newest).number,
        state.started_at if state else None,
        role_needed=began.role_key,
        start_words=describe(began.start) if began.start else "",
        begins=begins,
        start=start,
        steps=steps,
    )
    if state is not None:
        return fate
    why, role = _why_not(plan, situation, courses, read_yet=read_yet)
    return replace(fate, why_not=why, role=role)


def _why_not(plan: Plan, situation: Situation, courses: Sequence[Course], *, read_yet: bool) -> tuple[WhyNot, str]:
    """Why somebody is not on the ladder of these courses, and the role that they would have, or have."""
    if not read_yet:
        return WhyNot.NOT_READ, ""
    if not situation.known or situation.facts is None:
        return WhyNot.UNKNOWN_PERSON, ""
    facts = situation.facts
    course, start = begun(list(courses), facts)
    if course is not None and start is not None:
        role = plan.role_of(facts, start)
        return (WhyNot.OTHER_ROLE if role != course.began.role_key else WhyNot.NOT_READ), role
    if any(start_of(course.began, facts) is not None for course in courses):
        return WhyNot.OUT_OF_TIME, ""
    return WhyNot.NOT_BEGUN, ""


def _begins(said: Said, version: VersionSpec, facts: Facts, start: datetime) -> bool:
    if version.start is None:
        return said.at == facts.seen_at == start
    if said.event != version.start.event:
        return False
    moments = facts.moments.get(version.start.signal, ())
    place = version.start.at_least - 1
    return place < len(moments) and moments[place] == Moment(said.at, said.message_id) and said.at == start


def _start_part(
    said: Said, version: VersionSpec, facts: Facts | None, started_at: datetime | None, *, read_yet: bool
) -> Part | None:
    """How the message fits the start event; None where it is none."""
    start = version.start
    if start is None or start.event != said.event:
        return None
    checks = _checks(start, said)
    part = Part(describe(start), checks, Fate.COUNTED, needed=start.at_least)
    if not start.matches(said.properties):
        return replace(part, fate=Fate.NO_MATCH)
    moments = facts.moments.get(start.signal, ()) if facts else ()
    moment = Moment(said.at, said.message_id)
    if not read_yet or moment not in moments:
        return replace(part, fate=Fate.NOT_READ)
    nth = list(moments).index(moment) + 1
    if started_at is not None and nth > start.at_least:
        return replace(part, fate=Fate.ALREADY, at=started_at)
    return replace(part, nth=nth)


def _unclimbed(said: Said, version: VersionSpec, *, read_yet: bool) -> Iterator[StepFate]:
    """The steps of a version that somebody is not on which look at such messages."""
    for rung in version.rungs:
        parts = []
        for leaf in _looking(rung.criterion, said):
            part = _matching(leaf, said)
            if part.matches:
                part = replace(part, fate=Fate.NO_JOURNEY if read_yet else Fate.NOT_READ)
            parts.append(part)
        if parts:
            part = _telling(parts)
            yield StepFate(rung.key, rung.name, version.number, part.fate, part, tuple(parts))


def _climbed(said: Said, course: Course, state: JourneyState, facts: Facts, *, read_yet: bool) -> Iterator[StepFate]:
    """The steps that look at such messages on the person's versions, each as the version asked that decided it."""
    for judged in _judged(course, state, facts):
        if any(True for _ in _looking(judged.rung.criterion, said)):
            yield _step(said, judged, state, facts, read_yet=read_yet)


def _judged(course: Course, state: JourneyState, facts: Facts) -> Iterator[Judged]:
    """Every rung of the course once: as the version asks on which it was completed, else the last that has it.

    What was complete on a version is what climbing no further than it makes.
    """
    climbed: list[tuple[VersionSpec, Mapping[str, Reached], datetime | None]] = []
    for place, (version, following) in enumerate(pairwise(course.versions)):
        moved_on = following.published_at + AHEAD
        by_then = replay(course.versions[: place + 1], facts, state.started_at).reached
        climbed.append((version, {key: done for key, done in by_then.items() if done.at <= moved_on}, moved_on))
    climbed.append((course.versions[-1], state.reached, None))
    seen: set[str] = set()
    for decides in (True, False):  # first the versions on which something was completed, then the newest
        for version, reached, until in climbed if decides else reversed(climbed):
            complete = {rung.key: reached[rung.key] for rung in version.rungs if rung.key in reached}
            for rung in version.rungs:
                known, kept = complete.get(rung.key), state.reached.get(rung.key)
                if rung.key in seen or (decides and not (known and kept and known[:2] == kept[:2])):
                    continue
                seen.add(rung.key)
                yield Judged(version, rung, complete, opened_at(rung, complete, state.started_at), until)


def _step(said: Said, judged: Judged, state: JourneyState, facts: Facts, *, read_yet: bool) -> StepFate:
    rung, start = judged.rung, state.started_at
    parts = tuple(_part(leaf, said, judged, facts, start, read_yet=read_yet) for leaf in _looking(rung.criterion, said))
    telling = _telling(parts)
    reached = state.reached.get(rung.key)
    found = StepFate(rung.key, rung.name, judged.version.number, telling.fate, telling, parts)
    if reached is None:
        waits = [other.name for other in judged.version.rungs if _blocks(other, rung, judged.complete)]
        if waits and telling.fate in (Fate.COUNTED, Fate.AT_START):
            found = replace(found, fate=Fate.KEPT)
        lacking = () if telling.fate not in EFFECTIVE | {Fate.ENOUGH} else tuple(_lacking(judged, facts, start))
        return replace(found, waits_for=tuple(waits), lacking=lacking)
    found = replace(
        found,
        done_at=reached.at,
        done_by=reached.message_id,
        in_order=reached.in_order_at == said.at and telling.fate in EFFECTIVE | {Fate.ALREADY, Fate.ENOUGH},
    )
    hit = _hit(rung.criterion, judged, facts, start)
    proof = Moment(hit.at, hit.message_id) if hit and hit.message_id == reached.message_id else None
    if reached.message_id == said.message_id and (proof is None or proof.at == said.at):
        return replace(found, fate=Fate.COMPLETED, unlocks=reached.unlocks)
    beaten = (said.at, said.message_id) > (proof or Moment(reached.at, reached.message_id))
    if beaten and telling.fate in (Fate.COUNTED, Fate.ENOUGH, Fate.TOO_LATE, Fate.AT_START, Fate.AFTER_MOVE):
        return replace(found, fate=Fate.ALREADY)
    return found


def _blocks(other: RungSpec, rung: RungSpec, complete: Mapping[str, Reached]) -> bool:
    return other.key in rung.prerequisites and other.key not in complete


def _hit(criterion: Criterion, judged: Judged, facts: Facts, start: datetime) -> Hit | None:
    """When the engine holds the criterion, or a part of it, for fulfilled; a step that is not open opens never."""
    return fulfilled(criterion, facts, start=start, opened=judged.opened or NEVER, since=start)


def _lacking(judged: Judged, facts: Facts, start: datetime) -> Iterator[str]:
    """What else must be so before the step is complete: of an "all" every part that is not, else nothing."""

    def missing(criterion: Criterion) -> Iterator[str]:
        if _hit(criterion, judged, facts, start) is not None:
            return
        if isinstance(criterion, All):
            for child in criterion.children:
                yield from missing(child)
        else:
            yield describe(criterion)

    if isinstance(judged.rung.criterion, All):
        yield from missing(judged.rung.criterion)


def _telling(parts: Sequence[Part]) -> Part:
    return min(parts, key=lambda part: PRECEDENCE.index(part.fate))


# What follows is about single conditions: a new kind of condition is explained here.


def _looking(criterion: Criterion, said: Said) -> Iterator[EventCondition | TraitCondition]:
    """The conditions that look at messages like this one."""
    for leaf in leaves(criterion):
        if isinstance(leaf, EventCondition):
            if said.event and leaf.event == said.event:
                yield leaf
        elif said.type == "identify" and _says(said, leaf.trait):
            yield leaf


def _says(said: Said, trait: str) -> bool:
    return trait in said.traits or lookup(said.traits, trait) is not MISSING


def _checks(leaf: EventCondition | TraitCondition, said: Said) -> tuple[Check, ...]:
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


def _matching(leaf: EventCondition | TraitCondition, said: Said) -> Part:
    """The condition with its checks: as counted, or as no match."""
    checks = _checks(leaf, said)
    holds = all(check.holds for check in checks)
    needed = leaf.at_least if isinstance(leaf, EventCondition) else 1
    return Part(describe(leaf), checks, Fate.COUNTED if holds else Fate.NO_MATCH, needed=needed)


def _part(
    leaf: EventCondition | TraitCondition,
    said: Said,
    judged: Judged,
    facts: Facts,
    start: datetime,
    *,
    read_yet: bool,
) -> Part:
    part = _matching(leaf, said)
    if not part.matches:
        return part
    if isinstance(leaf, TraitCondition):
        return _trait_part(leaf, part, said, judged, facts, start, read_yet=read_yet)
    if not read_yet or Moment(said.at, said.message_id) not in facts.moments.get(leaf.signal, ()):
        return replace(part, fate=Fate.NOT_READ)
    origin = start
    if leaf.of == "opening":
        if judged.opened is None:
            return replace(part, fate=Fate.NOT_OPEN)
        origin = judged.opened
    if said.at < origin:
        fate = Fate.BEFORE_OPENING if leaf.of == "opening" and said.at >= start else Fate.BEFORE_START
        return replace(part, fate=fate, at=origin)
    if leaf.within is not None and said.at > origin + leaf.within:
        return replace(part, fate=Fate.TOO_LATE, at=origin + leaf.within, within=leaf.within)
    if judged.until is not None and said.at > judged.until:
        return replace(part, fate=Fate.AFTER_MOVE, at=judged.until - AHEAD)
    nth = _place(leaf, said, judged, facts, start)
    if nth is None:
        return replace(part, fate=Fate.ENOUGH)
    return replace(part, nth=nth)


def _place(leaf: EventCondition, said: Said, judged: Judged, facts: Facts, start: datetime) -> int | None:
    """Which of those that count the message is; None when there were enough before it.

    The engine says when the condition would be fulfilled if fewer were needed; those moments are in ascending order.
    """
    moment, low, high = Moment(said.at, said.message_id), 1, leaf.at_least
    while low <= high:
        middle = (low + high) // 2
        hit = _hit(replace(leaf, at_least=middle), judged, facts, start)
        if hit is None or (hit.at, hit.message_id) > moment:
            high = middle - 1
        elif (hit.at, hit.message_id) == moment:
            return middle
        else:
            low = middle + 1
    return None


def _trait_part(
    leaf: TraitCondition,
    part: Part,
    said: Said,
    judged: Judged,
    facts: Facts,
    start: datetime,
    *,
    read_yet: bool,
) -> Part:
    sayings = facts.sayings.get(leaf.trait, ())
    if not read_yet or not any((saying.at, saying.message_id) == (said.at, said.message_id) for saying in sayings):
        return replace(part, fate=Fate.NOT_READ)
    if said.at <= start:
        by_then = [saying for saying in sayings if saying.at <= start]
        last = by_then[-1].message_id == said.message_id
        return replace(part, fate=Fate.AT_START if last else Fate.BEFORE_START, at=start)
    if judged.until is not None and said.at > judged.until:
        return replace(part, fate=Fate.AFTER_MOVE, at=judged.until - AHEAD)
    hit = _hit(leaf, judged, facts, start)
    if hit is not None and (hit.at, hit.message_id) == (said.at, said.message_id):
        return replace(part, nth=1)
    return replace(part, fate=Fate.ENOUGH)


def _traits(said: Said, plan: Plan, facts: Facts | None) -> Iterator[TraitUse]:
    """What reads each of the traits that were said."""
    if said.type != "identify":
        return
    newest = [versions[-1] for versions in plan.ladders.values()]
    steps: dict[str, list[str]] = {}
    roles: dict[str, list[str]] = {}
    for version in newest:
        for leaf in leaves(version.rule):
            if isinstance(leaf, TraitCondition):
                roles.setdefault(leaf.trait, []).append(version.role_key)
        for rung in version.rungs:
            for leaf in leaves(rung.criterion):
                if isinstance(leaf, TraitCondition):
                    steps.setdefault(leaf.trait, []).append(rung.name)
    # Dotted paths reach into what was said, so each of them is a trait of its own beside those that were said.
    paths = [*said.traits, *sorted(path for path in plan.traits - said.traits.keys() if _says(said, path))]
    for name in paths:
        value = said.traits[name] if name in said.traits else lookup(said.traits, name)
        later = [saying for saying in facts.sayings.get(name, ()) if saying.at > said.at] if facts else []
        yield TraitUse(
            name,
            value,
            tuple(dict.fromkeys(roles.get(name, ()))),
            tuple(dict.fromkeys(steps.get(name, ()))),
            name in plan.segments,
            later[0].at if later else None,
        )
