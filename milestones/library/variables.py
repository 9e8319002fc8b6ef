"""Variables in message templates: `{{ first_name }}`, or with a fallback `{{ first_name | there }}`. Pure.

Nothing is ever evaluated: a variable is looked up by its name, a fallback is plain text, and what was filled in is
not read again, so a person who is called "{{ email }}" is greeted by exactly that. Whoever shows the result in HTML
escapes it like any other text.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .problems import shown, unknown

VARIABLES: dict[str, Any] = {
    "name": gettext_lazy("The person's full name"),
    "first_name": gettext_lazy("The person's first name"),
    "email": gettext_lazy("The person's e-mail address"),
    "account": gettext_lazy("The company that the person belongs to"),
    "workspace": gettext_lazy("Your own company, as it is called here"),
    "ladder": gettext_lazy("The title of the ladder"),
    "step": gettext_lazy("The milestone that the message is about"),
    "unlocks": gettext_lazy("What the milestone switches on"),
    "minutes": gettext_lazy("How many minutes the milestone takes"),
    "action_url": gettext_lazy("Where the milestone's button leads"),
    "steps_done": gettext_lazy("How many steps the person has done"),
    "steps_total": gettext_lazy("How many steps the ladder has"),
    "next_step": gettext_lazy("The step that the person should do next"),
    "days_since_start": gettext_lazy("Whole days since the person began"),
    "hours_to_first_value": gettext_lazy("Hours from the beginning to first value, once it is reached"),
}
TRAIT = "trait."
TRAIT_EXPLAINED = gettext_lazy("One of the person's traits, by its name: trait.plan")

# Braces cannot stand inside, so a text is read in one pass whatever is in it.
_VARIABLE = re.compile(r"\{\{([^{}]*)\}\}")


class Piece(NamedTuple):
    """A stretch of a filled text. `variable` names where it came from; '' for what was written by hand."""

    text: str
    variable: str = ""


def pieces(text: str, values: Mapping[str, str]) -> Iterator[Piece]:
    """The filled text in stretches, so that a preview can mark what was filled in. Empty stretches are left out."""
    end = 0
    for found in _VARIABLE.finditer(text):
        if found.start() > end:
            yield Piece(text[end : found.start()])
        name, fallback = _read(found[1])
        filled = str(values.get(name) or "") or fallback
        if filled:
            yield Piece(filled, name)
        end = found.end()
    if end < len(text):
        yield Piece(text[end:])


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with its variables replaced. An unknown or empty one is its fallback, or nothing."""
    return "".join(piece.text for piece in pieces(text, values))


def names_in(text: str) -> list[str]:
    """The variables that `text` uses, each once, in the order of their first use."""
    return list(dict.fromkeys(_read(found[1])[0] for found in _VARIABLE.finditer(text)))


def problems_in(text: str) -> list[str]:
    """What is wrong with the variables of `text`, each as a sentence that says what to write instead."""
    problems = []
    for found in _VARIABLE.finditer(text):
        name = _read(found[1])[0]
        if not name:
            problems.append(
                _("%(variable)s names no variable; write for example {{ first_name }}") % {"variable": found[0]}
            )
        elif name.startswith(TRAIT):
            if not name.removeprefix(TRAIT).strip("."):
                problems.append(
                    _("%(variable)s names no trait; write for example {{ trait.plan }}") % {"variable": found[0]}
                )
        elif name not in VARIABLES:
            problems.append(f"{found[0]} {unknown(name, [*VARIABLES, TRAIT + 'plan'])}")
    rest = _VARIABLE.sub("", text)
    for mark in ("{{", "}}"):
        if (place := rest.find(mark)) >= 0:
            near = rest[place : place + 30].split("\n")[0] if mark == "{{" else rest[max(0, place - 28) : place + 2]
            problems.append(
                _("%(text)s is half a variable; write for example {{ first_name }}") % {"text": shown(near.strip())}
            )
    return list(dict.fromkeys(problems))


def _read(inside: str) -> tuple[str, str]:
    """Name and fallback of what stands between the braces."""
    name, __, fallback = inside.partition("|")
    return name.strip(), fallback.strip()
