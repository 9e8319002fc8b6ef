"""A milestone's content as a form: what was sent by one, and what its template shows. Pure.

Fields are named as in the content: name, purpose, …, tags.industry, messages.email; the criterion has fields of its
own (criterion_form). Lists stand one entry a line (a line that begins with two spaces goes on with the one before),
tags with commas between them. `read_form` of the values that `MilestoneForm` shows is the content that it was made of,
but for line breaks where one line is meant, which become spaces.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from . import criterion_form
from .content import FIELDS, MESSAGES, TAGS
from .criteria import describe, parse
from .literals import read_texts, write_texts
from .problems import Problem, is_predicate

LISTS = ("expected_actions", "risks")
ONE_LINE = ("name", "action_label", "messages.email_subject")
LABELS = {
    "name": _("Name"),
    "purpose": _("Purpose"),
    "expected_actions": _("Expected actions"),
    "risks": _("What goes wrong"),
    "criterion": _("Done when"),
    "unlock": _("Unlocks"),
    "cue": _("Why it matters"),
    "tip": _("Tip"),
    "video_url": _("Video"),
    "value_statement": _("What it adds"),
    "action_label": _("Button"),
    "action_url": _("Opens"),
    "minutes": _("Takes"),
    "tags.use_case": _("Use cases"),
    "tags.industry": _("Industries"),
    "tags.size": _("Sizes"),
    "tags.role": _("Roles"),
    "messages.in_app": _("In-app message"),
    "messages.email_subject": _("E-mail subject"),
    "messages.email": _("E-mail"),
    "messages.help": _("Help-centre article"),
}
BLANK = {"name": _("Write a name: the user reads it as the step’s title")}


@dataclass
class Box:
    """One field. `theirs`: what is kept now, where somebody else changed it and that is not what is typed here."""

    name: str
    label: str
    value: str
    problems: list[str] = field(default_factory=list)
    theirs: str | None = None

    @property
    def id(self) -> str:
        return self.name.replace(".", "-").replace("_", "-")

    @property
    def required(self) -> bool:
        return self.name in BLANK

    def add(self, message: str, item: str) -> None:
        if not self.value.strip() and self.name in BLANK:
            message = str(BLANK[self.name])
        elif item:
            message = _("Entry %(n)d %(problem)s") % {"n": int(item) + 1, "problem": message}
        elif is_predicate(message):
            message = f"{self.label} {message}"
        self.problems.append(message[:1].upper() + message[1:])


class MilestoneForm:
    """What templates/library/_form.html shows. `boxes` by name, with _ for the dot; `criterion` is an Editor.

    `problems` are those of content.read_content, with places below `milestone`. `theirs`: the content that is kept
    now, when somebody else changed it meanwhile.
    """

    def __init__(
        self,
        content: Mapping[str, Any],
        *,
        problems: Iterable[Problem] = (),
        theirs: Mapping[str, Any] | None = None,
        focus: str | None = None,
    ) -> None:
        problems = list(problems)
        values, other = _values(content), _values(theirs) if theirs is not None else None
        self.boxes = {
            name.replace(".", "_"): Box(
                name, str(label), values[name], theirs=other[name] if other and other[name] != values[name] else None
            )
            for name, label in LABELS.items()
            if name != "criterion"
        }
        self.criterion = criterion_form.Editor(
            content.get("criterion"),
            problems=[problem for problem in problems if problem.place.startswith("milestone.criterion")],
            focus=focus,
        )
        differs = theirs is not None and theirs["criterion"] != content.get("criterion")
        self.theirs_done_when = describe(parse(theirs["criterion"])) if theirs and differs else ""
        self.problems: list[str] = []
        for problem in problems:
            self._sort(problem)

    @property
    def wrong(self) -> list[Box]:
        return [box for box in self.boxes.values() if box.problems]

    def _sort(self, problem: Problem) -> None:
        found = re.fullmatch(r"milestone\.([a-z_.]+?)(?:\[([0-9]+)\])?", problem.place)
        if found and (box := self.boxes.get(found[1].replace(".", "_"))):
            box.add(problem.message, found[2] or "")
        elif not problem.place.startswith("milestone.criterion"):
            self.problems.append(problem.message[:1].upper() + problem.message[1:])


def read_form(post: Mapping[str, str]) -> dict[str, Any]:
    """The plain data for content.read_content, without the key. What was left empty is left out, but for the name."""
    data: dict[str, Any] = {"name": post.get("name", "")}
    for name in FIELDS:
        if name in LISTS:
            data[name] = read_lines(post.get(name, ""))
        elif name == "criterion":
            data[name] = criterion_form.read_form(post)
        elif name == "minutes":
            typed = post.get(name, "").strip()
            data[name] = int(typed) if re.fullmatch(r"[0-9]{1,9}", typed, re.ASCII) else typed or None
        elif name not in ("key", "name", "tags", "messages", "translations"):
            data[name] = _text(post, name)
    data["tags"] = {kind: read_texts(post.get(f"tags.{kind}", "")) for kind in TAGS}
    data["messages"] = {kind: _text(post, f"messages.{kind}") for kind in MESSAGES}
    return {name: value for name, value in data.items() if value not in ("", [], None) or name == "name"}


def _text(post: Mapping[str, str], name: str) -> str:
    """What was typed, with line breaks as they are kept (browsers send CR LF)."""
    return post.get(name, "").replace("\r\n", "\n").strip()


def read_lines(typed: str) -> list[str]:
    """One entry a line; empty lines are nothing."""
    entries: list[str] = []
    for line in re.split(r"\r\n|\n|\r", typed):
        if line.startswith("  ") and entries:
            entries[-1] += "\n" + line[2:]
        elif line.strip():
            entries.append(line)
    return [entry.strip() for entry in entries]


def write_lines(entries: Iterable[str]) -> str:
    return "\n".join(entry.replace("\n", "\n  ") for entry in entries)


def _values(content: Mapping[str, Any]) -> dict[str, str]:
    """What stands in each field."""
    values = {}
    for name in LABELS:
        whole, __, part = name.partition(".")
        said = content.get(whole)
        if part:
            said = (said or {}).get(part)
        if isinstance(said, list):
            values[name] = write_lines(said) if name in LISTS else write_texts(said)
        elif name != "criterion":
            values[name] = "" if said is None else str(said)
            if name in ONE_LINE:
                values[name] = values[name].replace("\n", " ")
    return values
