"""Telling programs, by webhooks, how far people have come: in the transaction that writes it, by what it changes.

1. What is new is the difference of what was kept and what is kept from now on. A rebuild, which corrects what was kept,
   tells nothing.
2. Of what is new only the fresh is told: what happened within FRESH. So a history that is imported, or read anew for a
   ladder that was just published, is no news however large it is.
3. The outbox tells each key once within 30 days, which is longer than FRESH: so each thing is told once at most,
   though it goes and comes again.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from onboarding.people.models import Person
from onboarding.progress.cells import JourneyState
from onboarding.progress.plan import Plan
from workspaces.scope import current_workspace_id
from workspaces.webhooks import outbox

FRESH = timedelta(days=3)
MOST_ACCOUNTS = 20

STARTED, STEP, VALUE, COMPLETED = "journey.started", "rung.completed", "first_value.reached", "journey.completed"
TOPICS = (STARTED, STEP, VALUE, COMPLETED)

_ACCOUNTS = """
SELECT x.person_id, a.key, min(a.since) FROM unnest(%s::bigint[]) AS x(person_id) CROSS JOIN LATERAL (
    SELECT c.key, m.since FROM people_sender s
    JOIN people_accountmembership m ON m.workspace_id = s.workspace_id AND m.sender_id = s.id
    JOIN people_account c ON c.workspace_id = m.workspace_id AND c.id = m.account_id
    WHERE s.workspace_id = %s AND s.person_id = x.person_id OFFSET 0) a
GROUP BY 1, 2 ORDER BY 1, 3, 2"""

Key = tuple[int, int]  # person and ladder


def tell(before: Mapping[Key, JourneyState], after: Mapping[Key, JourneyState], plan: Plan, *, now: datetime) -> None:
    """Tell what `after` says and `before` did not, to whoever listens."""
    topics = outbox.heard(TOPICS)
    if not topics:
        return
    found = [one for key, state in after.items() for one in _news_of(before.get(key), state, plan, now - FRESH)]
    found = [(topic, state, data, key) for topic, state, data, key in found if topic in topics]
    if not found:
        return
    ids = {state.person_id for _, state, _, _ in found}
    users = dict(Person.objects.filter(pk__in=ids).values_list("pk", "external_id"))
    accounts = _accounts_of(ids)
    news = []
    for topic, state, data, key in found:
        about = {"userId": users[state.person_id], "accountIds": accounts.get(state.person_id, [])[:MOST_ACCOUNTS]}
        news.append(outbox.News(topic, about | data, key))
    outbox.emit_all(current_workspace_id(), news)


def _news_of(
    before: JourneyState | None, after: JourneyState, plan: Plan, since: datetime
) -> Iterator[tuple[str, JourneyState, dict[str, Any], str]]:
    """Topic, whose, what, and the key by which it is told once."""
    version = plan.by_id[after.version_id]
    climb = {"ladder": version.ladder_key, "version": version.number}
    started = {"startedAt": _written(after.started_at)}
    whose = f"{after.person_id}:{after.ladder_id}"
    if before is None and after.started_at >= since:
        yield STARTED, after, climb | started, f"{STARTED}:{whose}"
    for rung, reached in after.reached.items():
        if reached.at >= since and (before is None or rung not in before.reached):
            said = {
                "step": rung,
                "completedAt": _written(reached.at),
                "unlocks": list(reached.unlocks),
                "byHand": reached.ruling_id is not None,
            }
            yield STEP, after, climb | said, f"{STEP}:{whose}:{rung}"
    value = after.first_value_at
    if value is not None and value >= since and (before is None or before.first_value_at is None):
        yield VALUE, after, climb | started | {"reachedAt": _written(value)}, f"{VALUE}:{whose}"
    finished = after.finished_at
    if finished is not None and finished >= since and (before is None or before.finished_at is None):
        yield COMPLETED, after, climb | started | {"completedAt": _written(finished)}, f"{COMPLETED}:{whose}"


def _accounts_of(person_ids: Collection[int]) -> dict[int, list[str]]:
    """The keys of their accounts, the first joined first."""
    found: dict[int, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ACCOUNTS, [list(person_ids), current_workspace_id()])
        for person, key, _ in cursor:
            found.setdefault(person, []).append(key)
    return found


def _written(moment: datetime) -> str:
    return moment.isoformat()
