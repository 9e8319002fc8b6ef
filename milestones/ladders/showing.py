"""A version's rungs as its pages show them."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from django.utils.translation import gettext as _

from milestones.ladders.document import Document
from milestones.library.criteria import describe, describe_rule, parse, parse_rule, parse_start
from milestones.library.periods import parse_period


@dataclass(frozen=True)
class RungShown:
    number: int
    key: str
    name: str
    purpose: str
    done_when: str
    due_after: timedelta | None
    spacing: timedelta | None
    after: tuple[str, ...]  # names of the rungs to complete before
    first_value: bool
    unlock: str
    adds: str
    minutes: int | None


@dataclass(frozen=True)
class PhaseShown:
    name: str
    rungs: tuple[RungShown, ...]


@dataclass(frozen=True)
class VersionShown:
    title: str
    value_proposition: str
    kickoff: str
    done_looks_like: str
    stories: tuple[dict[str, str], ...]
    impact: dict[str, str]
    new_steps_a_session: int | None
    notes: str
    role: str
    for_whom: str
    starts: str
    funnel: tuple[str, ...]  # names; empty when every rung counts in order
    phases: tuple[PhaseShown, ...]

    @property
    def rungs(self) -> int:
        return sum(len(phase.rungs) for phase in self.phases)


def version_shown(document: Document) -> VersionShown:
    """What a page says about the canonical document of a version."""
    rungs = document.get("rungs", [])
    names = {rung["milestone"]["key"]: rung["milestone"]["name"] for rung in rungs}
    start = parse_start(document.get("start"))
    shown = [_rung(number, rung, names) for number, rung in enumerate(rungs, 1)]
    return VersionShown(
        title=document.get("title", ""),
        value_proposition=document.get("value_proposition", ""),
        kickoff=document.get("kickoff", ""),
        done_looks_like=document.get("done_looks_like", ""),
        stories=tuple(document.get("stories", ())),
        impact=document.get("impact", {}),
        new_steps_a_session=document.get("new_steps_a_session"),
        notes=document.get("notes", ""),
        role=document["role"]["name"],
        for_whom=describe_rule(parse_rule(document["role"]["rule"])),
        starts=describe(start) if start else _("the user is first seen"),
        funnel=tuple(names[key] for key in document.get("funnel", ())),
        phases=tuple(
            PhaseShown(name, tuple(rung for rung, __ in group))
            for name, group in groupby(
                zip(shown, [rung["phase"] for rung in rungs], strict=True), key=lambda pair: pair[1]
            )
        ),
    )


def _rung(number: int, rung: Document, names: dict[str, str]) -> RungShown:
    milestone = rung["milestone"]
    return RungShown(
        number=number,
        key=milestone["key"],
        name=milestone["name"],
        purpose=milestone.get("purpose", ""),
        done_when=describe(parse(milestone["criterion"])),
        due_after=parse_period(rung["due_after"]) if "due_after" in rung else None,
        spacing=parse_period(rung["spacing"]) if "spacing" in rung else None,
        after=tuple(names[key] for key in rung.get("prerequisites", ())),
        first_value=rung.get("first_value", False),
        unlock=milestone.get("unlock", ""),
        adds=milestone.get("value_statement", ""),
        minutes=milestone.get("minutes"),
    )
