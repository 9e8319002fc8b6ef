"""The two groups that an address asks to compare, checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from analytics.dashboards.asked import Asked
from analytics.metrics.counts import Counts
from analytics.metrics.days import Days
from analytics.metrics.period import read_days
from analytics.metrics.question import Unanswerable
from analytics.metrics.segments import NOT_SET

# Crossing more leaves hardly anybody in a group.
MOST_TRAITS = 2


@dataclass(frozen=True)
class Side:
    """Who began on these days, on one version (None: any), with these values of traits at the time."""

    name: str
    days: Days
    version: int | None = None
    traits: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> list[tuple[str, str]]:
        """The parameters that name this side."""
        key = self.name.lower()
        named = [(f"{key}_from", self.days.first.isoformat()), (f"{key}_to", self.days.last.isoformat())]
        named += [(f"{key}_version", str(self.version))] if self.version else []
        return named + [(f"{key}_in", f"{trait}:{value}") for trait, value in self.traits]

    def counts(self, asked: Asked, counts: Counts) -> Counts:
        """Of the counts, this side's. Of two traits, they must be `crossed`."""
        found = counts.begun(self.days)
        if self.version is not None:
            version_id = next(v.version_id for v in asked.subject.versions if v.number == self.version)
            found = found.on_version(version_id)
        for trait, value in self.traits:
            found = found.split(trait).get(None if value == NOT_SET else value, Counts.of(()))
        return found

    def shared(self, other: "Side") -> "Side | None":
        """Who is on both sides; None when nobody can be."""
        first, last = max(self.days.first, other.days.first), min(self.days.last, other.days.last)
        mine, theirs = dict(self.traits), dict(other.traits)
        versions = {self.version, other.version} - {None}
        if first > last or len(versions) > 1 or any(mine[t] != theirs[t] for t in mine.keys() & theirs.keys()):
            return None
        return Side("both", Days(first, last), next(iter(versions), None), tuple((mine | theirs).items()))


def read_sides(asked: Asked, query: QueryDict, traits: Sequence[str]) -> tuple[Side, Side]:
    """Sides A and B; without any, the period against the days before it. Raises Unanswerable."""
    if not any(name.startswith(("a_", "b_")) for name in query):
        return Side("A", asked.begun), Side("B", asked.before)
    first, second = (_side(asked, query, name, traits) for name in ("A", "B"))
    if (first.days, first.version, set(first.traits)) == (second.days, second.version, set(second.traits)):
        raise Unanswerable(_("A and B are the same people, so there is nothing to compare; change one of them."))
    return first, second


def _side(asked: Asked, query: QueryDict, name: str, traits: Sequence[str]) -> Side:
    key = name.lower()
    try:
        days = read_days(query.get(f"{key}_from", ""), query.get(f"{key}_to", ""), asked.as_of)
        version = _version(asked, query.get(f"{key}_version", ""))
        values = tuple(_value(text, traits) for text in query.getlist(f"{key}_in") if text)
    except Unanswerable as error:
        raise Unanswerable(f"{name}: {error}") from None
    if len(dict(values)) < len(values):
        trait = values[0][0]
        raise Unanswerable(
            _("%(name)s: nobody has two values of %(trait)s at once; cross two different traits.")
            % {"name": name, "trait": trait}
        )
    if len(values) > MOST_TRAITS:
        raise Unanswerable(_("%(name)s: at most %(most)s traits can be crossed.") % {"name": name, "most": MOST_TRAITS})
    return Side(name, days or asked.begun, version, values)


def _version(asked: Asked, text: str) -> int | None:
    numbers = {str(version.number): version.number for version in asked.subject.versions}
    if text and text not in numbers:
        raise Unanswerable(
            _("“%(ladder)s” has no version “%(text)s”.") % {"ladder": asked.subject.name, "text": text[:20]}
        )
    return numbers.get(text)


def _value(text: str, traits: Sequence[str]) -> tuple[str, str]:
    for trait in sorted(traits, key=len, reverse=True):
        if text.startswith(f"{trait}:"):
            return trait, text.removeprefix(f"{trait}:")
    known = (
        _("Segments are: %(known)s.") % {"known": ", ".join(traits)}
        if traits
        else _("This workspace names no traits to split by.")
    )
    raise Unanswerable(_("“%(text)s” is no value of a segment. %(known)s") % {"text": text[:60], "known": known})


def earliest(sides: Sequence[Side]) -> date:
    return min(side.days.first for side in sides)
