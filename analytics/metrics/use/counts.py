"""The query behind the numbers of use: the cells of one measure and subject, of a ladder's versions and some days."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple, Protocol

from django.db import connection

from analytics.metrics.subject import Subject
from analytics.metrics.tally import Days
from onboarding.usage.cells import Measure
from workspaces.scope import current_workspace_id

# The same for whatever people are split by; cells add up over what is not asked for.
_CELLS = """
SELECT {group}, cohort_on, p, q, sum(n)::bigint FROM usage_usagecell
WHERE workspace_id = %(workspace)s AND version_id = ANY(%(versions)s) AND measure = %(measure)s
  AND subject = %(subject)s AND cohort_on BETWEEN %(first)s AND %(last)s
GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0"""
_SUBJECTS = """
SELECT subject, sum(n)::bigint FROM usage_usagecell
WHERE workspace_id = %(workspace)s AND version_id = ANY(%(versions)s) AND measure = %(measure)s
  AND cohort_on BETWEEN %(first)s AND %(last)s GROUP BY 1 HAVING sum(n) <> 0"""

EVERYBODY, BY_VERSION = "", "version"


class UseCount(NamedTuple):
    """A cell as it is fetched; what `p` and `q` are, the measure says (onboarding/usage/cells.py)."""

    cohort_on: date
    p: int
    q: int
    n: int


Cells = list[UseCount]
Fetch = Callable[..., dict[str, Cells]]


class Source(Protocol):
    """Some people's cells, as metrics ask for them."""

    def of(self, measure: str, about: str = "") -> Cells: ...

    def subjects(self, measure: str) -> dict[str, int]: ...


class UseCounts(NamedTuple):
    """Where numbers of use come from: a ladder, and the cohort days asked about. Inside a scope."""

    subject: Subject
    begun: Days

    def of(self, measure: str, about: str = "") -> Cells:
        """The cells of everybody."""
        return self.split(measure, about).get(EVERYBODY, [])

    def split(self, measure: str, about: str = "", *, trait: str = "", by_version: bool = False) -> dict[str, Cells]:
        """The cells by the value of a trait at the start ('' where none was said), or by the version begun on."""
        group = "version_id::text" if by_version else "coalesce(segment ->> %(trait)s, '')" if trait else "''"
        found: dict[str, Cells] = defaultdict(list)
        values = self._values(measure) | {"subject": about, "trait": trait}
        with connection.cursor() as cursor:
            cursor.execute(_CELLS.format(group=group), values)
            for label, *cell in cursor:
                found[label].append(UseCount(*cell))
        return dict(found)

    def subjects(self, measure: str) -> dict[str, int]:
        """What there are such cells about, and how many people in all."""
        with connection.cursor() as cursor:
            cursor.execute(_SUBJECTS, self._values(measure))
            return dict(cursor.fetchall())

    def _values(self, measure: str) -> dict[str, Any]:
        return {
            "workspace": current_workspace_id(),
            "versions": [version.version_id for version in self.subject.versions],
            "measure": str(measure),
            "first": self.begun.first,
            "last": self.begun.last,
        }


class UseParts:
    """The same cells, parted by a trait's value at the start ('' where none was said); each is asked for once."""

    def __init__(self, counts: UseCounts, trait: str) -> None:
        self.counts, self._trait = counts, trait
        self._split: dict[tuple[str, str], dict[str, Cells]] = {}

    def cells(self, value: str, measure: str, about: str) -> Cells:
        key = str(measure), about
        if key not in self._split:
            self._split[key] = self.counts.split(measure, about, trait=self._trait)
        return self._split[key].get(value, [])

    def people(self) -> dict[str, int]:
        """How many began with each value."""
        self.cells("", Measure.BEGAN, "")
        return {value: sum(count.n for count in cells) for value, cells in self._split[str(Measure.BEGAN), ""].items()}

    def part(self, value: str) -> "UsePart":
        return UsePart(self, value)


class UsePart(NamedTuple):
    """Those of one value."""

    parts: UseParts
    value: str

    def of(self, measure: str, about: str = "") -> Cells:
        return self.parts.cells(self.value, measure, about)

    def subjects(self, measure: str) -> dict[str, int]:
        """Also what is about nobody of this value: that there is none of them is told, too."""
        return self.parts.counts.subjects(measure)
