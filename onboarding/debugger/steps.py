"""What a message did for the steps of one ladder. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.conditions import All, Criterion
from milestones.library.sentences import describe
from onboarding.debugger.conditions import looking, matching, part_of, telling
from onboarding.debugger.fates import EFFECTIVE, Fate, Part, StepFate
from onboarding.debugger.situation import Case, Judged, Said, Situation, Words
from onboarding.intake.steps import AHEAD
from onboarding.progress.cells import JourneyState
from onboarding.progress.facts import Facts, Membership, Moment
from onboarding.progress.plan import Course
from onboarding.progress.replay import Reached, opened_at, replay

# What gives way to "the step was complete already" where it came after that.
OVERTAKEN = frozenset(
    {Fate.COUNTED, Fate.ENOUGH, Fate.UNCHANGED, Fate.TOO_LATE, Fate.JOINED_LATE, Fate.AT_START, Fate.AFTER_MOVE}
)


def unclimbed(said: Said, version: VersionSpec, *, read_yet: bool) -> Iterator[StepFate]:
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


def climbed(
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
