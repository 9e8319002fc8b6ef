"""A criterion, a role's rule or a start event as a form that reads as a sentence: what its templates show. Pure.

`Editor` makes the fields that templates/library/_criterion.html draws and criterion_form.read_form reads back.
Problems (of criteria.parse and its like) are sorted to the fields that they are about.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from .conditions import GROUPS
from .criteria import DEEPEST, MOST_LEAVES
from .criterion_fields import Field, Node, comparison, field_at, label
from .literals import write_name
from .problems import Problem

LABELS = {
    "criterion": gettext_lazy("Done when"),
    "rule": gettext_lazy("Who has the role"),
    "start": gettext_lazy("A journey starts"),
    "workflow": gettext_lazy("It is done when"),
}
# Of these an event is what happened, not how often or when.
PLAIN_EVENTS = frozenset({"start", "workflow"})
WITHIN_UNITS = (
    ("minute", pgettext_lazy("within …", "minutes")),
    ("hour", pgettext_lazy("within …", "hours")),
    ("day", pgettext_lazy("within …", "days")),
    ("week", pgettext_lazy("within …", "weeks")),
)
JOINTS = {"all": "and", "any": "or"}
OF = (("start", gettext_lazy("starting")), ("opening", gettext_lazy("the step opening")))
_PERIOD = re.compile(r"(.*?)\s*(minute|hour|day|week)s?", re.DOTALL)


class Editor:
    """What templates/library/_criterion.html shows.

    `data`: canonical, or as read_form gave it; None begins an empty one (of a start event: when first seen).
    `problems`: their places may begin in any way, as long as `kind` ("criterion", …) is the first word that counts.
    `focus`: the path at which the keyboard goes on, see criterion_acts.focus_after.
    """

    def __init__(
        self,
        data: Any,
        *,
        prefix: str = "criterion",
        kind: str = "criterion",
        problems: Iterable[Problem] = (),
        focus: str | None = None,
    ) -> None:
        self.prefix, self.kind, self.label = prefix, kind, str(LABELS[kind])
        self.id = f"{prefix}-editor".replace(".", "-")
        self.leaves = 0
        if not data and kind != "start":
            data = {"everyone": True} if kind == "rule" else {"event": ""}
        self.root = self._node(data, "", "", depth=0)
        self.full = self.leaves >= MOST_LEAVES
        for problem in problems:
            self._sort(problem)
        if focus is not None:
            self._focus(focus)

    @property
    def wrong(self) -> bool:
        return any(node.wrong or node.problems for node in self.root.nodes)

    def _node(self, data: Any, path: str, place: str, *, depth: int, number: str = "", inside: str = "") -> Node:
        name = f"{self.prefix}.{path}" if path else self.prefix
        chosen = next((kind for kind in ("event", "trait", "everyone", *GROUPS) if data and kind in data), "first_seen")
        whose = "account_" if chosen in ("event", "trait") and data.get("by") == "account" else ""
        said = _("Condition %(number)s") % {"number": number} if number else ""
        kind = Field(f"{name}.kind", label(said, _("what counts")), whose + chosen, self._kinds(chosen, depth))
        node = Node(path, place, name, kind, depth, number, may=self._may(chosen, data, depth, inside))
        if chosen in GROUPS:
            kind.label = label(said, _("how many of these"))
            for n, part in enumerate(data[chosen]):
                child = self._node(
                    part,
                    f"{path}.children.{n}" if path else f"children.{n}",
                    f"{place}.{chosen}[{n}]",
                    depth=depth + 1,
                    number=f"{number}.{n + 1}" if number else str(n + 1),
                    inside=chosen if len(data[chosen]) > 1 else "one",
                )
                child.word = (_("and") if chosen == "all" else _("or")) if n else ""
                node.children.append(child)
        elif chosen == "trait":
            self.leaves += 1
            node.comparison = comparison(data, "trait", path, place, name, said)
        elif chosen == "event":
            self.leaves += 1
            self._event(node, data, said)
        return node

    def _event(self, node: Node, data: Mapping[str, Any], said: str) -> None:
        name, path, place = node.name, node.path, node.place
        node.event = Field(
            f"{name}.event", label(said, _("event")), write_name(data["event"]), blank=_("Write the event’s name")
        )
        for n, row in enumerate(data.get("where", ())):
            below = f"where.{n}"
            node.where.append(
                comparison(
                    row,
                    "property",
                    f"{path}.{below}" if path else below,
                    f"{place}.where[{n}]",
                    f"{name}.{below}",
                    label(said, _("property %(n)d") % {"n": n + 1}),
                )
            )
        if self.kind in PLAIN_EVENTS:
            return
        node.at_least = Field(f"{name}.at_least", label(said, _("times, at least")), str(data.get("at_least", 1)))
        node.of = Field(f"{name}.of", label(said, _("counted from")), data.get("of", "start"), _said(OF))
        if "within" in data:
            found = _PERIOD.fullmatch(data["within"])
            number, unit = (found[1], found[2]) if found else (data["within"], "day")
            node.within = (
                Field(f"{name}.within_n", label(said, _("within how many")), number),
                Field(f"{name}.within_unit", label(said, _("unit of time")), unit, _said(WITHIN_UNITS)),
            )

    def _kinds(self, chosen: str, depth: int) -> tuple[tuple[str, str], ...]:
        if chosen in GROUPS:
            return (("all", _("all")), ("any", _("any")))
        match self.kind:
            case "start":
                return (("first_seen", _("the person is first seen")), ("event", _("the user sends")))
            case "workflow":
                return (("event", _("the user sends")),)
            case "rule":
                return (
                    (("trait", _("their")),) if depth else (("everyone", _("everyone")), ("trait", _("people whose")))
                )
        return (
            ("event", _("the user sends")),
            ("trait", _("the user’s")),
            ("account_event", _("anyone in the account sends")),
            ("account_trait", _("the account’s")),
        )

    def _may(self, chosen: str, data: Any, depth: int, inside: str) -> frozenset[str]:
        may = set()
        if chosen in GROUPS:
            may.add("add")
            if depth or len(data[chosen]) == 1:
                may.add("ungroup")
        if inside in GROUPS:
            may.add("remove")
        grows = self.kind not in PLAIN_EVENTS and chosen not in ("everyone", "first_seen")
        if grows and depth + _height(data) < DEEPEST:
            # Each can become the first of a new group, of the kind that it neither is nor stands in.
            may |= {word for group, word in JOINTS.items() if group not in (chosen, inside)}
        if chosen == "event":
            may |= {"where"} if self.kind in PLAIN_EVENTS else {"where", "unlimit" if "within" in data else "limit"}
        return frozenset(may)

    def _sort(self, problem: Problem) -> None:
        """Give a problem to the field that it is about; to its condition, or the whole, if there is none."""
        found = re.search(rf"(?:^|\.){self.kind}(?=$|[.\[])(.*)", problem.place, re.DOTALL)
        place = found[1] if found else ""
        for node in reversed(list(self.root.nodes)):
            if not place.startswith(node.place):
                continue
            rest = place[len(node.place) :]
            if about := field_at(node, rest):
                about.add(problem.message)
            else:
                node.problems.append(problem.message[:1].upper() + problem.message[1:])
            return

    def _focus(self, path: str) -> None:
        """Mark the field at a path, or the first to be filled in there."""
        for node in self.root.nodes:
            for row in node.where:
                if row.path == path:
                    row.subject.focus = True
                    return
            if node.within and path == (f"{node.path}.within_n" if node.path else "within_n"):
                node.within[0].focus = True
                return
            if node.path == path:
                main = node.event or (node.comparison.subject if node.comparison else node.kind)
                main.focus = True
                return


def _said(choices: Iterable[tuple[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((value, str(words)) for value, words in choices)


def _height(data: Any) -> int:
    """How many groups deep the data is."""
    for group in GROUPS:
        if group in data:
            return 1 + max((_height(part) for part in data[group]), default=0)
    return 0
