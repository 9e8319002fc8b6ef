"""Who looks after a playbook, how often it is read through, and that it was."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext

from milestones.ladders.models import Ladder
from milestones.playbook.models import Playbook
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member, User


@dataclass(frozen=True)
class Care:
    """`cadence_weeks` None: never reviewed; `due_on` None: no review is due."""

    owner: User | None
    cadence_weeks: int | None
    due_on: date | None
    window_days: int

    @classmethod
    def of(cls, playbook: Playbook) -> "Care":
        return cls(playbook.owner, playbook.cadence_weeks, playbook.due_on, playbook.window_days)


def take_care(ladder: Ladder, care: Care, *, by: Member | None, why: str = "") -> list[str]:
    """Let the playbook be cared for like this. Returns what that changed, in words.

    Where only the cadence changes, the next review is one period from today.
    """
    playbook = Playbook.locked(ladder)
    before = Care.of(playbook)
    playbook.owner, playbook.cadence_weeks = care.owner, care.cadence_weeks
    playbook.due_on, playbook.window_days = care.due_on, care.window_days
    if care.cadence_weeks != before.cadence_weeks and care.due_on == before.due_on:
        playbook.due_on = playbook.next_due_on(timezone.localdate())
    changes = _differences(before, Care.of(playbook))
    if changes:
        playbook.save()
        playbook.note(by=by, what="; ".join(changes), why=why)
        Entry.record(by=by, action="playbook.cared_for", target=playbook, changes=changes)
    return changes


def review(ladder: Ladder, *, by: Member, note: str) -> Playbook:
    """Somebody has read it through: the next review is due one period from today."""
    playbook = Playbook.locked(ladder)
    playbook.reviewed_at, playbook.reviewed_by = timezone.now(), str(by)
    playbook.due_on = playbook.next_due_on(timezone.localdate())
    playbook.save()
    playbook.note(by=by, what=gettext("reviewed the playbook"), why=note)
    Entry.record(by=by, action="playbook.reviewed", target=playbook, note=note)
    return playbook


def cadence_words(weeks: int | None) -> str:
    return (
        gettext("never")
        if not weeks
        else gettext("every week")
        if weeks == 1
        else gettext("every %(weeks)s weeks") % {"weeks": weeks}
    )


def _differences(before: Care, after: Care) -> list[str]:
    found = []
    if after.owner != before.owner:
        found.append(
            gettext("made %(new)s the owner (was %(old)s)")
            % {"new": after.owner or gettext("nobody"), "old": before.owner or gettext("nobody")}
        )
    if after.cadence_weeks != before.cadence_weeks:
        found.append(
            gettext("set reviews to %(new)s (was %(old)s)")
            % {"new": cadence_words(after.cadence_weeks), "old": cadence_words(before.cadence_weeks)}
        )
    if after.due_on != before.due_on:
        found.append(
            gettext("set the next review to %(new)s (was %(old)s)")
            % {"new": _day(after.due_on), "old": _day(before.due_on)}
        )
    if after.window_days != before.window_days:
        found.append(
            gettext("set the numbers to %(new)s days (was %(old)s)")
            % {"new": after.window_days, "old": before.window_days}
        )
    return found


def _day(day: date | None) -> str:
    return f"{day:%-d %b %Y}" if day else "none"
