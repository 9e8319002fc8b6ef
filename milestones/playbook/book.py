"""A playbook as one value: what follows from the ladder, with what people wrote beside it.

The generated part is made anew from the ladder's live version (from its draft until there is one), so it never has to
be kept up. Pages and exports show this value and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext

from milestones.discovery.asking import Said, said
from milestones.discovery.models import Plan
from milestones.ladders.document import Document
from milestones.ladders.models import Ladder, LadderVersion
from milestones.library.content import MESSAGES
from milestones.library.criteria import describe, describe_rule, parse, parse_rule, parse_start
from milestones.library.periods import parse_period
from milestones.playbook.models import CHAPTER, MILESTONE, Playbook, Section


@dataclass(frozen=True)
class Message:
    """A milestone's template: `kind` is in_app, email or help; `subject` is an e-mail's."""

    kind: str
    text: str
    subject: str = ""


@dataclass(frozen=True)
class Step:
    """A milestone of the ladder as the playbook tells it. `section` is what people wrote about it, if anything."""

    number: int
    key: str
    name: str
    purpose: str
    criterion: dict[str, Any]
    done_when: str
    actions: tuple[str, ...]
    risks: tuple[str, ...]
    due_after: timedelta | None
    spacing: timedelta | None
    after: tuple[str, ...]  # names of the milestones to complete before
    first_value: bool
    unlock: str
    adds: str
    minutes: int | None
    messages: tuple[Message, ...]
    section: Section

    @property
    def place(self) -> str:
        return self.section.place


@dataclass(frozen=True)
class Phase:
    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Book:
    """`version` is the one told about, None for a ladder without any; `draft` a newer one that is being written.

    `goals` are the answers of the discovery that led to the ladder.
    `chapters` are written for the ladder as a whole, `left` were written about milestones that it no longer has.
    """

    ladder: Ladder
    playbook: Playbook
    version: LadderVersion | None
    draft: LadderVersion | None
    title: str
    value_proposition: str
    kickoff: str
    done_looks_like: str
    role: str
    for_whom: str
    starts: str
    funnel: tuple[str, ...]
    goals: tuple[Said, ...]
    phases: tuple[Phase, ...]
    chapters: tuple[Section, ...]
    left: tuple[Section, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for phase in self.phases for step in phase.steps)

    @property
    def stale(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.section.stale_since)

    def section(self, place: str) -> Section | None:
        """What stands at a place: a chapter, a milestone's section (stored or not), or one left over."""
        known = (*self.chapters, *(step.section for step in self.steps), *self.left)
        return next((section for section in known if section.place == place), None)

    def step(self, place: str) -> Step | None:
        return next((step for step in self.steps if step.place == place), None)

    def name_of(self, place: str) -> str:
        """What a place is called in the change log."""
        step = self.step(place)
        section = None if step else self.section(place)
        return step.name if step else str(section) if section else ""


def book_of(ladder: Ladder) -> Book:
    """The playbook of a ladder as it reads now. Inside a scope."""
    versions = list(ladder.versions.order_by("-number"))
    live = next((version for version in versions if version.is_published), None)
    draft = next((version for version in versions if not version.is_published), None)
    playbook = Playbook.of(ladder)
    written = {section.place: section for section in _written(playbook)}
    return _book(ladder, playbook, live or draft, draft if live else None, written)


def _written(playbook: Playbook) -> list[Section]:
    return list(playbook.sections.filter(removed_at=None)) if playbook.pk else []


def _book(
    ladder: Ladder,
    playbook: Playbook,
    version: LadderVersion | None,
    draft: LadderVersion | None,
    written: Mapping[str, Section],
) -> Book:
    document: Document = version.document if version else {"role": ladder.role.content}
    start = parse_start(document.get("start"))
    rungs = document.get("rungs", [])
    names = {rung["milestone"]["key"]: rung["milestone"]["name"] for rung in rungs}
    steps = [_step(number, rung, names, written, playbook) for number, rung in enumerate(rungs, 1)]
    phases = list(dict.fromkeys(rung["phase"] for rung in rungs))
    here = {step.place for step in steps}
    return Book(
        ladder=ladder,
        playbook=playbook,
        version=version,
        draft=draft,
        title=document.get("title", ""),
        value_proposition=document.get("value_proposition", ""),
        kickoff=document.get("kickoff", ""),
        done_looks_like=document.get("done_looks_like", ""),
        role=document["role"]["name"],
        for_whom=describe_rule(parse_rule(document["role"]["rule"])),
        starts=describe(start) if start else gettext("the user is first seen"),
        funnel=tuple(names[key] for key in document.get("funnel", ())),
        goals=_goals(ladder),
        phases=tuple(
            Phase(
                phase,
                tuple(step for step, rung in zip(steps, rungs, strict=True) if rung["phase"] == phase),
            )
            for phase in phases
        ),
        chapters=tuple(section for place, section in written.items() if place.startswith(CHAPTER)),
        left=tuple(
            section
            for place, section in written.items()
            if place.startswith(MILESTONE) and place not in here and section.text
        ),
    )


def _goals(ladder: Ladder) -> tuple[Said, ...]:
    plan = Plan.objects.filter(ladder=ladder).select_related("discovery").order_by("-made_at", "-pk").first()
    return tuple(one for one in said(plan.discovery.kind, plan.answers) if one.texts) if plan else ()


def _step(
    number: int, rung: Document, names: Mapping[str, str], written: Mapping[str, Section], playbook: Playbook
) -> Step:
    milestone = rung["milestone"]
    place = MILESTONE + milestone["key"]
    said = milestone.get("messages", {})
    return Step(
        number=number,
        key=milestone["key"],
        name=milestone["name"],
        purpose=milestone.get("purpose", ""),
        criterion=milestone["criterion"],
        done_when=describe(parse(milestone["criterion"])),
        actions=tuple(milestone.get("expected_actions", ())),
        risks=tuple(milestone.get("risks", ())),
        due_after=parse_period(rung["due_after"]) if "due_after" in rung else None,
        spacing=parse_period(rung["spacing"]) if "spacing" in rung else None,
        after=tuple(names[key] for key in rung.get("prerequisites", ())),
        first_value=rung.get("first_value", False),
        unlock=milestone.get("unlock", ""),
        adds=milestone.get("value_statement", ""),
        minutes=milestone.get("minutes"),
        messages=tuple(
            Message(kind, said[kind], said.get("email_subject", "") if kind == "email" else "")
            for kind in MESSAGES
            if kind != "email_subject" and kind in said
        ),
        section=written.get(place) or Section(place=place),
    )
