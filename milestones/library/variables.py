"""Variables in message templates: `{{ first_name }}`, or with a fallback `{{ first_name | there }}`. Pure.

Nothing is ever evaluated: a variable is looked up by its name, a fallback is plain text, and what was filled in is
not read again, so a person who is called "{{ email }}" is greeted by exactly that. Whoever shows the result in HTML
escapes it like any other text.
"""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .problems import shown, unknown

VARIABLES: dict[str, str] = {
    "name": "The person's full name",
    "first_name": "The person's first name",
    "email": "The person's e-mail address",
    "account": "The company that the person belongs to",
    "workspace": "Your own company, as it is called here",
    "ladder": "The title of the ladder",
    "step": "The milestone that the message is about",
    "unlocks": "What the milestone switches on",
    "minutes": "How many minutes the milestone takes",
    "action_url": "Where the milestone's button leads",
    "steps_done": "How many steps the person has done",
    "steps_total": "How many steps the ladder has",
    "next_step": "The step that the person should do next",
    "days_since_start": "Whole days since the person began",
    "hours_to_first_value": "Hours from the beginning to first value, once it is reached",
}
TRAIT = "trait."
TRAIT_EXPLAINED = "One of the person's traits, by its name: trait.plan"

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
        name, _ = _read(found[1])
        if not name:
            problems.append(f"{found[0]} names no variable; write for example {{{{ first_name }}}}")
        elif name.startswith(TRAIT):
            if not name.removeprefix(TRAIT).strip("."):
                problems.append(f"{found[0]} names no trait; write for example {{{{ trait.plan }}}}")
        elif name not in VARIABLES:
            problems.append(f"{found[0]} {unknown(name, [*VARIABLES, TRAIT + 'plan'])}")
    rest = _VARIABLE.sub("", text)
    for mark in ("{{", "}}"):
        if (place := rest.find(mark)) >= 0:
            near = rest[place : place + 30].split("\n")[0] if mark == "{{" else rest[max(0, place - 28) : place + 2]
            problems.append(f"{shown(near.strip())} is half a variable; write for example {{{{ first_name }}}}")
    return list(dict.fromkeys(problems))


def _read(inside: str) -> tuple[str, str]:
    """Name and fallback of what stands between the braces."""
    name, _, fallback = inside.partition("|")
    return name.strip(), fallback.strip()
