"""Marks the sections of playbooks stale whose success criterion changed, or whose milestone left its expected range."""

from datetime import datetime

from django.utils import timezone

from analytics.review.numbers import Line, numbers_of
from analytics.stats import Share
from milestones.ladders.models import Ladder
from milestones.playbook.book import Step, book_of
from milestones.playbook.models import Playbook, Section
from milestones.playbook.writing import criterion_changed
from workspaces.scope import scope
from workspaces.tenants.models import Workspace


def check(workspace: Workspace, *, now: datetime) -> int:
    """Look through every playbook of the workspace; returns how many sections became stale.

    What is stale stays so until somebody writes or confirms it. A drift that was confirmed is not told again until the
    numbers have been back in their range.
    """
    with scope(workspace), timezone.override(workspace.zone):
        ladders = Ladder.objects.filter(archived_at=None, playbooks__isnull=False).order_by("pk").distinct()
        return sum(_check(workspace, ladder, now=now) for ladder in ladders)


def is_waiting(workspace: Workspace, *, now: datetime) -> bool:
    """Whether a playbook has not been looked through today, in the workspace's days."""
    midnight = now.astimezone(workspace.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with scope(workspace):
        some = Playbook.objects.filter(ladder__archived_at=None)
        return some.exclude(checked_at__gte=midnight).exists()


def _check(workspace: Workspace, ladder: Ladder, *, now: datetime) -> int:
    playbook = Playbook.locked(ladder)
    book = book_of(ladder)
    numbers = numbers_of(workspace, book, now=now)
    became = 0
    for step in book.steps if numbers else ():
        section = step.section
        if not section.pk:
            continue
        cause, reason = _cause(step, numbers.lines[step.key] if numbers else None)
        if section.accepted and cause != section.accepted:
            section.accepted = ""
            section.save(update_fields=["accepted"])
        if not cause or section.stale_since or cause == section.accepted:
            continue
        _mark(playbook, step, section, cause, reason, now=now)
        became += 1
    for section in book.left:
        if section.stale_since:  # nobody needs to look after what is no longer climbed
            section.stale_since, section.stale_cause, section.stale_reason = None, "", ""
            section.save(update_fields=["stale_since", "stale_cause", "stale_reason"])
    playbook.checked_at = now
    playbook.save(update_fields=["checked_at"])
    return became


def _cause(step: Step, line: Line | None) -> tuple[str, str]:
    """Why the section is stale: criterion, below or above, with a sentence; or nothing."""
    if reason := criterion_changed(step.section, step.criterion):
        return "criterion", reason
    if line is None or not line.drift or line.span is None:
        return "", ""
    found = line.pace.within.mature
    assert isinstance(found, Share)
    return line.drift, (
        f"{100 * found.value:.0f}% of {found.of} people got there within {line.window_days} days; "
        f"{line.span.low}–{line.span.high}% are expected."
    )


def _mark(playbook: Playbook, step: Step, section: Section, cause: str, reason: str, *, now: datetime) -> None:
    section.stale_since, section.stale_cause, section.stale_reason = now, cause, reason
    section.save(update_fields=["stale_since", "stale_cause", "stale_reason"])
    playbook.note(by=None, what=f"“{step.name}” went stale", why=reason, place=section.place)
