"""Forgetting how far a person came, while the numbers that count them stay true.

The cells that their journeys added one to are kept, without them (onboarding.leaving): nothing tells any more whose
they were, nor that two of them were one person's. Of their segment only those values stay that several others have in
common, as others would be a name by themselves. What they did for colleagues is handed over; see handing_over.py.
"""

import json
from collections import Counter
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from onboarding.intake import sightings
from onboarding.leaving import remainder
from onboarding.progress import engine, journeys, left_answers, left_growth, news, recompute
from onboarding.progress.account_evidence import people_in
from onboarding.progress.assign import canonical
from onboarding.progress.cells import Cell, cells_of
from onboarding.progress.handing_over import hand_over
from onboarding.progress.models import Activity, DryRun, Tracked, TraitValue, UnlockChange
from onboarding.progress.tally import people_of
from workspaces.privacy.rows import erase_senders, remove
from workspaces.privacy.subjects import Subject
from workspaces.scope import current_workspace_id
from workspaces.scope.wakes import announce

COMMON = 5  # others who have the same value, so that it names nobody

_OTHERS = """
SELECT count(DISTINCT person_id) FROM progress_journey
WHERE workspace_id = %s AND segment ->> %s = %s AND person_id <> ALL(%s)"""


def settle(workspace_id: int) -> None:
    """Have the engine read what was sent by now."""
    engine.advance(workspace_id)


def lock() -> None:
    """Keep every engine from the current workspace until the transaction ends."""
    engine.locked_watermark()


def erase(subject: Subject) -> dict[str, int]:
    """Remove their journeys and all evidence. Under the lock, inside a scope."""
    plan = engine.plan_of(current_workspace_id())
    before = journeys.stored(subject.people)
    if before:
        zone = Tracked.objects.filter(kind="zone").values_list("key", flat=True).first()
        counted_in = ZoneInfo(zone) if zone else plan.zone
        journeys.store(before, [], plan, zone_before=counted_in, tell=False)
        _keep_counts(before, subject, counted_in)
    left_growth.keep(subject, [state for _, state in before.values()], timezone.now())
    rows = news.of_senders(subject.senders, until=recompute.watermark())
    sightings.take_back(rows)
    accounts = hand_over(subject, plan)
    removed = {
        "journeys": len(before),
        "things they did": remove(Activity.objects.filter(sender__in=subject.sender_ids)),
        "things said of them": remove(TraitValue.objects.filter(sender__in=subject.sender_ids)),
        "rulings": erase_senders("progress_ruling", subject),
        "rehearsals": _forget_rehearsals(set(subject.people)),
    }
    colleagues = {person for people in people_in(accounts).values() for person in people}
    engine.replay_people(colleagues - set(subject.people), plan)
    remove(UnlockChange.objects.filter(person_id__in=subject.people))
    announce("progress.news", current_workspace_id())
    return removed


def common(segment: str, but: tuple[int, ...]) -> str:
    """A segment (canonical JSON) with those values only that COMMON people have, not counting these."""
    values = json.loads(segment)
    with connection.cursor() as cursor:
        for name in list(values):
            cursor.execute(_OTHERS, [current_workspace_id(), name, values[name], list(but)])
            if cursor.fetchone()[0] < COMMON:
                del values[name]
    return canonical(values)


def _keep_counts(before: journeys.Stored, subject: Subject, counted_in: ZoneInfo) -> None:
    cells: Counter[Cell] = Counter()
    began: Counter[tuple[int, object]] = Counter()
    before_value: Counter[tuple[int, object]] = Counter()
    stays: list[tuple[int, str]] = []
    for _, state in before.values():
        segment = common(state.segment, subject.people)
        cells.update(cell._replace(segment=segment) for cell in cells_of(state, counted_in))
        began[state.began_version_id, state.cohort_on] += 1
        before_value[state.began_version_id, state.cohort_on] += state.first_value_at is None
        stays.append((state.began_version_id, segment))
    remainder.add(cells)
    journeys.write_deltas(cells)
    remainder.note_leaving(began, before_value, timezone.now().astimezone(counted_in).date())
    left_answers.keep(subject, stays, counted_in)


def _forget_rehearsals(people: set[int]) -> int:
    """Rehearsals show a few of the people whom they concern; asked for again, they are made anew."""
    of_them = [run.pk for run in DryRun.objects.exclude(result=None) if people & people_of(run.result)]
    return remove(DryRun.objects.filter(pk__in=of_them))
