"""Comparisons to begin with: what people usually want to set side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from analytics.dashboards.asked import Asked
from analytics.dashboards.compare.sides import Side
from analytics.dashboards.words import value_words
from analytics.metrics import subject as goals
from analytics.metrics.counts import Counts
from analytics.metrics.days import Days
from analytics.metrics.segments import NOT_SET

MOST_VALUES = 30


@dataclass(frozen=True)
class Ready:
    name: str
    sides: tuple[Side, Side]


def values_of(asked: Asked, counts: Counts, traits: Sequence[str]) -> dict[str, list[str]]:
    """The values that people had of each trait, the most frequent first."""
    value, found = goals.first_value(asked.subject), {}
    for trait in traits:
        people = {known or NOT_SET: part.towards(value).people for known, part in counts.split(trait).items()}
        ranked = sorted((known for known, n in people.items() if n), key=lambda known: (-people[known], known))
        found[trait] = ranked[:MOST_VALUES]
    return found


def ready(asked: Asked, values: dict[str, list[str]]) -> list[Ready]:
    """The period against the days before, each side of the newest version, and the two largest segments of a trait."""
    found = [Ready(_("These days and the ones before"), (Side("A", asked.begun), Side("B", asked.before)))]
    versions = asked.subject.versions
    if len(versions) > 1 and (since := versions[-1].effective_from) is not None:
        day, numbers = since.astimezone(asked.as_of.zone).date(), (versions[-1].number, versions[-2].number)
        if day <= asked.as_of.day:
            before = Days(day - timedelta(days=asked.period_days), day)
            after = Side("A", Days(day, asked.as_of.day), numbers[0])
            found.append(
                Ready(
                    _("After and before version %(number)d") % {"number": numbers[0]},
                    (after, Side("B", before, numbers[1])),
                )
            )
    for trait, known in values.items():
        if len(known) > 1:
            one, other = known[:2]
            sides = Side("A", asked.begun, None, ((trait, one),)), Side("B", asked.begun, None, ((trait, other),))
            found.append(
                Ready(
                    _("%(trait)s: %(one)s and %(other)s")
                    % {"trait": trait, "one": value_words(one), "other": value_words(other)},
                    sides,
                )
            )
    return found
