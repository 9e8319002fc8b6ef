"""Whether people would recommend the product: the net promoter score of those who are on a ladder.

One answer counts for each person: the last of the period. Whoever has not begun the ladder is left out, and counted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from analytics.metrics.as_of import AsOf
from analytics.metrics.days import Days
from analytics.metrics.segments import NOT_SET
from analytics.metrics.sizes import WITHHELD_BELOW
from analytics.metrics.subject import Subject
from analytics.stats import NotComputable, PromoterScore, promoter_score, withhold
from workspaces.scope import current_workspace_id

MOST_GROUPS = 8

# A person's last answer of a period, and their journey on the ladder, if they have one.
LAST = """
SELECT DISTINCT ON (s.person_id) s.person_id, a.id, a.score, a.said_at, a.comment, a.source
FROM feedback_answer a
JOIN people_sender s ON s.workspace_id = %(workspace)s AND s.key = a.sender
WHERE a.workspace_id = %(workspace)s AND a.said_at >= %(from)s AND a.said_at < %(until)s
ORDER BY s.person_id, a.said_at DESC, a.id DESC
"""
JOURNEY = """
progress_journey j ON j.workspace_id = %(workspace)s AND j.person_id = l.person_id
    AND j.began_version_id = ANY(%(versions)s)
"""
COUNTED = f"""
SELECT j.id IS NOT NULL, j.segment ->> %(trait)s, l.score, count(*)
FROM ({LAST}) l LEFT JOIN {JOURNEY} GROUP BY 1, 2, 3
"""
# Of people who were erased: theirs that were the last on these days (onboarding.leaving).
LEFT = """
SELECT true, l.segment::jsonb ->> %(trait)s, l.score, sum(l.n)::bigint
FROM leaving_leftanswer l
WHERE l.workspace_id = %(workspace)s AND l.version_id = ANY(%(versions)s)
    AND l.said_on BETWEEN %(first)s AND %(last)s AND l.next_on > %(last)s
GROUP BY 1, 2, 3
"""
LISTED = f"""
SELECT l.person_id, p.name, p.email, p.external_id, l.score, l.said_at, l.comment, l.source
FROM ({LAST}) l LEFT JOIN {JOURNEY}
JOIN people_person p ON p.workspace_id = %(workspace)s AND p.id = l.person_id
WHERE (j.id IS NOT NULL) = %(on_ladder)s AND l.score BETWEEN %(lowest)s AND %(highest)s AND {{narrower}}
ORDER BY l.said_at DESC, l.id DESC LIMIT %(most)s
"""


class Kind(StrEnum):
    """Who promotes, who doesn't mind, who detracts; all of those on the ladder, and those who are not on it."""

    ALL = ""
    PROMOTERS = "promoters"
    PASSIVES = "passives"
    DETRACTORS = "detractors"
    ELSEWHERE = "elsewhere"

    @property
    def scores(self) -> tuple[int, int]:
        return {"": (0, 10), "promoters": (9, 10), "passives": (7, 8), "detractors": (0, 6), "elsewhere": (0, 10)}[
            self.value
        ]


class Count(NamedTuple):
    """So many people, whose last answer is `score`; `on_ladder`: who began the ladder, with this value of the trait."""

    on_ladder: bool
    value: str | None
    score: int
    people: int


@dataclass(frozen=True)
class Group:
    """People with one value of the trait at the start of their journey. Small groups are withheld."""

    label: str
    value: str
    people: int
    score: PromoterScore | NotComputable
    withheld: bool = False


@dataclass(frozen=True)
class Advocacy:
    """`elsewhere` more people answered who have not begun the ladder. `groups` are by the trait, if any."""

    people: int
    score: PromoterScore | NotComputable
    elsewhere: int
    groups: tuple[Group, ...]


class Said(NamedTuple):
    """An answer that is counted, and who gave it."""

    person_id: int
    called: str
    score: int
    said_at: datetime
    comment: str
    source: str


def advocacy(counts: Iterable[Count], *, by_trait: bool) -> Advocacy:
    """The score of everybody on the ladder, and by the trait's eight most common values. Pure."""
    counts = list(counts)
    on = [count for count in counts if count.on_ladder]
    return Advocacy(
        people=sum(count.people for count in on),
        score=_score(on),
        elsewhere=sum(count.people for count in counts if not count.on_ladder),
        groups=_groups(on) if by_trait else (),
    )


def counted(subject: Subject, days: Days, as_of: AsOf, *, trait: str = "") -> list[Count]:
    """Who answered on these days, up to `as_of`, erased people among those on the ladder. Inside a scope."""
    with connection.cursor() as cursor:
        cursor.execute(f"({COUNTED}) UNION ALL ({LEFT})", _values(subject, days, as_of, trait))
        return [Count(*row) for row in cursor]


def erased(subject: Subject, days: Days, as_of: AsOf, *, kind: Kind, trait: str = "", value: str = "") -> int:
    """How many of those whose answers are counted, and `listed` would list, were erased since. Inside a scope.

    Of those who had not begun the ladder nothing is kept.
    """
    if kind is Kind.ELSEWHERE:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(LEFT, _values(subject, days, as_of, trait))
        left = [Count(*row) for row in cursor]
    lowest, highest = kind.scores
    wanted = None if value == NOT_SET else value
    return sum(one.people for one in left if lowest <= one.score <= highest and (not trait or one.value == wanted))


def listed(
    subject: Subject, days: Days, as_of: AsOf, *, kind: Kind, trait: str = "", value: str = "", most: int = 1_000
) -> list[Said]:
    """The answers that are counted, the newest first; of one kind, of one value of a trait. Inside a scope."""
    lowest, highest = kind.scores
    narrower = "true"
    if trait:
        narrower = "j.segment ->> %(trait)s IS NULL" if value == NOT_SET else "j.segment ->> %(trait)s = %(value)s"
    values = {
        "value": value,
        "lowest": lowest,
        "highest": highest,
        "most": most,
        "on_ladder": kind is not Kind.ELSEWHERE,
    }
    with connection.cursor() as cursor:
        cursor.execute(LISTED.format(narrower=narrower), _values(subject, days, as_of, trait) | values)
        return [
            Said(person, name or email or external or _("Anonymous visitor"), *rest)
            for person, name, email, external, *rest in cursor
        ]


def _values(subject: Subject, days: Days, as_of: AsOf, trait: str) -> dict[str, Any]:
    return {
        "workspace": current_workspace_id(),
        "versions": [version.version_id for version in subject.versions],
        "trait": trait,
        "from": _end_of(days.first - timedelta(days=1), as_of),
        "until": min(_end_of(days.last, as_of), as_of.until),
        "first": days.first,
        "last": min(days.last, as_of.day),
    }


def _end_of(day: date, as_of: AsOf) -> datetime:
    return AsOf.of(day, now=as_of.until, zone=as_of.zone).until if day < as_of.day else as_of.until


def _score(counts: Iterable[Count]) -> PromoterScore | NotComputable:
    return promoter_score((count.score, count.people) for count in counts)


def _groups(on: list[Count]) -> tuple[Group, ...]:
    values: dict[str | None, list[Count]] = {}
    for count in on:
        values.setdefault(count.value, []).append(count)
    sizes = {value: sum(count.people for count in some) for value, some in values.items()}
    ranked = sorted(values, key=lambda value: (-sizes[value], value is None, value or ""))[:MOST_GROUPS]
    hidden = withhold([sizes[value] for value in ranked], WITHHELD_BELOW)
    if hidden.total:
        return ()  # beside the total, which is told, they would be known
    return tuple(
        Group(
            _(NOT_SET) if value is None else value,
            NOT_SET if value is None else value,
            sizes[value],
            _score(values[value]),
            withheld,
        )
        for value, withheld in zip(ranked, hidden.groups, strict=True)
    )
