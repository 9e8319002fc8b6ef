"""What a message of the log did for its person, or why nothing. Pure.

The engine's own functions decide; this only asks them. How many of those needed a message is, for example, is found by
asking the engine for the moment at which the same condition with a smaller number is fulfilled. So what replay learns
to count, this explains.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.conditions import All, Criterion
from milestones.library.sentences import describe
from onboarding.debugger.conditions import checks_of, looking, matching, part_of, telling
from onboarding.debugger.fates import EFFECTIVE, Explanation, Fate, LadderFate, Part, StepFate, WhyNot
from onboarding.debugger.situation import Case, Judged, Said, Situation, Words
from onboarding.debugger.traits_said import uses_of
from onboarding.intake.steps import AHEAD
from onboarding.progress.assign import begun
from onboarding.progress.cells import JourneyState
from onboarding.progress.facts import Facts, Membership, Moment
from onboarding.progress.plan import Course, Plan
from onboarding.progress.replay import Reached, opened_at, replay, start_of

MOST_SIMILAR = 3
ALIKE = 0.8
# What gives way to "the step was complete already" where it came after that.
OVERTAKEN = frozenset(
    {Fate.COUNTED, Fate.ENOUGH, Fate.UNCHANGED, Fate.TOO_LATE, Fate.JOINED_LATE, Fate.AT_START, Fate.AFTER_MOVE}
)


def explain(said: Said, plan: Plan, situation: Situation, *, read_yet: bool) -> Explanation:
    """`read_yet`: whether the engine's watermark lies beyond the message."""
    said = _as_kept(said, situation.facts)
    ladders = tuple(
        fate
        for ladder_id, courses in plan.courses.items()
        if (fate := _ladder(said, plan, situation, ladder_id, courses, read_yet=read_yet)) is not None
    )
    reading = {condition.event for condition in plan.signals.values()}
    return Explanation(
        read_yet,
        ladders,
        tuple(uses_of(said, plan, situation.facts)),
        _similar(said.event, reading) if said.event and said.event not in reading else (),
        for_account=bool(said.accounts) and any(_counts_for_account(said, version) for version in plan.versions),
    )


def _as_kept(said: Said, facts: Facts | None) -> Said:
    """The message at the time at which it is kept as evidence.

    Where the log no longer keeps what came then, a repeated message is known by its messageId alone, though the error
    of the sender's clock may have been measured otherwise this time.
    """
    if not said.lies_before or facts is None:
        return said
    times = {one.at for some in facts.moments.values() for one in some if one.message_id == said.message_id}
    times |= {one.at for some in facts.sayings.values() for one in some if one.message_id == said.message_id}
    return said._replace(at=min(times)) if times and said.at not in times else said


def _counts_for_account(said: Said, version: VersionSpec) -> bool:
    parts = (matching(leaf, said) for rung in version.rungs for leaf in looking(rung.criterion, said))
    return any(part.by_account and part.matches for part in parts)


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
        steps = tuple(_climbed(said, course, state, situation, read_yet=read_yet))
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
    checks = checks_of(start, said)
    part = Part(describe(start), checks, Fate.COUNTED, needed=start.at_least)
    if not start.matches(said.properties):
        return replace(part, fate=Fate.NO_MATCH)
    moments = facts.moments.get(start.signal, ()) if facts else ()
    moment = Moment(said.at, said.message_id)
    if not read_yet or moment not in moments:
        return replace(part, fate=Fate.BEFORE_LOG if read_yet and said.lies_before else Fate.NOT_READ)
    nth = list(moments).index(moment) + 1
    if started_at is not None and nth > start.at_least:
        return replace(part, fate=Fate.ALREADY, at=started_at)
    return replace(part, nth=nth)


def _unclimbed(said: Said, version: VersionSpec, *, read_yet: bool) -> Iterator[StepFate]:
    """The steps of a version that somebody is not on which look at such messages."""
    for rung in version.rungs:
        parts = []
        for leaf in looking(rung.criterion, said):
            part = matching(leaf, said)
            if part.matches:
                part = replace(part, fate=Fate.NO_JOURNEY if read_yet else Fate.NOT_READ)
            parts.append(part)
        if parts:
            part = telling(parts)
            yield StepFate(rung.key, rung.name, version.number, part.fate, part, tuple(parts))


def _climbed(
    said: Said, course: Course, state: JourneyState, situation: Situation, *, read_yet: bool
) -> Iterator[StepFate]:
    """The steps that look at such messages on the person's versions, each as the version asked that decided it."""
    facts = situation.facts
    assert facts is not None
    for judged in _judged(course, state, facts):
        if any(True for _ in looking(judged.rung.criterion, said)):
            case = Case(said, judged, facts, state.started_at, read_yet)
            words = situation.words.get((judged.version.ladder_id, judged.rung.key), Words())
            yield _step(case, state, words)


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


def _step(case: Case, state: JourneyState, words: Words) -> StepFate:
    said, judged, rung = case.said, case.judged, case.judged.rung
    parts = tuple(part_of(leaf, case) for leaf in looking(rung.criterion, said))
    part = telling(parts)
    reached = state.reached.get(rung.key)
    found = StepFate(rung.key, rung.name, judged.version.number, part.fate, part, parts)
    if case.ruled.revoked_until is not None:
        found = replace(found, revoked_until=case.ruled.revoked_until, revoked=words.revoked)
    if reached is None:
        waits = [other.name for other in judged.version.rungs if _blocks(other, rung, judged.complete)]
        if waits and part.fate in (Fate.COUNTED, Fate.AT_START):
            found = replace(found, fate=Fate.KEPT)
        open_still = EFFECTIVE | {Fate.ENOUGH, Fate.UNCHANGED}
        lacking = tuple(_lacking(case, part)) if part.fate in open_still else ()
        return replace(found, waits_for=tuple(waits), lacking=lacking)
    found = replace(
        found,
        done_at=reached.at,
        done_by=reached.message_id,
        by_hand=words.completed if reached.ruling_id is not None else None,
        in_order=reached.in_order_at == said.at and part.fate in EFFECTIVE | {Fate.ALREADY, Fate.ENOUGH},
    )
    if reached.ruling_id is not None:
        overtaken = OVERTAKEN | {Fate.NOT_OPEN}
        return replace(found, fate=Fate.ALREADY) if said.at > reached.at and part.fate in overtaken else found
    hit = case.hit(rung.criterion)
    proof = Moment(hit.at, hit.message_id) if hit and hit.message_id == reached.message_id else None
    if reached.message_id == said.message_id and (proof is None or proof.at in _times(case)):
        return replace(found, fate=Fate.COMPLETED, unlocks=reached.unlocks)
    beaten = (said.at, said.message_id) > (proof or Moment(reached.at, reached.message_id))
    return replace(found, fate=Fate.ALREADY) if beaten and part.fate in OVERTAKEN else found


def _times(case: Case) -> set[datetime]:
    """When the message itself can fulfil a criterion: when it happened, or when what its account did came to them."""
    comings = {case.comes_to_them_at(membership) for membership in case.memberships}
    return {case.said.at} | {at for at in comings if at > case.said.at}


def _blocks(other: RungSpec, rung: RungSpec, complete: Mapping[str, Reached]) -> bool:
    return other.key in rung.prerequisites and other.key not in complete


def _lacking(case: Case, part: Part) -> list[str]:
    """What else must be so before the step is complete: of an "all" every part that is not, else nothing.

    Of conditions about the account: what that one lacks for which the message counts, else the one that lacks least.
    """

    def missing(criterion: Criterion, membership: Membership | None) -> Iterator[str]:
        if case.hit(criterion, membership) is not None:
            return
        if isinstance(criterion, All):
            for child in criterion.children:
                yield from missing(child, membership)
        else:
            yield describe(criterion)

    criterion = case.judged.rung.criterion
    if not isinstance(criterion, All):
        return []
    of_account = [one for one in case.facts.accounts if one.account.key == part.account]
    tried = [list(missing(criterion, one)) for one in of_account or case.facts.accounts or (None,)]
    return min(tried, key=len)
