"""Answers to a discovery's questions: read from what was typed, kept as plain data, used as values. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from milestones.discovery.questions import LONGEST_LINE, LONGEST_TEXT, Choice, Question, choice, questionnaire
from milestones.library.problems import Problems, storable

LARGEST_TEAM = 1_000_000
LONGEST_WEEKS = 520
LONGEST_DAYS = 3650
MOST_SOURCES = 20
NOTHING = "none"

# What was typed: the names of a form's fields and their values, a list for choices.
Typed = Mapping[str, Any]


@dataclass(frozen=True)
class Answers:
    """What was answered about one role. `days`: from the day of answering to the deadline, None without one."""

    role: str = ""  # the role's name, as the workspace calls it
    kind: str = ""  # a key of roles.KINDS, or '' for a role of another kind
    product: str = ""  # what kind of product it is about, '' for none of the known
    success: str = ""
    outcomes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    days: int | None = None
    team: int | None = None
    industry: str = ""
    have: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    notes: str = ""

    def chosen(self, question: str) -> list[Choice]:
        return [choice(question, key) for key in getattr(self, question)]


def read(typed: Typed, *, kind: str, today: date) -> tuple[dict[str, Any], Problems]:
    """The canonical data of what was typed, and what is wrong with it; a problem's place is the question's key.

    Data: {success, outcomes[], sources[], deadline{weeks | on}, team, industry, have[], others[], risks[], notes,
    answered_on}; what was left open is left out.
    """
    problems = Problems()
    data: dict[str, Any] = {}
    for question in questionnaire(kind):
        value = _READERS[question.kind](question, typed, today, problems)
        if value:
            data[question.key] = value
        elif question.required and not any(problem.place == question.key for problem in problems):
            problems.add(question.key, str(_MISSING[question.kind]))
    return {**data, "answered_on": today.isoformat()}, problems


def values_of(data: Mapping[str, Any], *, role: str, kind: str, product: str) -> Answers:
    """Canonical data as values."""
    return Answers(
        role=role,
        kind=kind,
        product=product,
        success=data.get("success", ""),
        outcomes=tuple(data.get("outcomes", ())),
        sources=tuple(data.get("sources", ())),
        days=_days(data),
        team=data.get("team"),
        industry=data.get("industry", ""),
        have=tuple(data.get("have", ())),
        others=tuple(data.get("others", ())),
        risks=tuple(data.get("risks", ())),
        notes=data.get("notes", ""),
    )


def typed_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """What would have to be typed for `data`: read(typed_of(data)) gives it again."""
    deadline = data.get("deadline", {})
    typed: dict[str, Any] = {key: data[key] for key in ("success", "industry", "notes") if key in data}
    typed |= {key: list(data[key]) for key in ("outcomes", "have", "others", "risks") if key in data}
    typed |= {"sources": ", ".join(data["sources"])} if "sources" in data else {}
    typed |= {"team": str(data["team"])} if "team" in data else {}
    if "weeks" in deadline:
        typed |= {"deadline": "weeks", "deadline_weeks": str(deadline["weeks"])}
    elif "on" in deadline:
        typed |= {"deadline": "on", "deadline_on": deadline["on"]}
    return typed


def bounded(typed: Typed, *, kind: str) -> tuple[dict[str, Any], Problems]:
    """What was typed as a draft to keep, whether it makes sense yet or not; refused only what is too long to keep."""
    problems = Problems()
    kept: dict[str, Any] = {}
    for question in questionnaire(kind):
        if question.kind == "many":
            known = {one.key for one in question.choices}
            kept[question.key] = [key for key in dict.fromkeys(_list(typed.get(question.key))) if key in known]
            continue
        longest = LONGEST_TEXT if question.kind == "text" else LONGEST_LINE
        for name in [question.key, *(f"{question.key}_{part}" for part in _PARTS.get(question.kind, ()))]:
            text = _text(typed.get(name)).replace("\r\n", "\n")
            if len(text) > longest:
                problems.add(
                    question.key,
                    gettext("is %(text)s characters long; at most %(longest)s fit, so shorten it")
                    % {"text": len(text), "longest": longest},
                )
            elif not storable(text):
                problems.add(question.key, gettext("contains a character that cannot be kept; type it again"))
            else:
                kept[name] = text
    return {name: value for name, value in kept.items() if value}, problems


_PARTS = {"deadline": ("weeks", "on")}
_MISSING = {"text": _("is empty; write a sentence or two"), "many": _("has no answer; choose at least one")}


def _read_text(question: Question, typed: Typed, today: date, problems: Problems) -> str:
    text = _text(typed.get(question.key))
    return problems.text(
        text, question.key, longest=LONGEST_TEXT if question.kind == "text" else LONGEST_LINE, empty=True
    )


def _read_line(question: Question, typed: Typed, today: date, problems: Problems) -> Any:
    text = " ".join(_read_text(question, typed, today, problems).split())
    if question.key != "sources":
        return text
    sources = [source for part in re.split(r"[,;]", text) if (source := part.strip())]
    if len(sources) > MOST_SOURCES:
        problems.add(
            question.key,
            gettext("names %(sources)s sources; name the %(most_sources)s most important")
            % {"sources": len(sources), "most_sources": MOST_SOURCES},
        )
        return []
    return list({source.casefold(): source for source in reversed(sources)}.values())[::-1]


def _read_number(question: Question, typed: Typed, today: date, problems: Problems) -> int | None:
    text = _text(typed.get(question.key)).strip()
    if not text:
        return None
    return _whole(text, question.key, LARGEST_TEAM, problems)


def _read_many(question: Question, typed: Typed, today: date, problems: Problems) -> list[str]:
    given = set(_list(typed.get(question.key)))
    # In the questionnaire's order, so that the same choices are the same answer.
    chosen = [one.key for one in question.choices if one.key in given]
    if given - {one.key for one in question.choices}:
        problems.add(question.key, gettext("has a choice that is not offered; choose from the list"))
    if len(chosen) > question.most:
        problems.add(
            question.key,
            gettext("has %(chosen)s choices; choose at most %(most)s") % {"chosen": len(chosen), "most": question.most},
        )
    return chosen


def _read_deadline(question: Question, typed: Typed, today: date, problems: Problems) -> dict[str, Any] | None:
    how = _text(typed.get(question.key)) or NOTHING
    if how == "weeks":
        text = _text(typed.get(f"{question.key}_weeks")).strip()
        if not text:
            problems.add(question.key, gettext("says weeks but not how many; write for example 6"))
            return None
        weeks = _whole(text, question.key, LONGEST_WEEKS, problems)
        return {"weeks": weeks} if weeks else None
    if how == "on":
        text = _text(typed.get(f"{question.key}_on")).strip()
        try:
            day = date.fromisoformat(text)
        except ValueError:
            problems.add(question.key, gettext("has no date; write for example 2027-03-31"))
            return None
        if not today < day <= today + timedelta(days=LONGEST_DAYS):
            problems.add(question.key, gettext("lies in the past or ten years ahead; choose a date to come"))
            return None
        return {"on": day.isoformat()}
    if how != NOTHING:
        problems.add(question.key, gettext("is not known; choose weeks, a date, or no deadline"))
    return None


_READERS = {
    "text": _read_text,
    "line": _read_line,
    "number": _read_number,
    "many": _read_many,
    "deadline": _read_deadline,
}


def _days(data: Mapping[str, Any]) -> int | None:
    deadline = data.get("deadline", {})
    if "weeks" in deadline:
        return int(deadline["weeks"]) * 7
    if "on" in deadline:
        return (date.fromisoformat(deadline["on"]) - date.fromisoformat(data["answered_on"])).days
    return None


def _whole(text: str, place: str, largest: int, problems: Problems) -> int | None:
    if not re.fullmatch(r"[0-9]{1,9}", text, re.ASCII) or not 1 <= int(text) <= largest:
        problems.add(
            place,
            gettext("is not a whole number from 1 to %(largest)s; write digits only") % {"largest": intcomma(largest)},
        )
        return None
    return int(text)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []
