"""Forgetting what a person did with the product, while the cells that count it stay true. Inside a scope."""

from collections import Counter

from onboarding.leaving import remainder
from onboarding.progress.erasing import common
from onboarding.usage import counting, projection
from onboarding.usage.cells import Cell, cells_of
from onboarding.usage.models import Counted, Stale, UsageDay
from workspaces.privacy.rows import remove
from workspaces.privacy.subjects import Subject


def settle(workspace_id: int) -> None:
    """Have counted what the engine has read by now."""
    projection.advance(workspace_id)


def lock() -> None:
    """Keep every projection from the current workspace until the transaction ends."""
    projection.locked_mark()


def erase(subject: Subject) -> dict[str, int]:
    """Remove their days and standings. Before their journeys are, under the lock."""
    standings = counting.counted_of(subject.people)
    change: Counter[Cell] = Counter()
    kept: Counter[Cell] = Counter()
    for standing in standings.values():
        segment = common(standing.segment, subject.people)
        for cell in cells_of(standing):
            change[cell] -= 1
            kept[cell._replace(segment=segment)] += 1
    change.update(kept)
    remainder.add_use(kept)
    counting.add(change)
    remove(Stale.objects.filter(person_id__in=subject.people))
    return {
        "standings of use": remove(Counted.objects.filter(person_id__in=subject.people)),
        "days of use": remove(UsageDay.objects.filter(sender_id__in=subject.sender_ids)),
    }
