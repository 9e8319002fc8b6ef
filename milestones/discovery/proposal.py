"""A proposal as values, and as the plain data in which it is kept. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reason:
    """Why, as a sentence. `rule` names the rule that says so."""

    rule: str
    words: str


@dataclass(frozen=True)
class Step:
    """A milestone as it would stand in the ladder. `order` tells its place among all; `value`: how well first value
    would be marked here, 0 for not at all."""

    content: Mapping[str, Any]  # canonical, with its criterion already fitted
    usual: Mapping[str, Any]  # its criterion as it was before
    source: str
    phase: str
    due_days: int
    prerequisites: tuple[str, ...]  # keys, whether proposed or not
    order: int
    value: int
    reasons: tuple[Reason, ...]
    instead: tuple[str, ...] = ()  # keys of spare steps that could take its place, the best first

    @property
    def key(self) -> str:
        return str(self.content["key"])

    @property
    def name(self) -> str:
        return str(self.content["name"])


@dataclass(frozen=True)
class LeftOut:
    """What was not proposed and why. If it is a spare step, it can still be taken."""

    key: str
    name: str
    words: str


@dataclass(frozen=True)
class Proposal:
    """`steps` are proposed, in order; `spares` could be; `left_out` says why each of the others is not among the steps.

    `about` explains what holds for the ladder as a whole.
    """

    steps: tuple[Step, ...] = ()
    spares: tuple[Step, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    about: tuple[Reason, ...] = ()
    title: str = ""
    value_proposition: str = ""
    done_looks_like: str = ""
    kickoff: str = ""
    new_steps_a_session: int | None = None

    def known(self) -> dict[str, Step]:
        """Every step that is proposed or could be, by its key."""
        return {step.key: step for step in (*self.steps, *self.spares)}


TEXTS = ("title", "value_proposition", "done_looks_like", "kickoff")


def to_data(proposal: Proposal) -> dict[str, Any]:
    return {
        "steps": [_step_data(step) for step in proposal.steps],
        "spares": [_step_data(step) for step in proposal.spares],
        "left_out": [vars(one) for one in proposal.left_out],
        "about": [vars(reason) for reason in proposal.about],
        **{field: getattr(proposal, field) for field in TEXTS},
        "new_steps_a_session": proposal.new_steps_a_session,
    }


def from_data(data: Mapping[str, Any]) -> Proposal:
    """from_data(to_data(p)) == p."""
    return Proposal(
        steps=tuple(_step(step) for step in data["steps"]),
        spares=tuple(_step(step) for step in data["spares"]),
        left_out=tuple(LeftOut(**one) for one in data["left_out"]),
        about=tuple(Reason(**reason) for reason in data["about"]),
        **{field: data[field] for field in TEXTS},
        new_steps_a_session=data["new_steps_a_session"],
    )


def _step_data(step: Step) -> dict[str, Any]:
    return {
        **vars(step),
        "content": dict(step.content),
        "usual": dict(step.usual),
        "prerequisites": list(step.prerequisites),
        "instead": list(step.instead),
        "reasons": [vars(reason) for reason in step.reasons],
    }


def _step(data: Mapping[str, Any]) -> Step:
    return Step(
        **{
            **data,
            "prerequisites": tuple(data["prerequisites"]),
            "instead": tuple(data["instead"]),
            "reasons": tuple(Reason(**reason) for reason in data["reasons"]),
        }
    )
