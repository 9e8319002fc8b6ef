"""Success criteria: the typed grammar of "when is this milestone reached?". Pure, no database.

    criterion  = event | trait | {all: [criterion, …]} | {any: [criterion, …]}
    event      = {event: name, where: [property…], at_least: n, within: period, of: start | opening, by: whose}
    property   = {property: dotted.path, <operator>: operand}
    trait      = {trait: dotted.path, <operator>: operand, by: whose}
    whose      = person | account
    rule       = {everyone: true} | trait | {all: [rule, …]} | {any: [rule, …]}       (traits of the person alone)

`parse` reads plain data (from YAML or JSON) and reports *all* problems with their places; `to_data` writes
the canonical form back: defaults left out, periods in their canonical spelling, keys in the order above. What
is stored is always the canonical form. The meaning of every operator stands in docs/criteria.md.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from django.utils.translation import gettext as _

from .conditions import (
    GROUPS,
    All,
    Any_,
    Criterion,
    EventCondition,
    Everyone,
    PropertyCondition,
    Rule,
    TraitCondition,
    leaves,
    rule_matches,
    signals,
    to_data,
)
from .operators import MISSING, OPERATORS, Operand, lookup, path_text, read_operand
from .periods import NotAPeriod, parse_period
from .problems import Problem, Problems, inside, nearest, shown, unknown
from .sentences import describe, describe_conditions, describe_rule, in_english

DEEPEST = 5
MOST_LEAVES = 20
MOST_TIMES = 10_000
LONGEST_NAME = 200

OF = ("start", "opening")
BY = ("person", "account")


class CriterionError(ValueError):
    """What was written is no criterion. `place` and `message` are the first problem's; `problems` has all."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)
        self.place, self.message = problems[0].place, problems[0].message


def parse(data: Any, *, at: str = "criterion") -> Criterion:
    """The criterion that `data` describes. CriterionError names every problem; places begin with `at`."""
    problems = Problems()
    criterion = read_criterion(data, at, problems)
    if problems or criterion is None:
        raise CriterionError(problems)
    return criterion


def parse_rule(data: Any, *, at: str = "rule") -> Rule:
    """Like `parse` for a role's rule: everyone, or conditions on traits alone."""
    problems = Problems()
    rule = read_rule(data, at, problems)
    if problems or rule is None:
        raise CriterionError(problems)
    return rule


def parse_start(data: Any, *, at: str = "start") -> EventCondition | None:
    """The event that starts a journey: `{event, where}`; nothing means the person's first sign of life."""
    problems = Problems()
    start = read_start(data, at, problems)
    if problems:
        raise CriterionError(problems)
    return start


def read_criterion(data: Any, at: str, problems: Problems) -> Criterion | None:
    """Reads what it can and adds what is wrong to `problems`; None when nothing usable is there."""
    return _Reader(("event", "trait"), problems, accounts=True).whole(data, at)


def read_rule(data: Any, at: str, problems: Problems) -> Rule | None:
    if isinstance(data, Mapping) and "everyone" in data:
        if dict(data) != {"everyone": True}:
            problems.add(at, _("'everyone' stands alone and is true: write {everyone: true}"))
        return Everyone()
    return _Reader(("trait",), problems, also=("everyone",)).whole(data, at)  # type: ignore[return-value]


def read_start(data: Any, at: str, problems: Problems) -> EventCondition | None:
    if data is None:
        return None
    if isinstance(data, Mapping) and "by" in data:
        if data["by"] != "person":
            problems.add(f"{at}.by", _("a journey starts by what the person did; leave it out"))
        data = {key: value for key, value in data.items() if key != "by"}
    if problems.mapping(data, at, known=("event", "where")) is None:
        return None
    if "event" not in data:
        problems.add(at, _("names no event; write for example {event: Signed Up}"))
        return None
    return _Reader(("event",), problems).event({k: data[k] for k in ("event", "where") if k in data}, at)


class _Reader:
    """One reading of one criterion: knows which leaves are allowed and counts them.

    `accounts`: conditions may be about the account too.
    """

    def __init__(
        self, leaves: tuple[str, ...], problems: Problems, *, also: tuple[str, ...] = (), accounts: bool = False
    ) -> None:
        self.kinds = (*leaves, *GROUPS)
        self.known = (*also, *self.kinds)
        self.problems = problems
        self.accounts = accounts
        self.leaves = 0

    def whole(self, data: Any, at: str) -> Criterion | None:
        found = self.node(data, at, depth=0)
        if self.leaves > MOST_LEAVES:
            self.problems.add(
                at, _("has %(n)d conditions; at most %(most)d are allowed") % {"n": self.leaves, "most": MOST_LEAVES}
            )
        return found

    def node(self, data: Any, at: str, *, depth: int) -> Criterion | None:
        if not isinstance(data, Mapping):
            self.problems.add(
                at,
                _("%(value)s is not a condition; begin with one of %(known)s")
                % {"value": shown(data), "known": ", ".join(self.known)},
            )
            return None
        kinds = [kind for kind in self.kinds if kind in data]
        if len(kinds) > 1:
            self.problems.add(
                at, _("has %(kinds)s side by side; put them into one all or any") % {"kinds": _(" and ").join(kinds)}
            )
            return None
        if not kinds:
            self._nothing_known(data, at)
            return None
        if kinds[0] in GROUPS:
            return self.group(data, kinds[0], at, depth=depth + 1)
        self.leaves += 1
        return self.event(data, at) if kinds[0] == "event" else self.trait(data, at)

    def _nothing_known(self, data: Mapping[str, Any], at: str) -> None:
        if "everyone" in self.known and "everyone" in data:
            self.problems.add(at, _("'everyone' is not allowed inside a group"))
            return
        if "event" in data:
            self.problems.add(at, _("a role is chosen by traits; an event cannot stand here"))
            return
        for key in data:
            if nearest(key, self.known):
                self.problems.add(inside(at, key), unknown(key, self.known))
                return
        self.problems.add(at, _("begin with one of %(known)s"), known=", ".join(self.known))

    def group(self, data: Mapping[str, Any], kind: str, at: str, *, depth: int) -> Criterion | None:
        self.problems.mapping(data, at, known=(kind,))
        place = f"{at}.{kind}"
        if depth > DEEPEST:
            self.problems.add(place, _("groups are nested more than %(most)d deep"), most=DEEPEST)
            return None
        items = self.problems.items(data[kind], place)
        if items == []:
            self.problems.add(place, _("is empty; put at least one condition into it"))
        if not items:
            return None
        children = [self.node(item, f"{place}[{n}]", depth=depth) for n, item in enumerate(items)]
        return GROUPS[kind](tuple(child for child in children if child is not None))

    def event(self, data: Mapping[str, Any], at: str) -> EventCondition:
        self.problems.mapping(data, at, known=("event", "where", "at_least", "within", "of", "by"))
        within = self._within(data, at)
        of = data.get("of", "start")
        if of not in OF:
            self.problems.add(f"{at}.of", _("%(value)s is not known; write start or opening"), value=shown(of))
        return EventCondition(
            event=self.problems.text(data["event"], f"{at}.event", longest=LONGEST_NAME),
            where=self._where(data.get("where", []), f"{at}.where"),
            at_least=self._at_least(data.get("at_least", 1), f"{at}.at_least"),
            within=within,
            of=of,
            by=self._by(data, at),
        )

    def trait(self, data: Mapping[str, Any], at: str) -> TraitCondition | None:
        condition, by = self._condition(data, "trait", at, also=("by",)), self._by(data, at)
        return TraitCondition(*condition, by) if condition else None

    def _by(self, data: Mapping[str, Any], at: str) -> Literal["person", "account"]:
        by = data.get("by", "person")
        if by not in BY:
            self.problems.add(f"{at}.by", _("%(value)s is not known; write person or account"), value=shown(by))
        elif by == "account" and self.accounts:
            return "account"
        elif by == "account":
            self.problems.add(
                f"{at}.by",
                _("a role is a person's own and chosen by their own traits; leave it out, or send it as theirs"),
            )
        return "person"

    def _where(self, data: Any, at: str) -> tuple[PropertyCondition, ...]:
        conditions = []
        for n, item in enumerate(self.problems.items(data, at) or []):
            place = f"{at}[{n}]"
            if not isinstance(item, Mapping) or "property" not in item:
                self.problems.add(place, _("names no property; write for example {property: audience, equals: team}"))
            elif condition := self._condition(item, "property", place):
                conditions.append(PropertyCondition(*condition))
        if len(conditions) > MOST_LEAVES:
            self.problems.add(
                at,
                _("has %(n)d conditions; at most %(most)d are allowed") % {"n": len(conditions), "most": MOST_LEAVES},
            )
        return tuple(conditions)

    def _condition(
        self, data: Mapping[str, Any], subject: str, at: str, *, also: tuple[str, ...] = ()
    ) -> tuple[str, str, Operand] | None:
        self.problems.mapping(data, at, known=(subject, *OPERATORS, *also))
        path = path_text(data[subject], f"{at}.{subject}", self.problems)
        operators = [operator for operator in OPERATORS if operator in data]
        if len(operators) != 1:
            has = _(" and ").join(operators) or _("no operator")
            self.problems.add(
                at,
                _("has %(operators)s; write exactly one of %(known)s")
                % {"operators": has, "known": ", ".join(OPERATORS)},
            )
            return None
        operand = read_operand(operators[0], data[operators[0]], f"{at}.{operators[0]}", self.problems)
        return path, operators[0], operand

    def _at_least(self, data: Any, at: str) -> int:
        if isinstance(data, bool) or not isinstance(data, int) or not 1 <= data <= MOST_TIMES:
            self.problems.add(
                at, _("%(value)s is not a whole number from 1 to %(most)d") % {"value": shown(data), "most": MOST_TIMES}
            )
            return 1
        return data

    def _within(self, data: Mapping[str, Any], at: str) -> timedelta | None:
        if "within" not in data:
            return None
        try:
            return parse_period(data["within"])
        except NotAPeriod as error:
            self.problems.add(f"{at}.within", str(error))
            return None


__all__ = [
    "MISSING",
    "All",
    "Any_",
    "Criterion",
    "CriterionError",
    "EventCondition",
    "Everyone",
    "PropertyCondition",
    "Rule",
    "TraitCondition",
    "describe",
    "describe_conditions",
    "describe_rule",
    "in_english",
    "leaves",
    "lookup",
    "parse",
    "parse_rule",
    "parse_start",
    "rule_matches",
    "signals",
    "to_data",
]
