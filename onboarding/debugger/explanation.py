"""What a message of the log did for its person, or why nothing. Pure.

The engine's own functions decide; this only asks them. How many of those needed a message is, for example, is found by
asking the engine for the moment at which the same condition with a smaller number is fulfilled. So what replay learns
to count, this explains.
"""

import difflib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from milestones.ladders.spec import VersionSpec
from milestones.library.sentences import describe
from onboarding.debugger.conditions import checks_of, looking, matching
from onboarding.debugger.fates import Explanation, Fate, LadderFate, Part, WhyNot
from onboarding.debugger.situation import Said, Situation
from onboarding.debugger.steps import climbed, unclimbed
from onboarding.debugger.traits_said import uses_of
from onboarding.progress.assign import begun
from onboarding.progress.facts import Facts, Moment
from onboarding.progress.plan import Course, Plan
from onboarding.progress.replay import start_of

MOST_SIMILAR = 3
ALIKE = 0.8


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
        steps = tuple(unclimbed(said, newest, read_yet=read_yet))
    else:
        steps = tuple(climbed(said, course, state, situation, read_yet=read_yet))
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
