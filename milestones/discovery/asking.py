"""A questionnaire as its form shows it: each question with what was typed, and what is wrong with that."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext

from milestones.discovery.questions import LONGEST_LINE, LONGEST_TEXT, Question, questionnaire
from milestones.library.problems import Problem


@dataclass(frozen=True)
class Asked:
    number: int
    question: Question
    value: str | list[str]
    problems: tuple[str, ...]
    weeks: str = ""  # of a deadline
    on: str = ""

    @property
    def longest(self) -> int:
        return LONGEST_TEXT if self.question.kind == "text" else LONGEST_LINE


def asked(kind: str, typed: Mapping[str, Any], problems: Iterable[Problem] = ()) -> list[Asked]:
    """The questions for a kind of user, in order, with what was typed."""
    found = list(problems)
    return [
        Asked(
            number,
            question,
            typed.get(question.key) or ([] if question.kind == "many" else ""),
            tuple(problem.message for problem in found if problem.place == question.key),
            typed.get(f"{question.key}_weeks", ""),
            typed.get(f"{question.key}_on", ""),
        )
        for number, question in enumerate(questionnaire(kind), 1)
    ]


@dataclass(frozen=True)
class Said:
    """A question and what was answered. `texts`: one or several; none when it was left open."""

    question: Question
    texts: tuple[str, ...]


def said(kind: str, data: Mapping[str, Any]) -> list[Said]:
    """The answers (canonical data) in words. Choices that are offered no more are left out."""
    return [Said(question, tuple(_texts(question, data.get(question.key)))) for question in questionnaire(kind)]


def _texts(question: Question, value: Any) -> list[str]:
    if value is None:
        return []
    match question.kind:
        case "many":
            return [str(choice.words) for choice in question.choices if choice.key in value]
        case "deadline":
            weeks = value.get("weeks")
            return (
                [gettext("By %(on)s") % {"on": value["on"]}]
                if "on" in value
                else [ngettext("In %(n)d week", "In %(n)d weeks", weeks) % {"n": weeks}]
            )
    return list(value) if isinstance(value, list) else [str(value)]
