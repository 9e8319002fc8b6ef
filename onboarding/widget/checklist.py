"""What a person's checklist shows, as one plain value. Pure: no Django, no clock, no words for numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from milestones.ladders.spec import RungSpec, VersionSpec
from milestones.library.conditions import All, Any_, Criterion, EventCondition
from onboarding.progress.replay import Reached, opened_at

MOST_IN_SIGHT = 5

State = Literal["done", "open", "locked", "missed"]


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

    @property
    def feature(self) -> str:
        """The unlocked feature's key as a name: "scheduled-reports" → "Scheduled reports"."""
        words = self.unlock.replace("-", " ").replace("_", " ").replace(".", " ").strip()
        return words[:1].upper() + words[1:]


@dataclass(frozen=True)
class Checklist:
    """A climb for its climber. `current` is the key of the step to do next; None when there is none."""

    title: str
    value_proposition: str
    done_looks_like: str
    steps: tuple[Step, ...]
    current: str | None

    @property
    def total(self) -> int:
        return len(self.steps)

    @property
    def done(self) -> int:
        return sum(step.state == "done" for step in self.steps)

    @property
    def finished(self) -> bool:
        return self.done == self.total

    @property
    def minutes_left(self) -> int | None:
        """Minutes that the steps still to do are said to take; None when that is not said of every one of them."""
        left = [step.minutes for step in self.steps if step.state in ("open", "locked")]
        return sum(minutes for minutes in left if minutes) if left and all(left) else None

    def next_after(self, key: str) -> str | None:
        """The open step to turn to when `key` is skipped for now: the next in order, from the top after the last."""
        keys = [step.key for step in self.steps if step.state == "open"]
        if key not in keys or len(keys) < 2:
            return None
        return keys[(keys.index(key) + 1) % len(keys)]

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
    title: str,
    value_proposition: str = "",
    done_looks_like: str = "",
    contents: Mapping[str, Mapping[str, Any]],
    started_at: datetime,
    completed: Mapping[str, datetime],
    now: datetime,
) -> Checklist:
    """Build the checklist of a journey on `version`.

    `contents` is by rung key what the version keeps of the milestone's content; `completed` by rung key when it was
    completed. Completions of rungs that this version doesn't have are left out.
    """
    reached = {rung.key: Reached(completed[rung.key], "") for rung in version.rungs if rung.key in completed}
    names = {rung.key: rung.name for rung in version.rungs}
    steps = tuple(
        _step(rung, contents.get(rung.key, {}), reached=reached, names=names, started_at=started_at, now=now)
        for rung in version.rungs
    )
    current = next((step.key for step in steps if step.state == "open"), None)
    return Checklist(title, value_proposition, done_looks_like, steps, current)


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
        name=rung.name,
        state=state,
        cue=content.get("cue", ""),
        tip=content.get("tip", ""),
        value_statement=content.get("value_statement", ""),
        action_label=content.get("action_label", ""),
        action_url=safe_link(content.get("action_url", "")),
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
