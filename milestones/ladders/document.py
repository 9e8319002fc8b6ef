"""A whole ladder as one document of plain data: the form in which it is imported, exported and compared. Pure.

    ladder:
      key, name, role: {key, name, rule, precedence}
      title, value_proposition, kickoff, done_looks_like, notes
      start: {event, where}            # left out: the journey starts when the person was first seen
      new_steps_a_session: n           # left out: as many as are open
      stories: [{text, who, role, industry}]   # role and industry left out: for everybody
      impact: {before, after}          # texts with variables, see milestones.library.variables
      translations: {de: {…}}          # of the texts that users read; milestones and stories have their own
      funnel: [rung keys in order]     # left out: all rungs in order
      rungs:
        - milestone: {…}               # see milestones.library.content
          phase, due_after, spacing, prerequisites, first_value

`read` gives the canonical form, or every problem at once, each with its place below `ladder`. In the canonical
form defaults are left out, so two documents mean the same exactly when they are equal.
"""

from typing import Any

from django.utils.translation import gettext as _

from milestones.library.content import LONGEST_NAME, LONGEST_TEXT, read_content, read_key, read_text
from milestones.library.criteria import CriterionError, read_rule, read_start, to_data
from milestones.library.periods import NotAPeriod, parse_period, period_text
from milestones.library.problems import Problems, nearest, shown
from milestones.library.translations import TextPlace, read_translations
from milestones.library.variables import problems_in

PHASES = ("quick wins", "core", "advanced")
FIELDS = (
    "key",
    "name",
    "role",
    "title",
    "value_proposition",
    "kickoff",
    "done_looks_like",
    "notes",
    "start",
    "new_steps_a_session",
    "stories",
    "impact",
    "translations",
    "funnel",
    "rungs",
)
TEXTS = ("title", "value_proposition", "kickoff", "done_looks_like", "notes")
RUNG_FIELDS = ("milestone", "phase", "due_after", "spacing", "prerequisites", "first_value")
STORY_FIELDS = ("text", "who", "role", "industry")
IMPACT_FIELDS = ("before", "after")
ROLE_FIELDS = ("key", "name", "rule", "precedence")

DEFAULT_PRECEDENCE = 100
LARGEST_PRECEDENCE = 30_000
# What end users read of a ladder as a whole, and of a customer's story.
TRANSLATED = (
    *(TextPlace(field, LONGEST_TEXT) for field in TEXTS if field != "notes"),
    *(TextPlace(f"impact.{field}", LONGEST_TEXT, variables=True) for field in IMPACT_FIELDS),
)
STORY_TRANSLATED = (TextPlace("text", LONGEST_TEXT), TextPlace("who", LONGEST_TEXT))

MOST_RUNGS = 50
MOST_STORIES = 20
MOST_NEW_STEPS = 20

Document = dict[str, Any]


class DocumentError(CriterionError):
    """The document describes no ladder; `problems` has everything that is wrong, with places."""


def read(data: Any) -> Document:
    """The canonical document of `{ladder: …}`. Raises DocumentError with all problems."""
    problems = Problems()
    document: Document = {}
    if problems.mapping(data, "", known=("ladder",)) is not None:
        if "ladder" in data:
            document = _ladder(data["ladder"], problems)
        elif not problems:
            problems.add("", _("has no ladder; the document begins with 'ladder:'"))
    if problems:
        raise DocumentError(problems)
    return document


def missing_for_publication(document: Document) -> Problems:
    """What a draft (a canonical document) still lacks before people can climb it."""
    problems = Problems()
    rungs = document.get("rungs", [])
    if not rungs:
        problems.add("rungs", _("is empty; a ladder needs at least one rung"))
    elif not any(rung.get("first_value") for rung in rungs):
        problems.add("rungs", _("none has 'first_value: true'; mark the one at which the user has got real value"))
    if not document.get("title"):
        problems.add("title", _("is empty; it is what the user reads above the steps"))
    return problems


def _ladder(data: Any, problems: Problems) -> Document:
    if problems.mapping(data, "ladder", known=FIELDS) is None:
        return {}
    for needed in ("key", "name", "role"):
        if data.get(needed) is None:
            problems.add("ladder", _("has no %(needed)s; every ladder needs one"), needed=needed)
    rungs = _rungs(data.get("rungs"), problems)
    keys = [rung.get("milestone", {}).get("key", "") for rung in rungs]
    _check_places(rungs, keys, problems)
    start = read_start(data.get("start"), "start", problems)
    document = {
        "key": read_key(data["key"], "key", problems) if data.get("key") is not None else "",
        "name": problems.text(data["name"], "name", longest=LONGEST_NAME) if data.get("name") is not None else "",
        "role": _role(data["role"], problems) if data.get("role") is not None else {},
        **{field: read_text(data[field], field, problems) for field in TEXTS if data.get(field) is not None},
        "start": to_data(start) if start else None,
        "new_steps_a_session": _new_steps(data.get("new_steps_a_session"), problems),
        "stories": _stories(data.get("stories"), problems),
        "impact": _impact(data.get("impact"), problems),
        "funnel": _keys(data.get("funnel"), "funnel", keys, problems),
        "rungs": rungs,
    }
    document["translations"] = read_translations(
        data.get("translations"), "translations", problems, original=document, places=TRANSLATED
    )
    return {field: document[field] for field in FIELDS if document.get(field) not in (None, "", [], {})}


def _role(data: Any, problems: Problems) -> dict[str, Any]:
    if problems.mapping(data, "role", known=ROLE_FIELDS) is None:
        return {}
    for needed in ("key", "name", "rule"):
        if data.get(needed) is None:
            problems.add("role", _("has no %(needed)s; every role needs one"), needed=needed)
    rule = read_rule(data["rule"], "role.rule", problems) if data.get("rule") is not None else None
    precedence = data.get("precedence", DEFAULT_PRECEDENCE)
    if isinstance(precedence, bool) or not isinstance(precedence, int) or not 0 <= precedence <= LARGEST_PRECEDENCE:
        problems.add(
            "role.precedence",
            _("%(value)s is not a whole number from 0 to %(most)d"),
            value=shown(precedence),
            most=LARGEST_PRECEDENCE,
        )
    return {
        "key": read_key(data.get("key", ""), "role.key", problems) if data.get("key") is not None else "",
        "name": problems.text(data["name"], "role.name", longest=LONGEST_NAME) if data.get("name") is not None else "",
        "rule": to_data(rule) if rule else {},
        "precedence": precedence,
    }


def _new_steps(data: Any, problems: Problems) -> int | None:
    if data is None:
        return None
    if isinstance(data, bool) or not isinstance(data, int) or not 1 <= data <= MOST_NEW_STEPS:
        problems.add(
            "new_steps_a_session",
            _("%(value)s is not a whole number from 1 to %(most)d"),
            value=shown(data),
            most=MOST_NEW_STEPS,
        )
        return None
    return data


def _stories(data: Any, problems: Problems) -> list[dict[str, Any]]:
    items = (problems.items(data, "stories") or []) if data is not None else []
    if len(items) > MOST_STORIES:
        problems.add("stories", _("lists %(n)d stories; at most %(most)d are allowed"), n=len(items), most=MOST_STORIES)
        return []
    stories = []
    for n, item in enumerate(items):
        story = _story(item, f"stories[{n}]", problems)
        if not story.get("text"):
            problems.add(f"stories[{n}].text", _("is empty; say what this customer reached, in their words"))
        stories.append(story)
    return stories


def _story(data: Any, at: str, problems: Problems) -> dict[str, Any]:
    if not isinstance(data, dict):
        return _texts(data, at, STORY_FIELDS, problems)
    said = {field: value for field, value in data.items() if field != "translations"}
    story: dict[str, Any] = dict(_texts(said, at, STORY_FIELDS, problems))
    place = f"{at}.translations"
    translations = read_translations(data.get("translations"), place, problems, original=story, places=STORY_TRANSLATED)
    return {**story, "translations": translations} if translations else story


def _impact(data: Any, problems: Problems) -> dict[str, str]:
    impact = _texts(data, "impact", IMPACT_FIELDS, problems)
    for field, text in impact.items():
        for problem in problems_in(text):
            problems.add(f"impact.{field}", problem)
    return impact


def _texts(data: Any, at: str, fields: tuple[str, ...], problems: Problems) -> dict[str, str]:
    """A mapping of texts; empty ones are left out."""
    if data is None or problems.mapping(data, at, known=fields) is None:
        return {}
    texts = {
        field: read_text(data[field], f"{at}.{field}", problems) for field in fields if data.get(field) is not None
    }
    return {field: text for field, text in texts.items() if text}


def _rungs(data: Any, problems: Problems) -> list[dict[str, Any]]:
    items = (problems.items(data, "rungs") or []) if data is not None else []
    if len(items) > MOST_RUNGS:
        problems.add("rungs", _("lists %(n)d rungs; at most %(most)d are allowed"), n=len(items), most=MOST_RUNGS)
        return []
    return [_rung(item, f"rungs[{n}]", problems) for n, item in enumerate(items)]


def _rung(data: Any, at: str, problems: Problems) -> dict[str, Any]:
    if problems.mapping(data, at, known=RUNG_FIELDS) is None:
        return {}
    for needed in ("milestone", "phase"):
        if data.get(needed) is None:
            problems.add(at, _("has no %(needed)s; every rung needs one"), needed=needed)
    rung: dict[str, Any] = {}
    if data.get("milestone") is not None:
        # Inside, the path goes on without ".milestone": the words there are the milestone's own.
        rung["milestone"] = read_content(data["milestone"], at, problems)
    if (phase := data.get("phase")) is not None:
        if phase in PHASES:
            rung["phase"] = phase
        else:
            problems.add(
                f"{at}.phase", _("%(value)s is no phase; write %(known)s"), value=shown(phase), known=", ".join(PHASES)
            )
    for field in ("due_after", "spacing"):
        if data.get(field) is not None:
            try:
                rung[field] = period_text(parse_period(data[field]))
            except NotAPeriod as error:
                problems.add(f"{at}.{field}", str(error))
    if data.get("prerequisites"):
        rung["prerequisites"] = data["prerequisites"]  # checked when every rung's key is known
    first_value = data.get("first_value", False)
    if not isinstance(first_value, bool):
        problems.add(f"{at}.first_value", _("%(value)s is neither true nor false"), value=shown(first_value))
    elif first_value:
        rung["first_value"] = True
    return rung


def _check_places(rungs: list[dict[str, Any]], keys: list[str], problems: Problems) -> None:
    """What can only be seen with all rungs in view: doubled keys, prerequisites, the first-value mark."""
    for n, key in enumerate(keys):
        if key and key in keys[:n]:
            problems.add(
                f"rungs[{n}].key",
                _("%(value)s is already the key of rungs[%(n)d]"),
                value=shown(key),
                n=keys.index(key),
            )
    marked = [n for n, rung in enumerate(rungs) if rung.get("first_value")]
    for n in marked[1:]:
        problems.add(f"rungs[{n}].first_value", _("is already at rungs[%(n)d]; one ladder has one"), n=marked[0])
    for n, rung in enumerate(rungs):
        if "prerequisites" not in rung:
            continue
        place = f"rungs[{n}].prerequisites"
        rung["prerequisites"] = _keys(rung["prerequisites"], place, keys, problems)
        for i, key in enumerate(rung["prerequisites"]):
            # Prerequisites stand above: so there are no circles, and nobody sees a locked step on top.
            if key in keys and keys.index(key) >= n:
                problems.add(
                    f"{place}[{i}]", _("%(value)s stands at or below this rung; put it above"), value=shown(key)
                )


def _keys(data: Any, at: str, known: list[str], problems: Problems) -> list[str]:
    """A list of different rung keys that exist."""
    items = (problems.items(data, at) or []) if data is not None else []
    keys = [read_key(item, f"{at}[{n}]", problems) for n, item in enumerate(items)]
    for n, key in enumerate(keys):
        if key and key not in known:
            others = [other for other in known if other]
            if near := nearest(key, others):
                problems.add(
                    f"{at}[{n}]",
                    _("no rung has the key %(value)s; did you mean '%(near)s'?"),
                    value=shown(key),
                    near=near,
                )
            else:
                message = _("no rung has the key %(value)s; write %(known)s")
                problems.add(f"{at}[{n}]", message, value=shown(key), known=", ".join(others))
        elif key and key in keys[:n]:
            problems.add(f"{at}[{n}]", _("%(value)s is listed twice"), value=shown(key))
    return keys


__all__ = [
    "FIELDS",
    "PHASES",
    "RUNG_FIELDS",
    "STORY_TRANSLATED",
    "TRANSLATED",
    "Document",
    "DocumentError",
    "missing_for_publication",
    "read",
]
