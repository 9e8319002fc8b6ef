"""What a person's checklist shows, as one plain value. Pure: no Django, no clock, no words for numbers.

A ladder may pace its steps: at most so many new ones a session, and a time between two. Pacing says when a step is
*offered*; whoever does it sooner gets credit all the same, because progress follows from what people do.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.conditions import All, Any_, Criterion, EventCondition
from milestones.library.keys import feature_name
from onboarding.progress.replay import Reached, opened_at
from onboarding.widget.videos import Player, player_of

MOST_IN_SIGHT = 5

# Whoever does nothing for so long comes back to a new session.
SESSION_ENDS_AFTER = timedelta(minutes=30)

NOTHING: Mapping[str, str] = {}

State = Literal["done", "open", "waiting", "locked", "missed"]


@dataclass(frozen=True)
class Step:
    """One rung as its climber sees it."""

    key: str
    name: str
    state: State
    cue: str = ""
    tip: str = ""
    value_statement: str = ""
    action_label: str = ""
    action_url: str = ""
    unlock: str = ""
    minutes: int | None = None
    done_at: datetime | None = None
    due_at: datetime | None = None
    overdue: bool = False
    waits_for: tuple[str, ...] = ()  # names of the steps that open this one
    video_url: str = ""
    waits_until: datetime | None = None  # a waiting step is offered then; None: in the next session
    skipped: str = ""  # why the climber put it aside, while it isn't done

    @property
    def feature(self) -> str:
        """The unlocked feature's key as a name."""
        return feature_name(self.unlock)

    @property
    def player(self) -> Player | None:
        """What plays the step's video in the checklist itself, where anything can."""
        return player_of(self.video_url) if self.video_url else None

    @property
    def adds(self) -> str:
        """What is said of the step once it is done."""
        return self.value_statement or self.cue

    @property
    def button(self) -> str:
        return self.action_label or self.name


@dataclass(frozen=True)
class Story:
    """What a customer says who has got there."""

    text: str
    who: str = ""


@dataclass(frozen=True)
class Telling:
    """The texts around the steps, as they are for one climber."""

    title: str
    value_proposition: str = ""
    kickoff: str = ""  # what done looks like for the first phase
    done_looks_like: str = ""
    story: Story | None = None
    before: str = ""  # the impact, once it is there to be told
    after: str = ""


@dataclass(frozen=True)
class Checklist:
    """A climb for its climber. `current` is the key of the step to do next; None when there is none.

    `finished` is the climb's own word: who has finished stays so, whatever steps a later version adds.
    """

    telling: Telling
    steps: tuple[Step, ...]
    current: str | None
    finished: bool = False

    @property
    def title(self) -> str:
        return self.telling.title

    @property
    def total(self) -> int:
        return len(self.steps)

    @functools.cached_property
    def done(self) -> int:
        return sum(step.state == "done" for step in self.steps)

    @property
    def paced(self) -> bool:
        return any(step.state == "waiting" for step in self.steps)

    @property
    def players(self) -> tuple[Player, ...]:
        """What plays the videos of all steps that are not done."""
        return tuple(step.player for step in self.steps if step.state != "done" and step.player)

    @property
    def unfolded(self) -> str:
        """The key of the step that stands open at first: the current one, else what waits, as it says until when."""
        return self.current or next((step.key for step in self.steps if step.state == "waiting"), "")

    @functools.cached_property
    def minutes_left(self) -> int | None:
        """Minutes that the steps still to do are said to take; None when that is not said of every one of them.

        What was put aside is not among them.
        """
        left = [step.minutes for step in self.steps if step.state in ("open", "waiting", "locked") and not step.skipped]
        return sum(minutes for minutes in left if minutes) if left and all(left) else None

    @property
    def all_aside(self) -> bool:
        """Whether nothing is left to do but what was put aside."""
        ahead = [step for step in self.steps if step.state == "open"]
        return not self.finished and bool(ahead) and all(step.skipped for step in ahead)

    def in_sight(self, *, opened: str | None = None) -> tuple[Step, ...]:
        """At most five steps in their order: the opened one, then what lies ahead, then what was done last."""
        if self.total <= MOST_IN_SIGHT:
            return self.steps
        places = {step.key: place for place, step in enumerate(self.steps)}
        here = places.get(opened or self.current or "", self.total - 1)
        ahead = [place for place in range(here + 1, self.total) if self.steps[place].state != "done"]
        behind = list(range(here - 1, -1, -1))
        rest = [place for place in range(here + 1, self.total) if place not in ahead]
        # One step behind gives a footing; more of them only where there is not enough ahead.
        order = [here, *behind[:1], *ahead[:3], *behind[1:], *ahead[3:], *rest]
        return tuple(self.steps[place] for place in sorted(order[:MOST_IN_SIGHT]))


def checklist(
    *,
    version: VersionSpec,
    telling: Telling,
    contents: Mapping[str, Mapping[str, Any]],
    started_at: datetime,
    completed: Mapping[str, datetime],
    now: datetime,
    finished: bool = False,
    skipped: Mapping[str, str] = NOTHING,
) -> Checklist:
    """Build the checklist of a journey on `version`.

    `contents` is by rung key what the version keeps of the milestone's content; `completed` by rung key when it was
    completed. Completions of rungs that this version doesn't have are left out. `finished`: the journey is, whether or
    not every step of this version is done. `skipped` is by rung key why the climber put a step aside: it stays as it
    is, and is turned to last.
    """
    reached = {rung.key: Reached(completed[rung.key], "") for rung in version.rungs if rung.key in completed}
    names = {rung.key: contents.get(rung.key, {}).get("name", rung.name) for rung in version.rungs}
    steps = [
        _step(rung, contents.get(rung.key, {}), reached=reached, names=names, started_at=started_at, now=now)
        for rung in version.rungs
    ]
    steps = [
        replace(step, skipped=skipped[step.key]) if step.key in skipped and step.state != "done" else step
        for step in steps
    ]
    steps = paced(steps, version, now=now)
    current = next((step.key for step in steps if step.state == "open" and not step.skipped), None)
    all_done = bool(steps) and all(step.state == "done" for step in steps)
    return Checklist(telling, tuple(steps), current, finished or all_done)


def paced(steps: Sequence[Step], version: VersionSpec, *, now: datetime) -> list[Step]:
    """The steps, with those that are open but not yet offered as waiting.

    Spacing counts from the step done last. Of a session's new steps the ones already done in it count too; a session
    goes on as long as no pause between two completions, and none up to now, is longer than SESSION_ENDS_AFTER. What is
    overdue waits for nothing.
    """
    done = sorted(step.done_at for step in steps if step.done_at is not None)
    spacing = {rung.key: rung.spacing for rung in version.rungs if rung.spacing is not None}
    room = version.new_steps_a_session
    if room is not None:
        room -= in_session(done, now)
    found = []
    for step in steps:
        if step.state == "open" and not step.overdue and not step.skipped:
            until = done[-1] + spacing[step.key] if done and step.key in spacing else None
            if until is not None and until > now:
                step = replace(step, state="waiting", waits_until=until)
            elif room is not None and room <= 0:
                step = replace(step, state="waiting")
            elif room is not None:
                room -= 1
        found.append(step)
    return found


def in_session(done: Sequence[datetime], now: datetime) -> int:
    """How many of these completions, in ascending order, belong to the session that goes on at `now`."""
    count, later = 0, now
    for at in reversed(done):
        if later - at > SESSION_ENDS_AFTER:
            break
        count, later = count + 1, at
    return count


def story_for(stories: Iterable[Mapping[str, str]], *, role: Iterable[str], industry: str) -> Story | None:
    """The first of the stories that fit best: of the same role and industry, of one of them, of anybody.

    One that is about another role or another industry fits nobody else. `role`: the names that the role goes by.
    """
    roles = {name.casefold() for name in role if name}
    best: tuple[int, Story] | None = None
    for story in stories:
        said = [
            (story.get("role", "").casefold(), roles),
            (story.get("industry", "").casefold(), {industry.casefold()} if industry else set()),
        ]
        if any(named and named not in own for named, own in said):
            continue
        fit = sum(bool(named) for named, _ in said)
        if best is None or fit > best[0]:
            best = fit, Story(story["text"], story.get("who", ""))
    return best[1] if best else None


def _step(
    rung: RungSpec,
    content: Mapping[str, Any],
    *,
    reached: Mapping[str, Reached],
    names: Mapping[str, str],
    started_at: datetime,
    now: datetime,
) -> Step:
    opened = opened_at(rung, reached, started_at)
    state: State = "locked"
    due_at: datetime | None = None
    if rung.key in reached:
        state = "done"
    elif opened is not None:
        closes = closes_at(rung.criterion, start=started_at, opened=opened)
        state = "missed" if closes is not None and closes < now else "open"
        due_at = opened + rung.due_after if rung.due_after is not None and state == "open" else None
    return Step(
        key=rung.key,
        name=names[rung.key],
        state=state,
        cue=content.get("cue", ""),
        tip=content.get("tip", ""),
        value_statement=content.get("value_statement", ""),
        action_label=content.get("action_label", ""),
        action_url=safe_link(content.get("action_url", "")),
        video_url=safe_link(content.get("video_url", "")),
        unlock=rung.unlock,
        minutes=content.get("minutes"),
        done_at=reached[rung.key].at if rung.key in reached else None,
        due_at=due_at,
        overdue=due_at is not None and due_at < now,
        waits_for=tuple(names[key] for key in rung.prerequisites if key not in reached),
    )


def closes_at(criterion: Criterion, *, start: datetime, opened: datetime) -> datetime | None:
    """After this moment a criterion that is not yet fulfilled never will be; None when that cannot be said.

    A group is beyond hope once every child's period has passed: whichever of them was still wanting is then lost.
    """
    match criterion:
        case EventCondition(within=timedelta() as within):
            return (opened if criterion.of == "opening" else start) + within
        case All(children) | Any_(children):
            ends = [closes_at(child, start=start, opened=opened) for child in children]
            known = [end for end in ends if end is not None]
            return max(known) if known and len(known) == len(ends) else None
    return None


@functools.lru_cache(maxsize=4_000)
def safe_link(url: str) -> str:
    """`url` when following it can only lead to a page: http(s), or a path of one's own; otherwise nothing.

    Milestones are checked when they are written; this guards what was stored by other means, because the link is
    shown to people who did not write it.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if any(ord(character) <= 32 for character in url):  # browsers drop them: "java\nscript:"
        return ""
    if parts.scheme in ("http", "https"):
        return url if parts.hostname else ""
    inside = not parts.scheme and url.startswith("/") and not url.startswith(("//", "/\\"))
    return url if inside else ""
