"""Authored texts in further languages, beside their originals. Pure.

Whatever holds texts for end users (a milestone's content, a ladder, a customer's story) may hold `translations`: by
language what each text says in it, and `made_from`: of which state of the original each was made, as a short mark of
that text. So a translation whose original was changed since is known by itself, whoever changed it and wherever.

    translations:
      de:
        name: Laden Sie jemanden ein
        messages: {in_app: …}
        made_from: {name: 5f3759df, messages.in_app: 0badc0de}

`made_from` may be left out where a text is written by hand: it is then made from what the original says now.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from milestones.library.problems import Problems, shown, unknown
from milestones.library.variables import problems_in
from workspaces.tenants.languages import LANGUAGES

MADE_FROM = "made_from"
_MARK = re.compile(r"[0-9a-f]{8}", re.ASCII)

State = Literal["missing", "outdated", "done"]


@dataclass(frozen=True)
class TextPlace:
    """One text that can be translated. `path` is where it stands, such as "messages.email"."""

    path: str
    longest: int
    variables: bool = False  # whether {{ first_name }} and the like may stand in it
    lines: bool = True  # whether it may have several


@dataclass(frozen=True)
class Translated:
    """One text of an owner in one language: the original, what stands for it, and whether that is still right."""

    place: TextPlace
    original: str
    text: str
    state: State


def mark_of(original: str) -> str:
    """Eight characters that change with the text: enough to know one state of it from another."""
    return hashlib.sha256(original.encode()).hexdigest()[:8]


def value_at(data: Mapping[str, Any], path: str) -> str:
    """The text at a path, '' where there is none."""
    found: Any = data
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else ""


def with_value(data: Mapping[str, Any], path: str, text: str) -> dict[str, Any]:
    """A copy of `data` with the text at a path; an empty one is taken away, and what is empty without it."""
    first, __, rest = path.partition(".")
    changed = dict(data)
    value: Any = with_value(changed.get(first, {}), rest, text) if rest else text
    if value:
        changed[first] = value
    else:
        changed.pop(first, None)
    return changed


def read_translations(
    data: Any, at: str, problems: Problems, *, original: Mapping[str, Any], places: Sequence[TextPlace]
) -> dict[str, Any]:
    """The canonical translations; what is wrong goes to `problems`. `original`: the canonical texts beside them."""
    if data is None or problems.mapping(data, at, known=LANGUAGES) is None:
        return {}
    read = {
        tag: _language(data[tag], f"{at}.{tag}", problems, original, places)
        for tag in LANGUAGES
        if data.get(tag) is not None
    }
    return {tag: texts for tag, texts in read.items() if texts}


def _language(
    data: Any, at: str, problems: Problems, original: Mapping[str, Any], places: Sequence[TextPlace]
) -> dict[str, Any]:
    if problems.mapping(data, at, known=[*_heads(places), MADE_FROM]) is None:
        return {}
    for head, parts in _heads(places).items():
        if parts and data.get(head) is not None:
            problems.mapping(data[head], f"{at}.{head}", known=parts)
    marks = _marks(data.get(MADE_FROM), f"{at}.{MADE_FROM}", problems, places)
    texts: dict[str, Any] = {}
    made_from: dict[str, str] = {}
    for place in places:
        said = _said(data, place.path)
        if said is None:
            continue
        text = problems.text(said, f"{at}.{place.path}", longest=place.longest, empty=True)
        if not place.lines:
            text = " ".join(text.split("\n"))
        for problem in problems_in(text) if place.variables else ():
            problems.add(f"{at}.{place.path}", problem)
        if text:
            texts = with_value(texts, place.path, text)
            made_from[place.path] = marks.get(place.path) or mark_of(value_at(original, place.path))
    return {**texts, MADE_FROM: made_from} if texts else {}


def _marks(data: Any, at: str, problems: Problems, places: Sequence[TextPlace]) -> dict[str, str]:
    known: Mapping[str, Any] = (
        {} if data is None else (problems.mapping(data, at, known=[p.path for p in places]) or {})
    )
    for path, mark in known.items():
        if not isinstance(mark, str) or not _MARK.fullmatch(mark):
            problems.add(
                f"{at}.{path}",
                _("%(value)s is no mark; leave it out, and it is made from the original") % {"value": shown(mark)},
            )
    return {path: mark for path, mark in known.items() if isinstance(mark, str)}


def _heads(places: Sequence[TextPlace]) -> dict[str, list[str]]:
    """The first parts of the paths, each with the second ones below it."""
    heads: dict[str, list[str]] = {}
    for place in places:
        head, __, part = place.path.partition(".")
        heads.setdefault(head, []).extend([part] if part else [])
    return heads


def _said(data: Mapping[str, Any], path: str) -> Any:
    found: Any = data
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def states(owner: Mapping[str, Any], language: str, places: Sequence[TextPlace]) -> Iterator[Translated]:
    """Every text that the owner has, with its translation into `language`."""
    said = owner.get("translations", {}).get(language, {})
    for place in places:
        original = value_at(owner, place.path)
        if not original:
            continue
        text = value_at(said, place.path)
        fresh = said.get(MADE_FROM, {}).get(place.path) == mark_of(original)
        yield Translated(place, original, text, ("done" if fresh else "outdated") if text else "missing")


def in_language(
    owner: Mapping[str, Any], language: str, places: Sequence[TextPlace]
) -> tuple[dict[str, Any], frozenset[str]]:
    """The owner with its texts in `language` as far as they are translated; and the paths of those that are.

    A translation of something else than what the original says by now still stands for it: it is nearer to its reader
    than another language is.
    """
    texts, translated = dict(owner), []
    for found in states(owner, language, places):
        if found.text:
            texts = with_value(texts, found.place.path, found.text)
            translated.append(found.place.path)
    return texts, frozenset(translated)


def with_translation(
    owner: Mapping[str, Any],
    language: str,
    path: str,
    text: str,
    *,
    places: Sequence[TextPlace],
    made_from: str = "",
) -> dict[str, Any]:
    """The owner with one text translated; '' takes the translation away.

    `made_from`: the mark of the original that the translator read, where that may be another by now.
    """
    place_of(path, places)
    said = owner.get("translations", {}).get(language, {})
    marks = {place: mark for place, mark in said.get(MADE_FROM, {}).items() if place != path}
    texts = with_value({head: value for head, value in said.items() if head != MADE_FROM}, path, text.strip())
    if text.strip():
        marks[path] = made_from or mark_of(value_at(owner, path))
    translations = {**owner.get("translations", {}), language: {**texts, MADE_FROM: marks} if texts else {}}
    translations = {tag: of for tag, of in translations.items() if of}
    changed = {field: value for field, value in owner.items() if field != "translations"}
    return {**changed, "translations": translations} if translations else changed


def place_of(path: str, places: Sequence[TextPlace]) -> TextPlace:
    """The place of that path. Raises ValueError for one that there is not."""
    for place in places:
        if place.path == path:
            return place
    raise ValueError(f"“{path}” {unknown(path, [place.path for place in places])}")
