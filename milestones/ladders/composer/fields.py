"""The composer's form fields: one table from which they are shown and read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from milestones.ladders.document import PHASES, Document
from milestones.ladders.editing import value_at
from milestones.ladders.phase_names import phase_name
from milestones.library.content import LONGEST_NAME, LONGEST_URL
from milestones.library.criteria import describe, parse
from milestones.library.criterion_form import Editor, read_form
from milestones.library.periods import UNITS
from milestones.library.problems import Problem, is_predicate


@dataclass(frozen=True)
class Field:
    """`kind`: line, text, lines, commas, number, period, link, keys, flag, phase, criterion or start."""

    name: str
    label: Any
    kind: str = "line"
    help: Any = ""
    example: Any = ""
    optional: bool = True
    longest: int | None = None
    wide: bool = True


RUNG_FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("name", _("What the user reads"), optional=False, longest=LONGEST_NAME, example=_("Invite a teammate")),
        Field("criterion", _("Done when"), "criterion", optional=False),
        Field("action_label", _("Button"), example=_("Invite someone"), wide=False),
        Field("action_url", _("Opens"), "link", example="/settings/team?invite=1", longest=LONGEST_URL, wide=False),
        Field("cue", _("Why it matters"), "text", example=_("Teams that invite someone in week one keep going.")),
        Field("tip", _("Tip"), "text", example=_("Start with the colleague who asks you for numbers.")),
        Field("value_statement", _("What it adds"), "text", _("What is better once it is done, in the user’s words.")),
        Field(
            "unlock",
            _("Unlocks"),
            example="live-sync",
            help=_("The key of the feature that it switches on."),
            wide=False,
        ),
        Field("minutes", _("Takes about"), "number", help=_("minutes"), wide=False),
        Field("video_url", _("Video"), "link", example="https://…", longest=LONGEST_URL),
        Field("phase", _("Phase"), "phase", optional=False, wide=False),
        Field("due_after", _("Due"), "period", _("after it opens"), wide=False),
        Field("spacing", _("Wait at least"), "period", _("after the step done before it"), wide=False),
        Field("prerequisites", _("Opens after"), "keys"),
        Field("first_value", _("This is the first value: here the user has got something real"), "flag"),
        Field("in_funnel", _("Counts in the funnel"), "flag"),
        Field("messages.in_app", _("In-app message"), "text"),
        Field("messages.email_subject", _("E-mail subject")),
        Field("messages.email", _("E-mail"), "text"),
        Field("messages.help", _("Help-centre article"), "text"),
        Field("purpose", _("Purpose"), "text"),
        Field("expected_actions", _("Expected actions"), "lines", _("One a line.")),
        Field("risks", _("What can go wrong"), "lines", _("One a line.")),
        Field("tags.use_case", _("Use case"), "commas", wide=False),
        Field("tags.industry", _("Industry"), "commas", wide=False),
        Field("tags.size", _("Size"), "commas", wide=False),
        Field("tags.role", _("Role"), "commas", wide=False),
    )
}
GROUPS = (
    ("", ("name", "criterion", "action_label", "action_url", "cue")),
    (_("More for the user"), ("tip", "value_statement", "unlock", "minutes", "video_url")),
    (_("When"), ("phase", "due_after", "spacing", "prerequisites", "first_value", "in_funnel")),
)
FOLDED = (
    (_("Messages"), ("messages.in_app", "messages.email_subject", "messages.email", "messages.help")),
    (
        _("For your team: purpose, actions, risks, tags"),
        ("purpose", "expected_actions", "risks", "tags.use_case", "tags.industry", "tags.size", "tags.role"),
    ),
)

ABOUT_FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("title", _("Title"), optional=False, example=_("Get set up"), help=_("Stands above the user’s steps.")),
        Field(
            "value_proposition", _("Value proposition"), "text", _("What the user gets out of it, said at the outset.")
        ),
        Field("kickoff", _("Kickoff"), "text", _("What done looks like for the first phase.")),
        Field("done_looks_like", _("What done looks like"), "text", _("The user reads it when everything is done.")),
        Field("notes", _("What this version changes, and why"), "text", _("For your team and the list of versions.")),
        Field("start", _("A journey starts when"), "start", _("Without an event: when the person is first seen.")),
        Field("new_steps_a_session", _("New steps a session"), "number", _("Left empty: as many as are open.")),
        Field("impact.before", _("Before"), "text", example=_("Numbers took {{ account }} a day to collect.")),
        Field(
            "impact.after",
            _("After"),
            "text",
            example=_("{{ first_name | You }} got there in {{ hours_to_first_value }} h."),
        ),
    )
}
STORY_FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field("text", _("What they reached, in their words"), "text", optional=False),
        Field("who", _("Who says it"), example="Maya Okafor, Northwind"),
        Field("role", _("For the role"), help=_("Left empty: for every role."), wide=False),
        Field("industry", _("For the industry"), help=_("Left empty: for every industry."), wide=False),
    )
}


@dataclass(frozen=True)
class FieldShown:
    """A field as a template shows it. `owner`: what it belongs to, for ids: a rung's key, "ladder" or "story-0"."""

    field: Field
    owner: str
    value: Any = None
    choices: Sequence[tuple[str, str]] = ()
    errors: Sequence[str] = ()
    base: str = ""
    editor: Editor | None = None  # of a criterion or a start event

    @property
    def id(self) -> str:
        return f"{self.owner}-{self.field.name.replace('.', '-')}"

    @property
    def number(self) -> str:
        """Of a period: how many."""
        return str(self.value).split(" ")[0] if self.value else ""

    @property
    def unit(self) -> str:
        return str(self.value).split(" ")[1].rstrip("s") if self.value and " " in str(self.value) else "day"

    @property
    def units(self) -> Sequence[tuple[str, str]]:
        names = (_("minutes"), _("hours"), _("days"), _("weeks"))
        return [(unit, str(name)) for unit, name in zip(UNITS, names, strict=True)]

    @property
    def words(self) -> str:
        """The value as it is told to somebody else."""
        match self.field.kind:
            case "criterion":
                return describe(parse(self.value)) if self.value else ""
            case "start":
                return describe(parse(self.value)) if self.value else gettext("when the person is first seen")
            case "flag":
                return gettext("yes") if self.value else gettext("no")
            case "keys":
                names = dict(self.choices)
                return ", ".join(names.get(key, key) for key in self.value)
        return self.text

    @property
    def text(self) -> str:
        if isinstance(self.value, list):
            return ("\n" if self.field.kind == "lines" else ", ").join(map(str, self.value))
        return "" if self.value is None else str(self.value)


def rung_field(document: Document, key: str, name: str, *, base: str, problems: Iterable[Problem] = ()) -> FieldShown:
    """One field of a rung with what stands there."""
    field = RUNG_FIELDS[name]
    place = f"rungs.{key}.{'order' if name == 'phase' else name}"
    value = value_at(document, place)
    shown = FieldShown(field, key, value, base=base, errors=errors_at(problems, name))
    match field.kind:
        case "phase":
            return replace(shown, value=value[0], choices=[(phase, phase_name(phase)) for phase in PHASES])
        case "keys":
            return replace(shown, value=value or [], choices=_above(document, key))
        case "criterion":
            return replace(shown, editor=Editor(value, prefix="criterion", problems=list(problems)))
    return shown


def about_field(document: Document, name: str, *, base: str, problems: Iterable[Problem] = ()) -> FieldShown:
    field = ABOUT_FIELDS[name]
    value = value_at(document, name)
    shown = FieldShown(field, "ladder", value, base=base, errors=errors_at(problems, name))
    if field.kind == "start":
        return replace(shown, editor=Editor(value, prefix="start", kind="start", problems=list(problems)))
    return shown


def story_field(story: Document, owner: str, name: str, *, base: str, errors: Sequence[str] = ()) -> FieldShown:
    """One field of a customer story; `owner` is its number, or "new"."""
    return FieldShown(STORY_FIELDS[name], f"story-{owner}", story.get(name), base=base, errors=errors)


def errors_at(problems: Iterable[Problem], name: str) -> list[str]:
    """What is wrong at a field; at a criterion also what is wrong inside of it."""
    return [said(p) for p in problems if p.place == name or p.place.startswith((f"{name}.", f"{name}["))]


def said(problem: Problem) -> str:
    """A problem's message as a sentence: "is empty; …" → "This is empty; …"."""
    text = problem.message
    if is_predicate(text):
        text = gettext("This %(problem)s") % {"problem": text}
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def read_posted(post: QueryDict, fields: dict[str, Field], names: Iterable[str]) -> dict[str, Any]:
    """The plain data that was posted for these fields; what cannot be understood is kept as it is, to be refused."""
    return {name: _read(post, fields[name]) for name in names if name in fields}


def _read(post: QueryDict, field: Field) -> Any:
    text = post.get(field.name, "").replace("\r\n", "\n").strip()
    match field.kind:
        case "lines":
            return [line.strip() for line in text.split("\n") if line.strip()]
        case "commas":
            return [part.strip() for part in text.split(",") if part.strip()]
        case "number":
            return int(text) if text.isdecimal() and len(text) < 10 else text or None
        case "period":
            number, unit = post.get(f"{field.name}.n", "").strip(), post.get(f"{field.name}.unit", "day")
            return f"{number} {unit if unit in UNITS else 'day'}" if number else None
        case "keys":
            return post.getlist(field.name)
        case "flag":
            return field.name in post
        case "criterion" | "start":
            return read_form(post, field.kind if field.kind == "start" else "criterion", field.kind)
    return text


def _above(document: Document, key: str) -> list[tuple[str, str]]:
    above = []
    for rung in document.get("rungs", []):
        if rung["milestone"]["key"] == key:
            break
        above.append((rung["milestone"]["key"], rung["milestone"]["name"]))
    return above
