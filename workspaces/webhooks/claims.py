"""Which deliveries a worker takes, and what becomes of them. The row is the queue.

1. Claim: with an endpoint's row locked, so that no two workers count at the same time, take of its due deliveries so
   many that AT_ONCE are under way; only one while it fails. The claim is `claimed_until`, a lease: a worker that is
   killed leaves it behind, and when it is over another takes the delivery.
2. Send, outside of any transaction.
3. Settle: write what came of it, only while the claim is still one's own. A worker that was taken for dead writes
   nothing, and its message may have been sent twice: with the same webhook-id, by which receivers know.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from workspaces.keys.sealed import Unreadable
from workspaces.scope import scope
from workspaces.webhooks import endpoints, measures
from workspaces.webhooks.models import Delivery, Endpoint, Message
from workspaces.webhooks.retries import GIVEN_UP_AFTER, pause_after, rest_after
from workspaces.webhooks.transport import Answer

AT_ONCE = 4  # attempts at one endpoint, by all workers together
LEASE = timedelta(seconds=60)  # longer than any attempt takes
MOST_TRIES = 40  # that are remembered of one delivery


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is this worker's until `until`, with all that sending it needs."""

    workspace_id: int
    endpoint_id: int
    delivery_id: int
    until: datetime
    url: str
    uid: str
    body: bytes
    keys: tuple[bytes, ...]
    problem: str = ""  # why it cannot be sent


def claim(workspace_id: int, now: datetime) -> list[Claim]:
    """Take what may be sent now, in a transaction of its own."""
    with scope(workspace_id):
        asked = Endpoint.asked(now).order_by("pk").select_for_update(skip_locked=True, no_key=True, of=("self",))
        return [one for endpoint in asked for one in _claim_of(endpoint, now)]


def _claim_of(endpoint: Endpoint, now: datetime) -> Iterator[Claim]:
    under_way = Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING, claimed_until__gte=now)
    room = (1 if endpoint.failures else AT_ONCE) - under_way.count()
    if room <= 0:
        return
    due = list(Delivery.due(now).filter(endpoint=endpoint).order_by("next_attempt_at")[:room])
    until = now + LEASE
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in due]).update(claimed_until=until)
    # No join: where nothing is known of whose rows they are, the planner may go through all messages for each row.
    messages = Message.objects.in_bulk([delivery.message_id for delivery in due])
    keys, problem = _keys(endpoint, now)
    for delivery in due:
        message = messages[delivery.message_id]
        yield Claim(
            workspace_id=endpoint.workspace_id,
            endpoint_id=endpoint.pk,
            delivery_id=delivery.pk,
            until=until,
            url=endpoint.url,
            uid=message.uid,
            body=message.body.encode(),
            keys=keys,
            problem=problem,
        )


def _keys(endpoint: Endpoint, now: datetime) -> tuple[tuple[bytes, ...], str]:
    try:
        return tuple(endpoints.signing_keys(endpoint, now)), ""
    except Unreadable:
        return (), "Its secret cannot be read any more. Rotate the secret, and give the receiver the new one."


def settle(claimed: Claim, answer: Answer, *, at: datetime, now: datetime) -> bool:
    """Write what came of an attempt that began `at`. False if the claim is not this worker's any more."""
    with scope(claimed.workspace_id):
        # The endpoint first, as in claim(): whoever waits for each other's rows waits for ever.
        endpoint = Endpoint.objects.filter(pk=claimed.endpoint_id).select_for_update(no_key=True).first()
        mine = Delivery.objects.filter(
            pk=claimed.delivery_id, claimed_until=claimed.until, state=Delivery.State.WAITING
        )
        delivery = mine.select_for_update(no_key=True).first()
        if endpoint is None or delivery is None:
            return False
        if not delivery.tries:
            measures.began(seconds=(at - delivery.created_at).total_seconds())
        measures.attempted(delivered=answer.delivered, seconds=answer.seconds)
        _note(delivery, answer, at)
        if answer.delivered:
            _succeeded(delivery, endpoint, now)
        else:
            _failed(delivery, endpoint, answer, now)
        delivery.save()
        endpoint.save(update_fields=["failures", "failing_since", "rests_until"])
        if answer.gone:
            endpoints.disable(endpoint, by=None, reason=Endpoint.Disabled.GONE)
        elif endpoint.failing_since is not None and now - endpoint.failing_since >= GIVEN_UP_AFTER:
            endpoints.disable(endpoint, by=None, reason=Endpoint.Disabled.FAILING)
        return True


def _note(delivery: Delivery, answer: Answer, at: datetime) -> None:
    tried = {
        "at": at.isoformat(timespec="milliseconds"),
        "status": answer.status,
        "error": answer.error,
        "milliseconds": round(answer.seconds * 1000),
    }
    delivery.tries = [*delivery.tries, tried][-MOST_TRIES:]
    delivery.attempts += 1
    delivery.claimed_until = None
    delivery.status, delivery.error, delivery.response = answer.status, answer.error, answer.response


def _succeeded(delivery: Delivery, endpoint: Endpoint, now: datetime) -> None:
    delivery.state, delivery.delivered_at = Delivery.State.DELIVERED, now
    endpoint.failures, endpoint.failing_since, endpoint.rests_until = 0, None, None


def _failed(delivery: Delivery, endpoint: Endpoint, answer: Answer, now: datetime) -> None:
    over = answer.gone or endpoint.disabled_at is not None
    pause = None if over else pause_after(delivery.attempts, random.random())  # noqa: S311
    if pause is None:
        delivery.state = Delivery.State.FAILED
    else:
        delivery.next_attempt_at = now + pause
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    endpoint.rests_until = now + rest_after(endpoint.failures)
