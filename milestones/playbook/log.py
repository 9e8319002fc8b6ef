"""The change log: what members changed and why, and what follows from the ladder's own publications."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from milestones.ladders.models import LadderVersion
from milestones.playbook.differences import Difference, difference
from milestones.playbook.models import Change, Playbook

NEWEST = 8


@dataclass(frozen=True)
class Line:
    """A line of the change log: somebody's change, or a publication of the ladder itself."""

    at: datetime
    actor: str
    what: str
    why: str
    place: str = ""
    version: int | None = None
    differences: tuple[Difference, ...] = ()


def lines_of(playbook: Playbook) -> list[Line]:
    """The change log, newest first. What the ladder's publications changed follows from the ladder, like all of it."""
    changes = [_line(change) for change in playbook.changes.all()] if playbook.pk else []
    versions = LadderVersion.objects.filter(ladder=playbook.ladder, state=LadderVersion.State.PUBLISHED)
    published = [
        Line(
            version.published_at,
            version.published_by,
            gettext("published version %(number)s") % {"number": version.number},
            version.notes,
            "",
            n,
        )
        for version in versions
        if version.published_at is not None
        for n in [version.number]
    ]
    return sorted([*changes, *published], key=lambda line: line.at, reverse=True)


def newest_lines(playbook: Playbook) -> tuple[list[Line], bool]:
    """The newest lines, and whether there are more."""
    lines = lines_of(playbook)
    return lines[:NEWEST], len(lines) > NEWEST


def _line(change: Change) -> Line:
    return Line(
        change.at,
        change.actor,
        change.what,
        change.why,
        change.place,
        differences=tuple(difference(change.before, change.after)),
    )
